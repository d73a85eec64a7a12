"""OpenAI's own SDK talks to the stand-in for Realtime."""

import base64

import openai
import pytest

MODEL = "gpt-realtime"


def client(doubles, key="key"):
    return openai.OpenAI(api_key=key, base_url=doubles.url + "/v1", max_retries=0)


def manual(connection, **audio):
    """Makes the turns ours, as a server that hears pauses itself does."""
    connection.session.update(
        session={
            "type": "realtime",
            "instructions": "You advise on money.",
            "output_modalities": ["audio"],
            "audio": {
                "input": {
                    "format": {"type": "audio/pcm", "rate": 24000},
                    "turn_detection": None,
                    "transcription": {"model": "gpt-4o-mini-transcribe", "language": "en"},
                },
                "output": {"format": {"type": "audio/pcm", "rate": 24000}, "voice": "marin", **audio},
            },
        }
    )


def until(connection, *types, seen=None):
    """Receives until an event of one of these types has come."""
    while True:
        event = connection.recv()
        if seen is not None:
            seen.append(event)
        if event.type in types:
            return event


def typed(connection, text):
    connection.conversation.item.create(
        item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
    )


def test_session(doubles):
    with client(doubles).realtime.connect(model=MODEL) as connection:
        created = connection.recv()
        assert created.type == "session.created"
        assert created.session.type == "realtime" and created.session.model == MODEL
        assert created.session.audio.input.turn_detection.type == "server_vad"
        manual(connection)
        updated = until(connection, "session.updated")
        assert updated.session.audio.input.turn_detection is None
        assert updated.session.audio.output.voice == "marin"
        assert updated.session.instructions == "You advise on money."
        connection.session.update(session={"type": "realtime", "audio": {"output": {"speed": 9}}})
        assert until(connection, "error").error.param == "session.audio.output.speed"


def test_spoken_turn(doubles):
    question = "How can I protect my investments against currency risk?"
    spoken = client(doubles).audio.speech.create(model="tts-1", voice="nova", input=question, response_format="pcm")
    data = spoken.read() + bytes(9600)
    with client(doubles).realtime.connect(model=MODEL) as connection:
        manual(connection)
        until(connection, "session.updated")
        for start in range(0, len(data), 4800):
            connection.input_audio_buffer.append(audio=base64.b64encode(data[start : start + 4800]).decode())
        connection.input_audio_buffer.commit()
        item = until(connection, "input_audio_buffer.committed").item_id
        connection.response.create()
        seen = []
        done = until(connection, "response.done", seen=seen)
        until(connection, "rate_limits.updated", seen=seen)
        heard = next(e for e in seen if e.type == "conversation.item.input_audio_transcription.completed")
        assert heard.item_id == item
        assert "currency risk" in heard.transcript
        names = []
        for event in seen:
            if event.type.startswith("conversation.item.input_audio_transcription"):
                continue
            if event.type not in names:
                names.append(event.type)
        order = [
            "response.created", "response.output_item.added", "response.content_part.added",
            "response.output_audio_transcript.delta", "response.output_audio.delta", "response.output_audio.done",
            "response.output_audio_transcript.done", "response.content_part.done", "response.output_item.done",
            "response.done", "rate_limits.updated",
        ]
        assert [name for name in names if name in order] == order
        assert {"conversation.item.added", "conversation.item.done"} <= set(names)
        audio = b"".join(base64.b64decode(e.delta) for e in seen if e.type == "response.output_audio.delta")
        assert len(audio) > 24000
        words = "".join(e.delta for e in seen if e.type == "response.output_audio_transcript.delta")
        assert done.response.status == "completed"
        assert done.response.output[0].content[0].transcript == words
        assert done.response.usage.output_tokens > 0


def test_barge_in(doubles):
    doubles.play({"wire": "openai.realtime", "times": 1, "text": ["One two three four five six."], "betweenMs": 100})
    with client(doubles).realtime.connect(model=MODEL) as connection:
        manual(connection)
        typed(connection, "Count to six.")
        connection.response.create()
        delta = until(connection, "response.output_audio.delta")
        connection.response.create()
        assert until(connection, "error").error.code == "conversation_already_has_active_response"
        connection.response.cancel(response_id=delta.response_id)
        done = until(connection, "response.done")
        assert done.response.status == "cancelled"
        assert done.response.status_details.reason == "client_cancelled"
        connection.conversation.item.truncate(item_id=delta.item_id, content_index=0, audio_end_ms=120)
        truncated = until(connection, "conversation.item.truncated")
        assert (truncated.item_id, truncated.audio_end_ms) == (delta.item_id, 120)
        connection.conversation.item.truncate(item_id=delta.item_id, content_index=0, audio_end_ms=60_000)
        until(connection, "error")
        connection.response.cancel()
        assert until(connection, "error").error.code == "response_cancel_not_active"
        connection.response.create()
        assert until(connection, "response.done").response.status == "completed"


def test_empty_commit(doubles):
    with client(doubles).realtime.connect(model=MODEL) as connection:
        connection.input_audio_buffer.commit()
        assert until(connection, "error").error.code == "input_audio_buffer_commit_empty"


def test_refused_answer(doubles):
    doubles.play({"wire": "openai.realtime", "skip": 1, "fault": {"status": 429}})
    with client(doubles).realtime.connect(model=MODEL) as connection:
        manual(connection)
        for expected in ["completed", "failed"]:
            typed(connection, "Hello.")
            connection.response.create()
            done = until(connection, "response.done")
            assert done.response.status == expected
        assert done.response.status_details.error.code == "rate_limit_exceeded"


@pytest.mark.parametrize("key, status", [("wrong-key", 401), ("key", 503)])
def test_refused_connection(doubles, key, status):
    if status == 503:
        doubles.play({"wire": "openai.realtime", "fault": {"status": 503}})
    with pytest.raises(Exception) as caught:
        with client(doubles, key).realtime.connect(model=MODEL) as connection:
            connection.recv()
    assert str(status) in str(caught.value)
    assert "wrong-key" not in str(caught.value)


def test_cut(doubles):
    doubles.play({"wire": "openai.realtime", "text": ["One two three four."], "fault": {"cut": 1}})
    with pytest.raises(Exception):
        with client(doubles).realtime.connect(model=MODEL) as connection:
            manual(connection)
            typed(connection, "Count.")
            connection.response.create()
            until(connection, "response.done")


def test_text_only_answers_and_what_is_out_of_band(doubles):
    doubles.play({"wire": "openai.realtime", "text": ["One two three.", "Four."]})
    with client(doubles).realtime.connect(model=MODEL) as connection:
        connection.session.update(session={"type": "realtime", "output_modalities": ["text"]})
        typed(connection, "Count.")
        connection.response.create(response={"metadata": {"topic": "numbers"}})
        seen = []
        done = until(connection, "response.done", seen=seen)
        assert "".join(e.delta for e in seen if e.type == "response.output_text.delta") == "One two three."
        assert not [e for e in seen if "audio" in e.type]
        assert done.response.output[0].content[0].type == "output_text"
        assert (done.response.metadata, done.response.output_modalities) == ({"topic": "numbers"}, ["text"])
        connection.response.create(response={"conversation": "none", "output_modalities": ["text"]})
        seen = []
        done = until(connection, "response.done", seen=seen)
        assert done.response.conversation_id is None
        assert not [e for e in seen if e.type.startswith("conversation.item")]


def test_places_of_items(doubles):
    with client(doubles).realtime.connect(model=MODEL) as connection:
        typed(connection, "Second.")
        second = until(connection, "conversation.item.added").item.id
        for previous, expected in [("root", None), (second, second)]:
            item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Other."}]}
            connection.conversation.item.create(item=item, previous_item_id=previous)
            until(connection, "conversation.item.done")
            assert until(connection, "conversation.item.added").previous_item_id == expected
        connection.conversation.item.create(item=item, previous_item_id="nobody")
        assert until(connection, "error").error.param == "previous_item_id"


def test_turn_detection_is_checked(doubles):
    with client(doubles).realtime.connect(model=MODEL) as connection:
        turns = {"type": "server_vad", "threshold": 2}
        connection.session.update(session={"type": "realtime", "audio": {"input": {"turn_detection": turns}}})
        assert until(connection, "error").error.param == "session.audio.input.turn_detection.threshold"


def test_many_long_updates_do_not_fill_the_queue(doubles):
    with client(doubles).realtime.connect(model=MODEL) as connection:
        for _ in range(40):
            connection.session.update(session={"type": "realtime", "instructions": "x" * 60_000})
        for _ in range(40):
            until(connection, "session.updated")
