"""A caller who shows a picture, from outside: the bridge, the server, and a model that gets to see it."""

import asyncio
import base64
import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from websockets.asyncio.client import connect

from servers import Address, running
from test_endpoints import environment

# A PNG of one pixel.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
URL = "data:image/png;base64," + base64.b64encode(PNG).decode()

PROJECT = """
providers:
  house: {kind: openai, base_url: "HOUSE/v1", api_key: ENV:EYES_KEY}
base_config:
  vlm_config: {model: house/eyes}
orchestrator:
  agent_list: [{agent_name: Look}]
utility_agents:
  - agent_class: ImageUnderstandingAgent
    agent_name: Look
    speech_config: {enable_speech: false}
recording: {enabled: true, audio: none}
"""


@contextlib.contextmanager
def eyes():
    """A chat server that says how many pictures it was shown; gives its address and what it was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append(body)
            parts = [part for message in body["messages"] if isinstance(message["content"], list)
                     for part in message["content"]]
            seen = sum(part["type"] == "image_url" for part in parts)
            chunk = {"choices": [{"index": 0, "delta": {"content": f"I see {seen} pictures."}, "finish_reason": "stop"}]}
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            self.wfile.write(f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n".encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()


async def talk(address, *messages):
    """Sends each message when the answer to the one before is over; gives the texts and the warnings."""
    texts, warnings = [], []
    async with asyncio.timeout(60), connect(f"ws://{address.host}:{address.port}/bridge/look") as socket:
        left = list(messages)
        await socket.send(json.dumps(left.pop(0)))
        async for message in socket:
            event = json.loads(message)
            if event["type"] == "response.text.done":
                texts.append(event["text"])
            if event["type"] == "warning":
                warnings.append(event["code"])
            if event["type"] == "response.done" or event["type"] == "warning":
                if not left:
                    return texts, warnings
                await socket.send(json.dumps(left.pop(0)))


def say(text, **more):
    return {"type": "input_text", "text": text, **more}


def test_a_picture_is_seen_and_kept_out_of_everything_else(tmp_path):
    projects, recordings = tmp_path / "projects", tmp_path / "recordings"
    projects.mkdir()
    with eyes() as (house, asked), open(tmp_path / "log", "w") as log:
        (projects / "look.yaml").write_text(PROJECT.replace("HOUSE", house))
        arguments = ["serve", "--port", "0", "--projects", str(projects), "--recordings", str(recordings)]
        with running(arguments, environment=environment(EYES_KEY="sk-eyes"), log=log) as server:
            texts, warnings = asyncio.run(talk(
                Address(server), say("Hello."), say("What is it?", image=URL), say("And its colour?"),
                say("And this?", image="data:image/png;base64,AAAA"), say("Thank you.")))
    assert texts == ["I see 0 pictures.", "I see 1 pictures.", "I see 1 pictures.", "I see 1 pictures."]
    assert warnings == ["image_mismatch"]
    urls = [part["image_url"]["url"] for body in asked for part in body["messages"][-1]["content"]
            if isinstance(part, dict) and part["type"] == "image_url"]
    assert urls == [URL] * 3
    assert "has not shown a picture yet" in asked[0]["messages"][0]["content"]
    # What is kept knows that there was a picture, and has none.
    kept = [file.read_text(errors="replace") for file in recordings.rglob("*") if file.is_file()]
    assert any('"size":%d' % len(PNG) in text for text in kept), "the journal says that there was one"
    beginning = URL[:60].split(",")[1]
    for text in kept + [(tmp_path / "log").read_text()]:
        assert beginning not in text


def test_without_a_model_that_sees_a_stand_in_says_so(tmp_path):
    (tmp_path / "look.yaml").write_text(
        PROJECT[PROJECT.index("orchestrator:") : PROJECT.index("recording:")])
    with running(["serve", "--port", "0", "--projects", str(tmp_path)], environment=environment()) as server:
        texts, _ = asyncio.run(talk(Address(server), say("What is it?", image=URL)))
    assert "I cannot look at images here." in texts[0]
