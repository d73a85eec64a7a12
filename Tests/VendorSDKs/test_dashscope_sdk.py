"""DashScope's own SDK talks to the stand-ins for Qwen's speech and for Qwen Omni."""

import base64
import queue
import time

import dashscope
import numpy
import pytest
from dashscope.audio.qwen_omni import MultiModality, OmniRealtimeCallback, OmniRealtimeConversation
from dashscope.audio.qwen_tts_realtime import AudioFormat, QwenTtsRealtime, QwenTtsRealtimeCallback

TTS_MODEL = "qwen3-tts-flash-realtime"
OMNI_MODEL = "qwen3-omni-flash-realtime"


def address(doubles):
    """Where the SDK connects to: Parley adds the last part of the path itself."""
    return doubles.environment["DASHSCOPE_BASE_URL"].removesuffix("/realtime") + "/realtime"


class Events:
    """What the SDK hands to its callback, in order."""

    def __init__(self):
        self.queue = queue.Queue()
        self.all = []

    def on_open(self):
        pass

    def on_event(self, message):
        self.queue.put(message)

    def on_close(self, close_status_code, close_msg):
        self.queue.put({"type": "closed", "code": close_status_code})

    def until(self, *types, timeout=30):
        """Waits for the next event of one of these types."""
        deadline = time.monotonic() + timeout
        while True:
            event = self.queue.get(timeout=max(0.01, deadline - time.monotonic()))
            self.all.append(event)
            if event["type"] in types:
                return event

    def types(self):
        """The types so far; runs of deltas are one."""
        types = []
        for event in self.all:
            if not types or types[-1] != event["type"]:
                types.append(event["type"])
        return types

    def audio(self):
        return b"".join(base64.b64decode(e["delta"]) for e in self.all if e["type"] == "response.audio.delta")


class TtsEvents(Events, QwenTtsRealtimeCallback):
    pass


class OmniEvents(Events, OmniRealtimeCallback):
    pass


def synthesizer(doubles, key="key"):
    dashscope.api_key = key
    events = TtsEvents()
    tts = QwenTtsRealtime(TTS_MODEL, callback=events, url=address(doubles))
    tts.connect()
    assert events.until("session.created")["session"]["voice"] == "Cherry"
    return tts, events


def conversation(doubles):
    events = OmniEvents()
    omni = OmniRealtimeConversation(OMNI_MODEL, events, url=address(doubles), api_key="key")
    omni.connect()
    events.until("session.created")
    omni.update_session(
        output_modalities=[MultiModality.TEXT, MultiModality.AUDIO], voice="Cherry", enable_turn_detection=False
    )
    assert events.until("session.updated")["session"].get("turn_detection") is None
    return omni, events


RESPONSE = [
    "response.created",
    "response.output_item.added",
    "response.content_part.added",
    "response.audio.delta",
    "response.audio.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.done",
]


def test_commit_mode(doubles):
    tts, events = synthesizer(doubles)
    tts.update_session(
        voice="Ethan", response_format=AudioFormat.PCM_24000HZ_MONO_16BIT, mode="commit", sample_rate=16000,
        language_type="English", speech_rate=1.0,
    )
    assert events.until("session.updated")["session"]["sample_rate"] == 16000
    tts.append_text("This is the first sentence.")
    tts.commit()
    events.until("response.done")
    assert events.types() == ["session.created", "session.updated", "input_text_buffer.committed"] + RESPONSE
    samples = numpy.frombuffer(events.audio(), dtype="<i2")
    assert 0.8 < len(samples) / 16000 < 5
    assert numpy.abs(samples).max() > 2000
    assert tts.last_response_id == events.all[-1]["response"]["id"]
    # A second sentence on the same session.
    tts.append_text("And the second.")
    tts.commit()
    events.until("response.done")
    tts.finish()
    events.until("session.finished")
    assert events.until("closed")["code"] in (1000, None)


def test_first_audio_delay(doubles):
    doubles.play({"wire": "qwen.synthesis", "firstMs": 200})
    tts, events = synthesizer(doubles)
    tts.update_session(voice="Cherry", mode="commit")
    events.until("session.updated")
    tts.append_text("How long does it take?")
    tts.commit()
    events.until("response.done")
    assert 190 <= tts.get_first_audio_delay() < 3000
    tts.close()


def test_server_commit_mode(doubles):
    tts, events = synthesizer(doubles)
    tts.update_session(voice="Cherry", mode="server_commit")
    events.until("session.updated")
    for text in ["It was a quiet ", "morning. Nobody was in ", "the street. Then the bells began"]:
        tts.append_text(text)
    tts.finish()
    events.until("session.finished")
    assert events.types().count("response.created") >= 2
    assert "input_text_buffer.committed" not in events.types()
    assert len(events.audio()) > 2 * 24000 * 2


def test_clear_and_cancel(doubles):
    doubles.play({"wire": "qwen.synthesis", "times": 1, "betweenMs": 100})
    tts, events = synthesizer(doubles)
    tts.update_session(voice="Cherry", mode="commit")
    events.until("session.updated")
    tts.append_text("Never to be heard.")
    tts.clear_appended_text()
    events.until("input_text_buffer.cleared")
    tts.append_text("This one is going to be stopped before it has come to its end, which is far away.")
    tts.commit()
    events.until("response.audio.delta")
    tts.cancel_response()
    assert events.until("response.done")["response"]["status"] == "cancelled"
    heard = len(events.audio())
    tts.append_text("Yes.")
    tts.commit()
    assert events.until("response.done")["response"]["status"] == "completed"
    assert len(events.audio()) > heard
    tts.close()


def test_late_update_is_refused(doubles):
    tts, events = synthesizer(doubles)
    tts.update_session(voice="Cherry", mode="commit")
    events.until("session.updated")
    tts.append_text("Hello.")
    tts.update_session(voice="Ethan", mode="commit")
    assert events.until("error")["error"]["code"] == "invalid_value"
    tts.close()


def test_unknown_voice(doubles):
    tts, events = synthesizer(doubles)
    tts.update_session(voice="Nobody", mode="commit")
    error = events.until("error")["error"]
    assert (error["code"], error["param"]) == ("invalid_value", "session.voice")
    tts.close()


def test_wrong_key(doubles):
    with pytest.raises(TimeoutError):
        synthesizer(doubles, key="wrong-key")
    assert any(entry["event"] == "refused" and entry["detail"] == "401" for entry in doubles.journal())


def spoken(doubles, text):
    """PCM16 at 16 kHz, as this service speaks it."""
    tts, events = synthesizer(doubles)
    tts.update_session(voice="Cherry", mode="commit", sample_rate=16000)
    events.until("session.updated")
    tts.append_text(text)
    tts.commit()
    events.until("response.done")
    tts.close()
    return events.audio() + bytes(6400)


def speak(omni, data):
    for start in range(0, len(data), 3200):
        omni.append_audio(base64.b64encode(data[start : start + 3200]).decode())


def test_omni_hears_and_answers(doubles):
    omni, events = conversation(doubles)
    speak(omni, spoken(doubles, "How can I protect my investments against currency risk?"))
    omni.commit()
    committed = events.until("input_audio_buffer.committed")
    omni.create_response(instructions="You advise on money.")
    events.until("response.done")
    heard = next(e for e in events.all if e["type"] == "conversation.item.input_audio_transcription.completed")
    assert heard["item_id"] == committed["item_id"]
    assert "currency risk" in heard["transcript"]
    answer = [
        t for t in events.types()
        if t.startswith("response.") and not t.startswith("response.audio_transcript.")
    ]
    # Words and audio alternate; each is one run here.
    assert list(dict.fromkeys(answer)) == RESPONSE
    done = next(e for e in events.all if e["type"] == "response.audio_transcript.done")
    words = "".join(e["delta"] for e in events.all if e["type"] == "response.audio_transcript.delta")
    assert words == done["transcript"] and words
    assert len(events.audio()) > 24000
    assert omni.get_last_first_audio_delay() is not None
    assert events.all[-1]["response"]["usage"]["total_tokens"] > 0
    omni.end_session()
    omni.close()


def test_omni_cancel(doubles):
    doubles.play({"wire": "qwen.omni", "times": 1, "text": ["One two three four five six seven."], "betweenMs": 100})
    omni, events = conversation(doubles)
    omni.create_item(
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Count to seven."}]}
    )
    omni.create_response()
    events.until("response.audio.delta")
    omni.cancel_response()
    assert events.until("response.done")["response"]["status"] == "cancelled"
    omni.cancel_response()
    assert events.until("error")["error"]["type"] == "invalid_request_error"
    omni.create_response()
    assert events.until("response.done")["response"]["status"] == "completed"
    omni.close()


def test_omni_empty_commit(doubles):
    omni, events = conversation(doubles)
    omni.commit()
    events.until("error")
    omni.close()
