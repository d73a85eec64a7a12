"""A whole call on the real server: the greeting, a silence that ends it, and the longest call. Local engines speak."""

import asyncio
import json
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from servers import Address, running


@pytest.fixture(scope="module")
def server():
    with running(["serve", "--port", "0", "--projects", str(Path(__file__).parent / "calls")]) as address:
        yield Address(address)


async def call(server, path, *messages):
    """Listens to the end. What the server said, as objects and audio, and its close code."""
    said = []
    async with asyncio.timeout(60), connect(f"ws://{server.host}:{server.port}/{path}", max_size=None) as socket:
        for message in messages:
            await socket.send(json.dumps(message))
        async for message in socket:
            said.append(message if isinstance(message, bytes) else json.loads(message))
        return said, (socket.close_code, socket.close_reason)


def lines(said):
    return [message["text"] for message in said if message["type"] == "response.text.done"]


def test_a_silent_caller_is_greeted_asked_and_left(server):
    values = {"type": "session.update", "variables": {"caller": "Ms Rossi"}}
    said, closed = asyncio.run(call(server, "bridge/silent", values))
    assert lines(said) == ["Hello Ms Rossi, how can I help?", "Are you there?", "Goodbye Ms Rossi."]
    assert {message["role"] for message in said if message["type"] == "response.audio.delta"} == {"Desk"}
    assert [message["status"] for message in said if message["type"] == "response.done"] == ["completed"] * 3
    assert said[-1] == {"type": "session.ended", "reason": "idle"}
    assert closed == (1000, "idle")


def test_a_telephone_that_says_who_calls(server):
    said, closed = asyncio.run(call(server, "pcm/silent", {"type": "start", "variables": {"caller": "Ms Rossi"}}))
    messages = [message for message in said if isinstance(message, dict)]
    words = [message["text"] for message in messages if message["type"] == "transcript"]
    assert words == ["Hello Ms Rossi, how can I help?", "Are you there?", "Goodbye Ms Rossi."]
    assert any(isinstance(message, bytes) for message in said)
    assert messages[-1] == {"type": "session_ended", "reason": "idle"}
    assert closed == (1000, "idle")


def test_a_name_that_nobody_gives_is_left_out(server):
    said, _ = asyncio.run(call(server, "bridge/silent"))
    assert lines(said) == ["Hello, how can I help?", "Are you there?", "Goodbye."]


def test_the_longest_call_ends_with_a_sentence(server):
    said, closed = asyncio.run(call(server, "bridge/short", {"type": "input_text", "text": "When are you open?"}))
    assert lines(said)[-1] == "Our time is over. Goodbye."
    assert [message["status"] for message in said if message["type"] == "response.done"] == ["completed"] * 2
    assert said[-1] == {"type": "session.ended", "reason": "longest_call"}
    assert closed == (1000, "longest_call")


async def opinion(server, answer):
    """Asks for a trip, and answers the question with `answer`, if any. Who spoke in each response, and what was shown."""
    spoken, shown = [[]], {}
    async with asyncio.timeout(90), connect(f"ws://{server.host}:{server.port}/bridge/opinion", max_size=None) as socket:
        await socket.send(json.dumps({"type": "input_text", "text": "Plan a day at the lake"}))
        async for message in socket:
            message = json.loads(message)
            if message["type"] == "response.audio.delta" and message["role"] not in spoken[-1]:
                spoken[-1].append(message["role"])
            if message["type"] == "response.text.done":
                shown[message["role"]] = message["text"]
            if message["type"] == "response.done":
                assert message["status"] == "completed"
                if len(spoken) == 2:
                    return spoken, shown
                spoken.append([])
                if answer:
                    await socket.send(json.dumps({"type": "input_text", "text": answer}))
    raise AssertionError("the server hung up")


@pytest.mark.parametrize("answer", ["Yes, but shorter", None])
def test_a_flow_asks_the_caller_and_goes_on(server, answer):
    spoken, shown = asyncio.run(opinion(server, answer))
    assert spoken == [["Draft", "Opinion"], ["Final"]]
    assert shown["Opinion"] == "Does it suit you?"
    # Without an answer there is nothing of it to build on.
    assert ("Opinion" in shown["Final"]) == bool(answer)
