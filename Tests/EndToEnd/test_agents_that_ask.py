"""Agents whose answer is the result of one call, and agents that look things up, over the bridge and against the program."""

import asyncio
import hashlib
import hmac
import http.server
import json
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest
import websockets

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from servers import doubles_environment, running  # noqa: E402

SECRET = "swordfish"
EXECUTOR = """
orchestrator: {{agent_list: [{{agent_name: "Stock Count"}}]}}
utility_agents:
  - agent_class: CustomAgent
    agent_name: "Stock Count"
    agent_description: "Counts what is on the shelf."
    config:
      executor: {{url: "http://127.0.0.1:{port}/count", signing_key: ENV:STOCK_SECRET, allow_private: true}}
      shelf: 7
    speech_config: {{enable_speech: false}}
"""
CLIENT = """
orchestrator: {agent_list: [{agent_name: "Stock Count"}]}
utility_agents:
  - agent_class: CustomAgent
    agent_name: "Stock Count"
    config: {wait_time: 20}
"""
FOLDER = """
orchestrator: {agent_list: [{agent_name: House}]}
utility_agents:
  - agent_class: SearchAgent
    agent_name: House
    config: {num_queries: 2}
search: {folder: texts}
"""

MCP = """
orchestrator: {{agent_list: [{{agent_name: Desk}}]}}
utility_agents:
  - agent_class: SearchAgent
    agent_name: Desk
    config: {{retriever: {{server: desk, tool: weather, query_argument: city}}}}
mcp_servers:
  desk: {{command: "{python}", args: ["{server}", stdio]}}
"""


DEEP = """
orchestrator: {agent_list: [{agent_name: Ivy}]}
base_config: {llm_config: {model: OpenAI/gpt-4.1-mini}}
utility_agents:
  - agent_class: DeepResearchAgent
    agent_name: Ivy
    config: {strategy_mode: focused, num_queries: 2, return_intermediate_results: true, human_in_the_loop: true}
search: {folder: texts}
"""


class Executor(http.server.BaseHTTPRequestHandler):
    """Answers with what it was asked, if the request was signed."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        stamp = self.headers["X-Parley-Timestamp"]
        digest = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        is_fresh = abs(time.time() - int(stamp)) < 60
        is_signed = is_fresh and hmac.compare_digest(self.headers["X-Parley-Signature"], f"sha256={digest}")
        asked = json.loads(body)
        self.server.asked.append((self.headers["Idempotency-Key"], asked))
        answer = json.dumps(f"Shelf {asked['config']['shelf']} has nine hammers.").encode()
        self.send_response(200 if is_signed else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


@pytest.fixture
def executor():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Executor)
    server.asked = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


@pytest.fixture
def talk(tmp_path):
    """Asks a project one question, and gives all events of its answer."""

    def ask(project, words, environment=None, respond=None):
        folder = tmp_path / "projects"
        folder.mkdir(exist_ok=True)
        (folder / "desk.yaml").write_text(project)
        arguments = ["serve", "--projects", str(folder), "--port", "0"]
        with running(arguments, environment, log=subprocess.DEVNULL) as address:
            return asyncio.run(conversation(address, words, respond))

    return ask


async def conversation(address, words, respond):
    """`words`: one turn, or several; each follows the answer to the one before."""
    turns = [words] if isinstance(words, str) else list(words)
    url = address.replace("http://", "ws://") + "/bridge/desk"
    events = []
    async with asyncio.timeout(60), websockets.connect(url, max_size=None) as socket:
        async for message in socket:
            event = json.loads(message)
            events.append(event)
            if event["type"] == "session.created":
                await socket.send(json.dumps({"type": "input_text", "text": turns.pop(0)}))
            if event["type"] == "tool.called" and respond and event["arguments"] is not None:
                await socket.send(json.dumps({"type": "tool.result", "call_id": event["call_id"], **respond(event)}))
            if event["type"] == "response.done":
                if not turns:
                    return events
                await socket.send(json.dumps({"type": "input_text", "text": turns.pop(0)}))


def script(stand_ins, *texts):
    """The chat completions that follow, in order."""
    data = json.dumps({"rules": [{"wire": "openai.chat", "text": list(texts)}]}).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{stand_ins}/doubles/script", data, method="PUT")) as answer:
        assert answer.status < 300


def said(events):
    return "".join(event.get("text") or event.get("delta") or "" for event in of(events, "response.text.delta"))


def of(events, kind):
    return [event for event in events if event["type"] == kind]


def test_an_http_executor_answers(talk, executor):
    project = EXECUTOR.format(port=executor.server_port)
    events = talk(project, "How many hammers?", {"STOCK_SECRET": SECRET})
    assert said(events).strip() == "Shelf 7 has nine hammers."
    assert [asked for _, asked in executor.asked] == [{"query": "How many hammers?", "config": {"shelf": 7}}]
    assert executor.asked[0][0]


def test_a_wrong_signature_is_an_apology(talk, executor):
    project = EXECUTOR.format(port=executor.server_port)
    events = talk(project, "How many hammers?", {"STOCK_SECRET": "another"})
    assert "nine hammers" not in said(events)
    assert [event["status"] for event in of(events, "tool.finished")] == ["refused"]
    assert any(event["code"] == "agent_failed" for event in of(events, "warning"))


def test_the_client_answers(talk):
    def respond(event):
        assert event["name"] == "Stock_Count" and event["agent"] == "Stock Count"
        assert json.loads(event["arguments"]) == {"query": "How many?"}
        return {"output": "Nine of them."}

    events = talk(CLIENT, "How many?", respond=respond)
    assert said(events).strip() == "Nine of them."
    assert of(events, "response.audio.delta"), "it is spoken"


def test_a_client_without_the_function_says_so(talk):
    started = time.monotonic()
    events = talk(CLIENT, "How many?", respond=lambda _: {"error": "no such function"})
    assert [event["status"] for event in of(events, "tool.finished")] == ["refused"]
    assert of(events, "response.audio.delta"), "the apology is heard"
    assert time.monotonic() - started < 19, "before the time of the function was over"


def test_a_folder_is_searched(talk, tmp_path):
    texts = tmp_path / "projects" / "texts"
    texts.mkdir(parents=True)
    (texts / "hours.md").write_text("# Opening hours\n\nThe museum opens at ten in the morning.\n")
    (texts / "prices.html").write_text("<title>Prices</title><p>A ticket costs <b>nine</b> euros.</p>")
    events = talk(FOLDER, "When does the museum open?")
    assert said(events).strip() == "Opening hours says: The museum opens at ten in the morning."
    assert [event["status"] for event in of(events, "tool.finished")] == ["completed"]
    fallbacks = of(events, "session.created")[0]["session"]["fallbacks"]
    assert not any("SearchAgent" in fallback["wanted"] for fallback in fallbacks)
    events = talk(FOLDER, "What does a ticket cost?")
    assert "A ticket costs nine euros." in said(events)


def test_a_folder_that_is_gone_is_told(talk):
    events = talk(FOLDER, "When does the museum open?")
    assert said(events).strip() == "I could not look that up."


def test_a_tool_of_an_mcp_server_is_asked(talk):
    server = Path(__file__).resolve().parents[1] / "MCP" / "server.py"
    events = talk(MCP.format(python=sys.executable, server=server), "Ulm?")
    assert '"degrees": 4' in said(events)


def test_a_research_asks_plans_and_looks(talk, tmp_path):
    texts = tmp_path / "projects" / "texts"
    texts.mkdir(parents=True)
    (texts / "tides.md").write_text("# Tides\nHigh water in Ostend is at six.")
    (texts / "ferry.md").write_text("# Ferry\nThe ferry to Ostend leaves at high water.")
    replies = [
        '{"questions": [], "clarify": "Which harbour?"}',
        '{"questions": ["high water Ostend", "ferry Ostend"], "clarify": ""}',
        "The ferry leaves at six, says the timetable.",
    ]
    with running(["doubles", "--port", "0"]) as stand_ins:
        script(stand_ins, *replies)
        events = talk(DEEP, ["When does the ferry leave?", "Ostend."], doubles_environment(stand_ins))
    assert [event["text"] for event in of(events, "response.text.done")] == ["Which harbour?", replies[2]]
    assert [event["text"] for event in of(events, "response.text.delta") if event.get("filler")] == [
        "• high water Ostend\n• ferry Ostend"
    ]
    assert [event["status"] for event in of(events, "tool.finished")] == ["completed", "completed"]
    assert [event["status"] for event in of(events, "response.done")] == ["completed", "completed"]
    assert of(events, "response.audio.delta"), "it is heard"
