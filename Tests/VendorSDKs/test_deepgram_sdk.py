"""Deepgram's own client takes the stand-in for Deepgram."""

import asyncio
import time
import urllib.request

import pytest
import websockets.exceptions
from deepgram import AsyncDeepgramClient, DeepgramClient
from deepgram.core.events import EventType
from deepgram.environment import DeepgramClientEnvironment

WIRE = "deepgram.listen"
OPTIONS = {
    "model": "nova-3",
    "language": "en-US",
    "encoding": "linear16",
    "sample_rate": "16000",
    "interim_results": "true",
    "smart_format": "true",
    "endpointing": "300",
}


def environment(doubles):
    sockets = doubles.url.replace("http://", "ws://")
    return DeepgramClientEnvironment(base=doubles.url, production=sockets, agent=sockets, agent_rest=doubles.url)


def client(doubles, key="doubles"):
    return DeepgramClient(api_key=key, environment=environment(doubles))


@pytest.fixture
def speech(doubles):
    """A sentence as PCM at 16 kHz, between silences."""
    request = urllib.request.Request(
        f"{doubles.url}/v1/text-to-speech/21m00Tcm4TlvDq8ikWAM/stream?output_format=pcm_16000",
        data=b'{"text": "how can i protect my investments"}',
        headers={"xi-api-key": "doubles", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return bytes(9600) + answer.read() + bytes(32000)


def say(socket, audio):
    for start in range(0, len(audio), 3200):
        socket.send_media(audio[start : start + 3200])


def until(socket, condition):
    """The messages up to the first that fits."""
    messages = []
    for message in socket:
        messages.append(message)
        if condition(message):
            return messages
    pytest.fail(f"the socket ended after {messages}")


def words(messages):
    finals = [m for m in messages if m.type == "Results" and m.is_final]
    text = " ".join(m.channel.alternatives[0].transcript for m in finals)
    # Some local engines write sentences with their marks, some do not.
    return [word.strip(".,?!").lower() for word in text.split()]


def test_speech_is_heard(doubles, speech):
    with client(doubles).listen.v1.connect(**OPTIONS) as socket:
        say(socket, speech)
        socket.send_keep_alive()
        socket.send_finalize()
        messages = until(socket, lambda m: m.type == "Results" and m.from_finalize)
        assert "investments" in words(messages)
        interims = [m for m in messages if not m.is_final]
        assert interims and all(m.channel.alternatives[0].transcript for m in interims)
        assert any(m.speech_final for m in messages), "a silence of 300 ms ends a stretch"
        timed = [w for m in messages if m.is_final for w in m.channel.alternatives[0].words]
        assert timed and all(a.start <= a.end <= b.start + 0.01 for a, b in zip(timed, timed[1:]))
        socket.send_close_stream()
        (*_, metadata) = until(socket, lambda m: m.type == "Metadata")
        assert metadata.duration == pytest.approx(len(speech) / 32000, abs=0.05)
        assert metadata.channels == 1 and metadata.request_id == messages[0].metadata.request_id
    assert doubles.events(WIRE)[:2] == ["opened", "request"]


def test_a_script_is_recited_utterance_by_utterance(doubles, speech):
    doubles.play({"wire": WIRE, "text": ["one two three", "four"]})
    with client(doubles).listen.v1.connect(**OPTIONS) as socket:
        for text in ["one two three", "four"]:
            say(socket, speech)
            socket.send_finalize()
            messages = until(socket, lambda m: m.type == "Results" and m.from_finalize)
            assert words(messages) == text.split()
            # A Finalize alone may be a pause; a sign of life ends the utterance.
            socket.send_keep_alive()


def test_events_and_the_end_of_the_stream(doubles, speech):
    doubles.play({"wire": WIRE, "text": "all of it"})

    async def listen():
        seen = []
        opened = AsyncDeepgramClient(api_key="doubles", environment=environment(doubles))
        async with opened.listen.v1.connect(**OPTIONS) as socket:
            for kind in [EventType.OPEN, EventType.MESSAGE, EventType.ERROR, EventType.CLOSE]:
                socket.on(kind, lambda message, kind=kind: seen.append((kind, message)))
            listening = asyncio.create_task(socket.start_listening())
            for start in range(0, len(speech), 3200):
                await socket.send_media(speech[start : start + 3200])
            await socket.send_close_stream()
            await asyncio.wait_for(listening, 30)
        return seen

    seen = asyncio.run(listen())
    kinds = [kind for kind, _ in seen]
    assert kinds[0] == EventType.OPEN and kinds[-1] == EventType.CLOSE and EventType.ERROR not in kinds
    messages = [message for kind, message in seen if kind == EventType.MESSAGE]
    assert messages[-1].type == "Metadata" and words(messages) == ["all", "of", "it"]


def test_a_silent_client_is_hung_up_on(doubles):
    with client(doubles).listen.v1.connect(**OPTIONS) as socket:
        began = time.monotonic()
        with pytest.raises(websockets.exceptions.ConnectionClosedError) as ending:
            socket.recv()
        assert 9 < time.monotonic() - began < 20
        assert ending.value.rcvd.code == 1011 and ending.value.rcvd.reason.startswith("NET-0001")


def test_nothing_held_back_is_no_answer(doubles):
    with client(doubles).listen.v1.connect(**OPTIONS) as socket:
        socket.send_finalize()
        socket.send_close_stream()
        assert socket.recv().type == "Metadata"


def test_a_message_that_is_none(doubles):
    with client(doubles).listen.v1.connect(**OPTIONS) as socket:
        socket._send({"type": "Nonsense"})
        error = socket.recv()
        assert error.type == "Error" and error.variant == "SchemaError"


def refusal(doubles, key="doubles", **options):
    """The status of a handshake that is refused; the client lets the error of its WebSockets through."""
    with pytest.raises(websockets.exceptions.InvalidStatus) as error:
        with client(doubles, key).listen.v1.connect(**{**OPTIONS, **options}):
            pass
    assert error.value.response.headers["dg-error"]
    return error.value.response.status_code


@pytest.mark.parametrize("status", [401, 402, 429, 500])
def test_refusals(doubles, status):
    doubles.play({"wire": WIRE, "times": 1, "fault": {"status": status}})
    assert refusal(doubles) == status


def test_a_wrong_key_and_a_model_that_is_not(doubles):
    assert refusal(doubles, "wrong-key") == 401
    assert refusal(doubles, model="x") == 400
