"""ElevenLabs' own client takes the stand-in for ElevenLabs."""

import base64
import json
import time

import pytest
from elevenlabs import VoiceSettings
from elevenlabs.client import ElevenLabs
from elevenlabs.core.api_error import ApiError
from elevenlabs.types import (
    CloseContext,
    CloseSocket,
    FlushContext,
    InitializeConnectionMulti,
    KeepContextAlive,
    SendTextMulti,
    WebsocketTtsServerMessageMulti,
)
from websockets.sync.client import connect

VOICE = "21m00Tcm4TlvDq8ikWAM"
MODEL = "eleven_turbo_v2_5"
TEXT = "One sentence to be spoken."


def client(doubles, key="doubles"):
    made = ElevenLabs(api_key=key, base_url=doubles.url)
    # The client insists on TLS here.
    made.text_to_speech._ws_base_url = doubles.url.replace("http://", "ws://")
    return made


def seconds(audio, rate=16000):
    return len(audio) / 2 / rate


def test_streamed(doubles):
    voices = client(doubles).text_to_speech
    audio = b"".join(voices.stream(VOICE, text=TEXT, model_id=MODEL, output_format="pcm_16000"))
    assert 0.8 < seconds(audio) < 5
    wide = b"".join(voices.stream(VOICE, text=TEXT, model_id=MODEL, output_format="pcm_48000"))
    assert seconds(wide, 48000) == pytest.approx(seconds(audio), abs=0.02)
    slow = b"".join(
        voices.stream(
            VOICE, text=TEXT, model_id=MODEL, output_format="pcm_16000", voice_settings=VoiceSettings(speed=0.7)
        )
    )
    assert seconds(slow) > 1.2 * seconds(audio)
    assert doubles.events("elevenlabs.http") == ["request", "firstPiece", "finished"] * 3


def test_streamed_with_timestamps(doubles):
    voices = client(doubles).text_to_speech
    chunks = list(voices.stream_with_timestamps(VOICE, text=TEXT, model_id=MODEL, output_format="pcm_16000"))
    audio = b"".join(base64.b64decode(chunk.audio_base_64) for chunk in chunks)
    assert "".join(c for chunk in chunks for c in chunk.alignment.characters) == TEXT
    ends = [end for chunk in chunks for end in chunk.alignment.character_end_times_seconds]
    assert ends == sorted(ends) and ends[-1] == pytest.approx(seconds(audio), abs=0.3)


def test_realtime(doubles):
    pieces = ["One sentence ", "to be ", "spoken."]
    audio = b"".join(
        client(doubles).text_to_speech.convert_realtime(
            VOICE, text=iter(pieces), model_id=MODEL, output_format="pcm_16000"
        )
    )
    assert 0.8 < seconds(audio) < 5
    assert "finished" in doubles.events("elevenlabs.socket")


def test_realtime_errors(doubles):
    doubles.play({"wire": "elevenlabs.socket", "skip": 1, "times": 1, "fault": {"status": 402}})
    voices = client(doubles).text_to_speech
    asking = {"model_id": MODEL, "output_format": "pcm_16000"}
    assert b"".join(voices.convert_realtime(VOICE, text=iter([TEXT]), **asking))
    # Websockets raises its own error for a handshake that is refused.
    with pytest.raises(Exception) as error:
        b"".join(voices.convert_realtime(VOICE, text=iter([TEXT]), **asking))
    assert "402" in str(error.value)


@pytest.mark.parametrize("status", [401, 402, 429, 500])
def test_refusals(doubles, status):
    doubles.play({"wire": "elevenlabs.http", "fault": {"status": status}})
    with pytest.raises(ApiError) as error:
        b"".join(client(doubles).text_to_speech.stream(VOICE, text=TEXT, model_id=MODEL, output_format="pcm_16000"))
    assert error.value.status_code == status and error.value.body["detail"]["status"]


def test_a_wrong_key_and_an_unknown_voice(doubles):
    for key, voice, status in [("wrong-key", VOICE, 401), ("doubles", "nobody", 404)]:
        with pytest.raises(ApiError) as error:
            b"".join(client(doubles, key).text_to_speech.stream(voice, text=TEXT, output_format="pcm_16000"))
        assert error.value.status_code == status


class Multi:
    """The multi-context socket, spoken in the client's own types: it has no method for it."""

    def __init__(self, doubles, query="sync_alignment=true"):
        url = doubles.url.replace("http://", "ws://")
        self.socket = connect(
            f"{url}/v1/text-to-speech/{VOICE}/multi-stream-input?model_id={MODEL}&output_format=pcm_16000&{query}",
            additional_headers={"xi-api-key": "doubles"},
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, message):
        self.socket.send(json.dumps(message.dict(exclude_none=True)))

    def receive(self):
        return WebsocketTtsServerMessageMulti(**json.loads(self.socket.recv(30)))


def final(message):
    return getattr(message, "isFinal", None) or message.is_final


def test_contexts(doubles):
    with Multi(doubles) as multi:
        for context in ["a", "b"]:
            multi.send(InitializeConnectionMulti(context_id=context))
            multi.send(SendTextMulti(text=TEXT + " ", context_id=context))
            multi.send(KeepContextAlive(context_id=context))
            multi.send(FlushContext(context_id=context, flush=True))
            multi.send(CloseContext(context_id=context, close_context=True))
        audio = {"a": b"", "b": b""}
        spoken = {"a": "", "b": ""}
        ended = set()
        while ended != {"a", "b"}:
            message = multi.receive()
            assert message.context_id not in ended
            if final(message):
                ended.add(message.context_id)
                continue
            alignment = message.alignment
            chunk = base64.b64decode(message.audio)
            audio[message.context_id] += chunk
            spoken[message.context_id] += "".join(alignment.chars)
            assert all(0 <= start <= 1000 * seconds(chunk) + 1 for start in alignment.char_start_times_ms)
        assert audio["a"] == audio["b"] and spoken["a"].strip() == TEXT
        multi.send(CloseSocket(close_socket=True))
        with pytest.raises(Exception) as ending:
            multi.receive()
        assert ending.value.rcvd.code == 1000


def test_six_contexts_are_too_many(doubles):
    with Multi(doubles) as multi:
        for index in range(6):
            multi.send(InitializeConnectionMulti(context_id=f"c{index}"))
        error = json.loads(multi.socket.recv(30))
        assert error["error"] == "max_active_conversations" and error["code"] == 1008
        with pytest.raises(Exception) as ending:
            multi.receive()
        assert ending.value.rcvd.code == 1008


def test_a_silent_client_is_hung_up_on(doubles):
    with Multi(doubles, "inactivity_timeout=1") as multi:
        began = time.monotonic()
        error = json.loads(multi.socket.recv(30))
        assert error["error"] == "input_timeout_exceeded" and time.monotonic() - began > 0.9
