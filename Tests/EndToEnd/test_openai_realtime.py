"""Parley as a server for OpenAI's own Realtime client, over real sockets."""

import asyncio
import base64
import contextlib
import json
import os

import numpy as np
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from realtime_client import BETA, CLIENT, CURRENT, Model, Talk, pcm, play
from servers import ROOT, Address, doubles_environment, running

QUESTION = "How can I protect my investments against currency risk?"
INTERRUPTION = "Wait a moment please, I would like to ask something else."
SHORT = "Spread your money."
LONG = " ".join(
    f"Sentence number {word} speaks about money for a good while." for word in "one two three four five six".split())
TOOL = {"type": "function", "name": "rate", "description": "An exchange rate.",
        "parameters": {"type": "object", "properties": {"pair": {"type": "string"}}}}


class Place:
    def __init__(self, address, doubles, model):
        self.server, self.doubles, self.model = Address(address), doubles, model

    def hear(self, *texts):
        play(self.doubles, {"wire": "deepgram.listen", "finalMs": 50, "text": list(texts)})


@pytest.fixture(scope="module")
def place():
    model = Model()
    with running(["doubles", "--port", "0"]) as doubles:
        environment = doubles_environment(doubles) | {"OPENAI_BASE_URL": model.url}
        with running(["serve", "--port", "0", "--projects", "Tests/EndToEnd/realtime"], environment) as address:
            yield Place(address, doubles, model)


async def session(talk, **fields):
    """Changes the session, and gives what it is then."""
    since = len(talk.events)
    fields = fields if talk.is_beta else {"type": "realtime", **fields}
    await talk.api.session.update(session=fields)
    return (await talk.event("session.updated", since=since))["session"]


async def respond(talk, **fields):
    """Orders a response, and gives it when it is done."""
    since = len(talk.events)
    await talk.api.response.create(**({"response": fields} if fields else {}))
    done = await talk.event("response.done", since=since)
    await talk.wait("rate_limits.updated", since=since)
    return done["response"]


def said(response):
    return [part.get("transcript", part.get("text")) for item in response["output"] for part in item.get("content", [])]


# --- order


async def typed_turn(place, is_beta):
    async with Talk(place.server, is_beta=is_beta) as talk:
        await talk.type("What about bonds?")
        await respond(talk)
        return talk


@pytest.mark.parametrize("is_beta", [False, True])
def test_a_typed_turn(place, is_beta):
    place.model.play(SHORT)
    talk = asyncio.run(typed_turn(place, is_beta))
    o = "" if is_beta else "output_"
    order = [kind for kind in talk.types() if not kind.endswith(".delta")]
    added = ["conversation.item.created"] if is_beta else ["conversation.item.added"]
    done = [] if is_beta else ["conversation.item.done"]
    assert order == [
        "session.created", "conversation.created", *added, *done, "response.created", "response.output_item.added",
        *added, "response.content_part.added", f"response.{o}audio.done", f"response.{o}audio_transcript.done",
        "response.content_part.done", "response.output_item.done", *done, "response.done", "rate_limits.updated",
    ]
    response = talk.events[-2]["response"]
    assert response["status"] == "completed"
    part = response["output"][0]["content"][0]
    assert (part["type"], part["transcript"]) == ("audio" if is_beta else "output_audio", SHORT)
    words = [e["delta"] for e in talk.events if e["type"] == f"response.{o}audio_transcript.delta"]
    assert "".join(words) == SHORT
    sound = np.frombuffer(talk.spoken(), "<i2").astype(float)
    assert 0.5 < len(sound) / 24_000 < 5
    assert np.sqrt(np.mean(sound**2)) > 300
    assert place.model.told()[-1] == "user: What about bonds?"


async def spoken_turn(place):
    async with Talk(place.server) as talk:
        vad = {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 200, "silence_duration_ms": 400}
        updated = await session(
            talk, audio={"input": {"transcription": {"model": "whisper-1"}, "turn_detection": vad}})
        await talk.say(pcm(QUESTION))
        await talk.wait("rate_limits.updated")
        return talk, updated


def test_a_spoken_turn(place):
    place.model.play(SHORT)
    place.hear(QUESTION)
    talk, updated = asyncio.run(spoken_turn(place))
    assert updated["audio"]["input"]["turn_detection"]["silence_duration_ms"] == 400
    order = [kind for kind in talk.types() if not kind.endswith(".delta") and "transcription" not in kind]
    assert order[3:] == [
        "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped", "input_audio_buffer.committed",
        "conversation.item.added", "conversation.item.done", "response.created", "response.output_item.added",
        "conversation.item.added", "response.content_part.added", "response.output_audio.done",
        "response.output_audio_transcript.done", "response.content_part.done", "response.output_item.done",
        "conversation.item.done", "response.done", "rate_limits.updated",
    ]
    started, stopped = talk.events[3], next(e for e in talk.events if e["type"].endswith("speech_stopped"))
    assert started["audio_start_ms"] < 200
    length = len(pcm(QUESTION)) / 48
    assert length - 500 < stopped["audio_end_ms"] < length + 300
    completed = next(e for e in talk.events if e["type"].endswith("transcription.completed"))
    assert completed["transcript"] == QUESTION
    assert completed["item_id"] == started["item_id"] == stopped["item_id"]


# --- interruptions


async def barge_in(place):
    async with Talk(place.server) as talk:
        await talk.type("Tell me everything.")
        await talk.api.response.create()
        first = await talk.event("response.output_audio.delta")
        await asyncio.sleep(2)
        started = asyncio.create_task(talk.wait("input_audio_buffer.speech_started"))
        speaking = asyncio.create_task(talk.say(pcm(INTERRUPTION)))
        number = await started
        # As stock clients do: they stop playing, and tell how much they have played.
        await talk.api.conversation.item.truncate(item_id=first["item_id"], content_index=0, audio_end_ms=1500)
        await talk.wait("conversation.item.truncated")
        cancelled = await talk.event("response.done", since=number)
        await speaking
        await talk.wait("response.done", since=await talk.wait("response.created", since=number))
        item = await retrieve(talk, first["item_id"])
        return talk, cancelled["response"], item


async def retrieve(talk, item_id):
    since = len(talk.events)
    await talk.api.conversation.item.retrieve(item_id=item_id)
    return (await talk.event("conversation.item.retrieved", since=since))["item"]


def test_a_barge_in_with_truncation(place):
    place.model.play(LONG, SHORT)
    place.hear(INTERRUPTION)
    talk, cancelled, item = asyncio.run(barge_in(place))
    assert cancelled["status"] == "cancelled"
    assert cancelled["status_details"]["reason"] == "turn_detected"
    assert cancelled["output"][0]["status"] == "incomplete"
    # Some clients stop playing only what they take for open.
    kinds = talk.types()
    assert kinds.index("input_audio_buffer.speech_started") < kinds.index("response.output_audio.done")
    # What was played is what the model is told that the caller has heard.
    answer = next(line for line in place.model.told() if line.startswith("assistant"))
    assert "Sentence number one" in answer and "number two" not in answer
    assert place.model.told()[-1] == f"user: {INTERRUPTION}"
    assert "number three" not in item["content"][0]["transcript"]


async def cancelled_turn(place):
    async with Talk(place.server) as talk:
        await talk.type("Tell me everything.")
        await talk.api.response.create()
        delta = await talk.event("response.output_audio.delta")
        await asyncio.sleep(1)
        await talk.api.response.cancel()
        done = await talk.event("response.done")
        await talk.api.conversation.item.truncate(item_id=delta["item_id"], content_index=0, audio_end_ms=200)
        await talk.wait("conversation.item.truncated")
        await talk.api.response.cancel(response_id=done["response"]["id"], event_id="late")
        late = await talk.event("error")
        await talk.type("And now?")
        await respond(talk)
        return done["response"], late["error"]


def test_cancel(place):
    place.model.play(LONG, SHORT)
    done, late = asyncio.run(cancelled_turn(place))
    assert (done["status"], done["status_details"]["reason"]) == ("cancelled", "client_cancelled")
    assert (late["code"], late["event_id"]) == ("response_cancel_not_active", "late")
    # It was truncated afterwards, before its first words were over.
    assert "number one" not in "".join(place.model.told())
    assert place.model.told()[-1].endswith("And now?")


# --- turns that the client takes


async def manual_turns(place):
    async with Talk(place.server) as talk:
        await session(talk, output_modalities=["text"], audio={"input": {
            "format": {"type": "audio/pcmu"}, "turn_detection": None, "transcription": {"model": "whisper-1"}}})
        sound = np.frombuffer(pcm(QUESTION), "<i2")[::3]
        for place_ in range(0, len(sound), 8000):
            await talk.api.input_audio_buffer.append(
                audio=base64.b64encode(mulaw(sound[place_ : place_ + 8000])).decode())
        await talk.api.input_audio_buffer.commit()
        committed = await talk.event("input_audio_buffer.committed")
        completed = await talk.event("conversation.item.input_audio_transcription.completed")
        assert "response.created" not in talk.types()
        response = await respond(talk)
        await talk.api.input_audio_buffer.commit(event_id="empty")
        error = await talk.event("error")
        await talk.api.input_audio_buffer.append(audio=base64.b64encode(bytes(9600)).decode())
        await talk.api.input_audio_buffer.clear()
        await talk.wait("input_audio_buffer.cleared")
        return committed, completed, response, error["error"], talk


def mulaw(samples):
    """G.711 µ-law of PCM16."""
    magnitude = np.minimum(np.abs(samples.astype(int)), 32635) + 132
    segment = np.floor(np.log2(magnitude)).astype(int) - 7
    codes = (samples < 0) << 7 | segment << 4 | (magnitude >> segment + 3) & 15
    return (~codes & 0xFF).astype(np.uint8).tobytes()


def test_manual_turns(place):
    place.model.play(SHORT)
    place.hear(QUESTION)
    committed, completed, response, error, talk = asyncio.run(manual_turns(place))
    assert committed["item_id"] == completed["item_id"]
    assert completed["transcript"] == QUESTION
    assert said(response) == [SHORT]
    assert talk.spoken() == b"" and response["output_modalities"] == ["text"]
    assert response["output"][0]["content"][0]["type"] == "output_text"
    assert (error["code"], error["event_id"]) == ("input_audio_buffer_commit_empty", "empty")
    assert "input_audio_buffer.speech_started" not in talk.types()
    assert place.model.told()[-1] == f"user: {QUESTION}"


async def unanswered_turn(place):
    async with Talk(place.server) as talk:
        await session(talk, output_modalities=["text"], audio={"input": {
            "turn_detection": {"type": "semantic_vad", "eagerness": "high", "create_response": False}}})
        await talk.say(pcm(QUESTION))
        committed = await talk.wait("input_audio_buffer.committed")
        await talk.type("Be brief.")
        await talk.wait("conversation.item.done", since=committed + 3)
        assert "response.created" not in talk.types()
        return await respond(talk)


def test_turns_without_answers(place):
    place.model.play(SHORT)
    place.hear(QUESTION)
    assert said(asyncio.run(unanswered_turn(place)))
    assert place.model.told()[-1] == f"user: {QUESTION} Be brief."


# --- tools


async def call_tool(place, is_beta):
    async with Talk(place.server, is_beta=is_beta) as talk:
        await session(talk, tools=[TOOL], **({"modalities": ["text"]} if is_beta else {"output_modalities": ["text"]}))
        await talk.type("What is the rate?")
        first = await respond(talk)
        call = first["output"][-1]
        output = {"type": "function_call_output", "call_id": call["call_id"], "output": "1.08"}
        await talk.api.conversation.item.create(item=output)
        second = await respond(talk)
        await talk.api.conversation.item.create(item=output, event_id="again")
        error = await talk.event("error")
        return talk, first, second, error["error"]


@pytest.mark.parametrize("is_beta", [False, True])
def test_a_tool_of_the_client(place, is_beta):
    place.model.play(("", [("rate", {"pair": "EUR/USD"})]), "It is 1.08 today.")
    talk, first, second, error = asyncio.run(call_tool(place, is_beta))
    call = first["output"][-1]
    assert (call["type"], call["name"], json.loads(call["arguments"])) == ("function_call", "rate", {"pair": "EUR/USD"})
    assert first["status"] == second["status"] == "completed"
    assert "".join(said(second)).strip() == "It is 1.08 today."
    assert [t["function"]["name"] for t in place.model.chats[0]["tools"]] == ["rate"]
    assert place.model.chats[-1]["messages"][-1] == {
        "role": "tool", "content": "1.08", "tool_call_id": place.model.chats[-1]["messages"][-1]["tool_call_id"]}
    assert (error["code"], error["event_id"], error["param"]) == ("invalid_tool_call_id", "again", "item.call_id")
    done = next(e for e in talk.events if e["type"] == "response.function_call_arguments.done")
    assert json.loads(done["arguments"]) == {"pair": "EUR/USD"}


# --- what models are told


async def items(place):
    async with Talk(place.server) as talk:
        await session(talk, output_modalities=["text"], instructions="Speak like a sailor.")
        await talk.type("My name is Ann.", id="name")
        await talk.api.conversation.item.create(item={
            "type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hello, Ann."}]})
        await talk.api.conversation.item.create(item={
            "type": "message", "role": "system", "content": [{"type": "input_text", "text": "Never say why."}]})
        await talk.type("I am seven.", id="age")
        await respond(talk)
        first = place.model.told()
        await talk.api.conversation.item.delete(item_id="age")
        await talk.wait("conversation.item.deleted")
        await talk.api.conversation.item.create(previous_item_id="root", item={
            "type": "message", "role": "user", "id": "front", "content": [{"type": "input_text", "text": "I am new."}]})
        await talk.type("Who am I?")
        await respond(talk, instructions="Speak like a judge.")
        second = place.model.told()
        # Out of band: other input, nothing kept.
        aside = await respond(talk, conversation="none", metadata={"topic": "aside"}, input=[
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Classify this."}]},
            {"type": "item_reference", "id": "front"}])
        third = place.model.told()
        await respond(talk)
        return first, second, third, place.model.told(), aside, talk


def test_items_and_instructions(place):
    place.model.play("One.", "Two.", "Three.", "Four.")
    first, second, third, last, aside, talk = asyncio.run(items(place))
    assert "Speak like a sailor." in first[0] and "Never say why." in first[0]
    assert first[1:] == ["user: My name is Ann.", "assistant: orchestrator: Hello, Ann.", "user: I am seven."]
    assert "Speak like a judge." in second[0] and "sailor" not in second[0]
    assert second[1].startswith("user: I am new.") and "seven" not in "".join(second)
    assert second[-1] == "user: Who am I?"
    assert third[1:] == ["user: Classify this. I am new."]
    assert aside["metadata"] == {"topic": "aside"} and aside["conversation_id"] is None
    assert "Three." not in "".join(last) and "Two." in "".join(last)
    added = [e["item"]["id"] for e in talk.events if e["type"] == "conversation.item.added"]
    assert aside["output"][0]["id"] not in added


# --- bad input

BAD = [
    ({"type": "nonsense"}, "unknown_type", "type"),
    ({"type": "session.update"}, "missing_required_parameter", "session"),
    ({"type": "session.update", "session": {"type": "realtime", "colour": "red"}}, "unknown_parameter", "session.colour"),
    ({"type": "session.update", "session": {"type": "realtime", "audio": {"output": {"speed": 9}}}}, "invalid_value",
     "session.audio.output.speed"),
    ({"type": "session.update", "session": {"audio": {"input": {"turn_detection": {
        "type": "server_vad", "silence_duration_ms": "long"}}}}}, "invalid_type",
     "session.audio.input.turn_detection.silence_duration_ms"),
    ({"type": "input_audio_buffer.append", "audio": "no base64!"}, "bad_base64", "audio"),
    ({"type": "conversation.item.retrieve", "item_id": "nobody"}, "item_not_found", "item_id"),
    ({"type": "conversation.item.create", "item": {"type": "message", "role": "user", "content": [
        {"type": "output_text", "text": "?"}]}}, "invalid_value", "item.content[0].type"),
    ({"type": "output_audio_buffer.clear"}, "unsupported_value", "type"),
]


async def bad_inputs(place, inputs):
    url = f"ws://{place.server.host}:{place.server.port}/v1/realtime?model=desk"
    async with connect(url, subprotocols=["realtime", "openai-insecure-api-key.key"]) as socket:
        assert socket.subprotocol == "realtime"
        for number, message in enumerate(inputs):
            text = message if isinstance(message, (str, bytes)) else json.dumps({**message, "event_id": f"e{number}"})
            await socket.send(text)
        errors = []
        async for text in socket:
            event = json.loads(text)
            if event["type"] == "error":
                errors.append(event["error"])
            if len(errors) == len(inputs):
                break
        await socket.send(json.dumps({"type": "session.update", "session": {"type": "realtime"}}))
        async for text in socket:
            if json.loads(text)["type"] == "session.updated":
                return errors


def test_bad_input_is_named_and_survived(place):
    errors = asyncio.run(bad_inputs(place, [message for message, _, _ in BAD]))
    assert [(e["code"], e["param"], e["event_id"]) for e in errors] == [
        (code, param, f"e{number}") for number, (_, code, param) in enumerate(BAD)]


async def large_message(place):
    async with Talk(place.server) as talk:
        await session(talk, audio={"input": {"turn_detection": None}})
        # 14 MB in one message: much more than a turn may have.
        await talk.api.input_audio_buffer.append(audio=base64.b64encode(bytes(10_000_000)).decode(), event_id="large")
        error = (await talk.event("error"))["error"]
        async with connect(f"ws://{place.server.host}:{place.server.port}/v1/realtime?model=nobody") as socket:
            with contextlib.suppress(ConnectionClosed):
                async for _ in socket:
                    pass
        return error, socket.close_code


def test_large_messages_and_unknown_projects(place):
    error, code = asyncio.run(large_message(place))
    assert (error["code"], error["event_id"]) == ("input_audio_buffer_full", "large")
    assert code == 4404


# --- the page of what was seen

MCP = "servers of tools are the project's to say"
WEBRTC = "WebRTC and SIP only"
NOT_SENT = {
    "conversation.item.created": "the beta's name of `conversation.item.added`",
    "conversation.item.input_audio_transcription.segment": "speakers are not told apart",
    "conversation.item.input_audio_transcription.failed": "sent when speech cannot be transcribed",
    "input_audio_buffer.timeout_triggered": "the project's `idle` asks a silent caller",
    "input_audio_buffer.dtmf_event_received": WEBRTC,
    "output_audio_buffer.started": WEBRTC, "output_audio_buffer.stopped": WEBRTC,
    "output_audio_buffer.cleared": WEBRTC,
    "transcription_session.updated": "transcription sessions are not served",
}
REFUSED = {"output_audio_buffer.clear": f"refused: {WEBRTC}"}


def rows(known, seen):
    for kind in sorted(known):
        reason = MCP if "mcp" in kind else NOT_SENT.get(kind)
        assert (kind in seen) != bool(reason), f"{kind} is {'sent' if reason else 'not sent'} after all"
        yield f"| `{kind}` | {'sent, held against the types' if kind in seen else reason} |"


def test_the_page_of_conformance(request):
    if not {f for f in globals() if f.startswith("test_")} <= {item.originalname for item in request.session.items}:
        pytest.skip("it is made of what all tests of this file see")
    lines = ["| from the client | |", "|---|---|"]
    for kind in sorted(CLIENT):
        assert (kind in Talk.SENT) != (kind in REFUSED)
        lines.append(f"| `{kind}` | {REFUSED.get(kind, 'done')} |")
    lines += ["", "| to the client | |", "|---|---|", *rows(CURRENT, Talk.SEEN["current"])]
    lines += ["", "| to the client, in the beta | |", "|---|---|"]
    lines += [f"| `{kind}` | sent, held against the types |" for kind in sorted(Talk.SEEN["beta"])]
    assert Talk.SEEN["beta"] <= BETA.keys()
    page = ROOT / "docs/conformance.md"
    begin, end = "<!-- openai-realtime: written by the tests -->", "<!-- openai-realtime: end -->"
    text = page.read_text()
    before, rest = text.split(begin)
    wanted = f"{before}{begin}\n\n" + "\n".join(lines) + f"\n\n{end}{rest.split(end)[1]}"
    if os.environ.get("PARLEY_UPDATE_GOLDEN"):
        page.write_text(wanted)
    assert page.read_text() == wanted, "PARLEY_UPDATE_GOLDEN=1 writes the page anew"
