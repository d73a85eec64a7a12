"""Super agents that choose or judge their members, on the real server. A stand-in for a language model follows a script."""

import asyncio
import json
import urllib.request
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from servers import Address, doubles_environment, running

PROJECTS = Path(__file__).parent / "teams"


@pytest.fixture(scope="module")
def stand_ins():
    with running(["doubles", "--port", "0"]) as address:
        yield address


@pytest.fixture(scope="module")
def server(stand_ins):
    environment = doubles_environment(stand_ins)
    with running(["serve", "--port", "0", "--projects", str(PROJECTS)], environment=environment) as address:
        yield Address(address)


def script(stand_ins, *texts):
    """The chat completions of the next turn, in order."""
    rules = {"rules": [{"wire": "openai.chat", "text": list(texts)}]}
    data = json.dumps(rules).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{stand_ins}/doubles/script", data, method="PUT")) as answer:
        assert answer.status < 300


async def turn(server, project, words):
    """What the server says to typed words, to the end of the response."""
    said = []
    async with asyncio.timeout(60), connect(f"ws://{server.host}:{server.port}/bridge/{project}", max_size=None) as socket:
        await socket.send(json.dumps({"type": "input_text", "text": words}))
        async for message in socket:
            said.append(json.loads(message))
            if said[-1]["type"] == "response.done":
                return said


def of(said, kind, *keys):
    return [tuple(message[key] for key in keys) for message in said if message["type"] == kind]


def test_members_work_one_at_a_time(stand_ins, server):
    script(
        stand_ins,
        '{"agent": "Finder", "task": "Two facts."}',
        "Carrots hold vitamin A.",
        '{"agent": "Finder", "task": ""}',
        "Pilots said so.",
        '{"agent": "none", "task": ""}',
        "It is a myth.",
    )
    said = asyncio.run(turn(server, "checker", "Do carrots help?"))
    assert of(said, "agent.started", "agent", "node") == [
        ("Finder", "Checker/Finder"), ("Finder", "Checker/Finder"), ("Judge", "Checker/Judge"),
    ]
    shown = [message["text"] for message in said if message.get("filler")]
    assert shown == ["Next: Finder.", "Next: Finder.", "Next: Judge."]
    assert of(said, "response.text.done", "role", "text") == [
        ("Finder", "Carrots hold vitamin A."), ("Finder", "Pilots said so."), ("Judge", "It is a myth."),
    ]
    assert {role for (role,) in of(said, "response.audio.delta", "role")} == {"Judge"}
    assert of(said, "response.done", "status") == [("completed",)]


def test_a_choice_that_cannot_be_read_ends_the_steps(stand_ins, server):
    script(stand_ins, '{"agent": "Nobody", "task": ""}', "It is a myth.")
    said = asyncio.run(turn(server, "checker", "Do carrots help?"))
    assert of(said, "agent.started", "agent") == [("Judge",)]
    assert of(said, "response.done", "status") == [("completed",)]


def test_answers_are_judged_and_reported(stand_ins, server):
    script(stand_ins, "I am Ada.", '{"score": 4, "reason": "Friendly."}')
    said = asyncio.run(turn(server, "jury", "How is she?"))
    report = "Ada: answered 1 of 1 samples.\n- warmth: 4 of 5 on average."
    assert of(said, "response.text.done", "role", "text") == [("Jury", report)]
    assert {role for (role,) in of(said, "response.audio.delta", "role")} == {"Jury"}


def test_samples_are_invented_by_the_super_agents_own_model(stand_ins, server):
    script(stand_ins, '{"samples": ["Who are you?"]}', "I am Ada.", '{"score": 4, "reason": "Friendly."}')
    said = asyncio.run(turn(server, "panel", "How is she?"))
    report = "Ada: answered 1 of 1 samples.\n- warmth: 4 of 5 on average."
    assert of(said, "response.text.done", "role", "text") == [("Panel", report)]


def test_the_drawing_has_every_member_once(server):
    with urllib.request.urlopen(f"{server.url}/api/projects/checker/graph") as answer:
        graph = json.load(answer)
    assert [node["id"] for node in graph["nodes"]] == ["Checker/Finder", "Checker/Judge"]
    assert graph["edges"] == [{"from": "Checker/Finder", "to": "Checker/Judge", "label": None}]
