"""A STAND-IN for the server, for developing and testing the page alone: it hears loudness, not words.

It serves the page's files, a project list, a graph and a scripted bridge: two agents with real (espeak-ng) audio,
a silent one, interruptions by loudness. What it "transcribes" is a script. Run it with
`python Tests/Browser/stand_in_bridge.py --port 8000`.
"""

import argparse
import asyncio
import base64
import collections
import json
import pathlib
import time
from array import array
from http import HTTPStatus
from urllib.parse import unquote

from speech import synthesise
from websockets.asyncio.server import serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Response

SITE = pathlib.Path(__file__).parents[2] / "Sources" / "ConsolePage" / "site"
KINDS = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
RATE = 16_000
LEAD_SECONDS = 0.4

FLOW = "Investment Strategy Advisor"
AGENTS = {
    "Stock Planner": {
        "voice": "en-AU-WilliamNeural",
        "speak": "en-gb+m3",
        "text": "To protect your shares, spread them over several industries. Set a limit below which you sell. "
        "Look at the plan again every quarter, and keep a part of it in cash.",
        "description": "Create a detailed plan to hedge losses against stock price variance.",
    },
    "Currency Planner": {
        "voice": "en-CA-LiamNeural",
        "speak": "en-us+f4",
        "text": "Against currency risk, hold assets in more than one currency. A forward contract fixes the rate "
        "for money that you will need on a known day.",
        "description": "Create a plan to hedge losses against currency price variance.",
    },
    "Risk Assessment Planner": {
        "voice": None,
        "speak": None,
        "text": "The two risks are correlated: when the market falls, the currency often falls with it.",
        "description": "Analyze portfolio risk metrics, volatility and stress testing scenarios.",
    },
}
PROJECTS = {"investment-advisor": True, "press-to-talk": False, "dozen": True}  # name: barge-in
EXAMPLES = ["How can I protect my investments?", "What is a forward contract?"]
VAD = {
    "frame_ms": 30,
    "threshold": 15,
    "window_size": 24,
    "lockout_seconds": 0.5,
    "grace_period_seconds": 1.0,
    "speech_probability": 0.5,
}
# Of a proxy that puts the server under a path of its own.
PREFIX = "/under/voice"
SILENCE_MS = 1000
SCRIPT = ["How can I protect my investments against currency risk?", "What about the stock market, and how can I protect my money there?"]


TIMES = {"ttfa_ms": 412, "endpointing_ms": 100, "transcription_ms": 12, "ttft_ms": 200, "sentence_ms": 30}
TIMES |= {"ttfb_ms": 70, "sending_ms": 0}
USAGE = [
    {"provider": "OpenAI/gpt-4.1-mini", "kind": "generation", "attempts": 2, "failures": 1, "first_piece_ms": 310.2}
    | {"busy_ms": 1204.5, "characters": 0, "input_tokens": 380, "output_tokens": 96, "audio_ms": 0, "cost": 0.0013},
    {"provider": "Local/Flite", "kind": "synthesis", "attempts": 3, "failures": 0, "first_piece_ms": 40.0}
    | {"busy_ms": 300.0, "characters": 412, "input_tokens": 0, "output_tokens": 0, "audio_ms": 9100, "cost": None},
]


def node_id(name):
    return f"{FLOW}/{name}"


def dozen():
    """A graph that no column is wide enough for: eleven agents at once, and one after them, with edges to spare."""
    names = [f"Agent {letter}" for letter in "ABCDEFGHIJKL"]
    nodes = [
        {
            "id": f"Dozen/{agent}",
            "name": agent,
            "kind": "agent",
            "super_agent": "Dozen",
            "speaks": True,
            "voice": None,
            "description": f"Does the work of {agent}.",
        }
        for agent in names
    ]
    edges = [{"from": nodes[i]["id"], "to": nodes[11]["id"], "label": None} for i in range(11)]
    return {"name": "dozen", "orchestrator": {"agents": ["Dozen"]}, "nodes": nodes, "edges": edges}


def graph(name):
    if name == "dozen":
        return dozen()
    nodes = [
        {
            "id": node_id(agent),
            "name": agent,
            "kind": "agent",
            "super_agent": FLOW,
            "speaks": fields["speak"] is not None,
            "voice": fields["voice"],
            "description": fields["description"],
        }
        for agent, fields in AGENTS.items()
    ]
    closing = {
        "id": node_id("closing"),
        "name": FLOW,
        "kind": "closing",
        "super_agent": FLOW,
        "speaks": True,
        "voice": "en-US-JennyNeural",
        "description": "Closes the round with a summary.",
    }
    pairs = [
        ("Stock Planner", "Currency Planner", None),
        ("Stock Planner", "Risk Assessment Planner", "the answer names a risk"),
        ("Currency Planner", "closing", None),
        ("Risk Assessment Planner", "closing", None),
    ]
    edges = [{"from": node_id(a), "to": node_id(b), "label": label} for a, b, label in pairs]
    return {"name": name, "orchestrator": {"agents": [FLOW]}, "nodes": [*nodes, closing], "edges": edges}


class StandIn:
    """What all conversations share: the audio of the agents, and a count of what clients have sent."""

    def __init__(self, sends_late_audio):
        self.sends_late_audio = sends_late_audio
        self.audio = {name: synthesise(a["text"], a["speak"], RATE) for name, a in AGENTS.items() if a["speak"]}
        self.received = collections.Counter()
        self.refuses = False
        self.plays_providers = False
        self.version = 0

    def answer_http(self, connection, request):
        if request.headers.get("Upgrade"):
            if not self.refuses:
                return None
            self.received["refused"] += 1
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "closed")
        path = request.path.split("?")[0].removeprefix(PREFIX)
        if path == "/api/projects":
            items = [{"name": name, "version": self.version, "default": i == 0} for i, name in enumerate(PROJECTS)]
            return body(json.dumps({"projects": items}).encode(), "application/json")
        if path.startswith("/api/projects/"):
            name = unquote(path.split("/")[3]).split(":")[0]
            if path.endswith("/graph"):
                return body(json.dumps(graph(name)).encode(), "application/json")
            about = {"name": name, "version": self.version, "vad_enabled": PROJECTS[name], "language": "en-US"}
            about |= {"silence_duration_ms": SILENCE_MS, "examples": EXAMPLES, "agents": list(AGENTS)}
            return body(json.dumps(about).encode(), "application/json")
        if path == "/readyz":
            return body(b"ready\n", "text/plain")
        if path == "/stand-in/save":
            self.version += 1
            return body(b"{}", "application/json")
        if path == "/stand-in/received":
            return body(json.dumps(self.received).encode(), "application/json")
        if path in ("/stand-in/refuse", "/stand-in/accept"):
            self.refuses = path.endswith("refuse")
            return body(b"{}", "application/json")
        if path in ("/stand-in/stand-ins", "/stand-in/providers"):
            self.plays_providers = path.endswith("stand-ins")
            return body(b"{}", "application/json")
        file = SITE / (path.lstrip("/") or "index.html")
        if file.parent == SITE and file.is_file():
            return body(file.read_bytes(), KINDS[file.suffix])
        return connection.respond(HTTPStatus.NOT_FOUND, "no such page\n")

    async def converse(self, connection):
        project = connection.request.path.split("/")[-1].split("?")[0] or next(iter(PROJECTS))
        conversation = Conversation(self, connection, PROJECTS.get(project, True))
        try:
            await conversation.run(project)
        except ConnectionClosed:
            pass
        finally:
            conversation.end_response()


class Conversation:
    """One connection. The turn's end and the interruption are decided by loudness alone."""

    def __init__(self, stand_in, connection, barge_in):
        self.stand_in = stand_in
        self.connection = connection
        self.barge_in = barge_in
        self.response = None
        self.role = None
        self.sent_text = ""
        self.loud_ms = self.quiet_ms = 0
        self.turns = 0
        self.cancelled = asyncio.Event()
        self.may_speak = asyncio.Event()
        self.may_speak.set()
        self.response_id = None
        self.vad = dict(VAD) if barge_in else None
        self.wants_frames = False
        self.window = collections.deque(maxlen=VAD["window_size"])
        self.samples = 0
        self.sounds_since = None  # the sample of the caller at which the answer began to sound

    async def send(self, kind, **fields):
        await self.connection.send(json.dumps({"type": kind, **fields}))

    async def run(self, project):
        session = {"id": "stand-in", "project": project, "version": self.stand_in.version, "agents": list(AGENTS), "sample_rate": RATE}
        session["vad"] = self.vad
        session["stand_ins"] = self.stand_in.plays_providers
        fallbacks = [{"model": "Azure/AI-Speech", "used": "stand-in voice", "reason": "this is the stand-in server"}]
        await self.send(
            "session.created",
            session={**session, "fallbacks": fallbacks},
            capabilities={"vad_enabled": self.barge_in},
        )
        await self.send("PING")
        async for text in self.connection:
            message = json.loads(text)
            kind = message.get("command") or message.get("type")
            self.stand_in.received[kind] += 1
            await self.handle(kind, message)

    async def handle(self, kind, message):
        match kind:
            case "start_recording":
                await self.send("recording_started")
                if self.response and not self.barge_in:
                    await self.interrupt()
            case "stop_recording":
                await self.send("recording_stopped")
                if not self.barge_in and self.loud_ms > 0:
                    await self.end_turn()
            case "input_audio_buffer.append":
                await self.hear(array("h", base64.b64decode(message.get("audio") or message["data"]["chunk"])))
            case "response.cancel":
                if self.response and message.get("scope") == "response":
                    await self.stop()
                self.cancelled.set()
            case "session.update":
                await self.update(message)
            case "input_text":
                await self.read(message["text"])

    async def update(self, message):
        change = message.get("vad", {})
        if self.vad and change.get("threshold", 1) > change.get("window_size", self.vad["window_size"]):
            about = {"number": 2, "type": "session.update", "event_id": None}
            await self.send("warning", code="invalid_settings", message="They do not go together.", in_reply_to=about)
            return
        if self.vad:
            self.vad |= change
        self.wants_frames = message.get("vad_frames", self.wants_frames)
        report = {"vad": self.vad, "vad_frames": self.wants_frames, "pauses": message.get("pauses", False)}
        await self.send("session.updated", **report)

    async def read(self, text):
        match text:
            case "please write":
                await self.write()
            case "please stutter":
                await self.stutter()
            case "please warn":
                await self.send("warning", code="stand_in", message="A warning that was asked for.")
            case "please scold":
                about = {"number": 3, "type": "playback.progress", "event_id": None}
                await self.send("warning", code="missing_field", message="Something is missing.", in_reply_to=about)
            case "please pause":
                await self.pause()
            case "please mishear":
                await self.send("response.audio_transcript.delta", delta="How", text="How")
                await self.send("warning", code="recognition_failed", message="Nothing was understood.")
            case "please fail":
                await self.send("error", code="stand_in", message="An error that was asked for.", error="stand_in")
                await self.connection.close(1011)
            case "please drain":
                await self.send("server.draining", closes_in_ms=8000)
            case "please be full":
                await self.send("error", code="full", message="There is no place left.", error="full")
                await self.connection.close(4503, "full")
            case "please replace":
                await self.send("error", code="replaced", message="Another one goes on.", error="replaced")
                await self.connection.close(4409, "replaced")
            case "please go away":
                await self.connection.close(1012, "restart")
            case _:
                if self.response:
                    await self.interrupt()
                self.answer()

    async def hear(self, samples):
        is_loud = max(map(abs, samples), default=0) > 1500
        self.samples += len(samples)
        self.window.append(is_loud)
        if self.wants_frames:
            fields = {"probability": 0.95 if is_loud else 0.02, "positives": sum(self.window), "state": self.gate()}
            await self.send("vad.frame", start_sample=self.samples, **fields)
        milliseconds = 1000 * len(samples) / RATE
        self.loud_ms += milliseconds * is_loud
        self.quiet_ms = 0 if is_loud else self.quiet_ms + milliseconds
        if self.response:
            if self.barge_in and self.loud_ms >= 450:
                await self.interrupt()
            elif self.quiet_ms > 500:
                self.loud_ms = 0
            return
        if is_loud and int(self.loud_ms) % 240 < milliseconds:
            words = SCRIPT[self.turns % len(SCRIPT)].split()
            said = " ".join(words[: 1 + int(self.loud_ms / 300)])
            await self.send("response.audio_transcript.delta", delta=said, text=said)
        if self.barge_in and self.loud_ms > 300 and self.quiet_ms > SILENCE_MS:
            await self.end_turn()

    def gate(self):
        if self.response is None:
            return "closed"
        if self.sounds_since is None:
            return "thinking"
        return "locked" if self.samples - self.sounds_since < VAD["lockout_seconds"] * RATE else "detecting"

    async def end_turn(self):
        self.loud_ms = self.quiet_ms = 0
        await self.send("response.audio_transcript.done", text=SCRIPT[self.turns % len(SCRIPT)])
        self.turns += 1
        self.answer()

    def answer(self):
        self.cancelled = asyncio.Event()
        self.response = asyncio.create_task(self.respond())

    def end_response(self):
        if self.response:
            self.response.cancel()
            self.response = None

    async def interrupt(self):
        self.end_response()
        heard = " ".join(self.sent_text.split()[:6])
        await self.send("response.interrupted", role=self.role, heard=heard)
        if self.stand_in.sends_late_audio:
            await self.send_late_audio()
        await self.send("response.done", status="interrupted")

    async def stop(self):
        self.end_response()
        await self.send("response.done", status="cancelled", response_id=self.response_id)

    async def write(self):
        """An answer with Markdown, and with what is no Markdown here."""
        text = (
            "**Two** things, see [the guide](https://example.org/a) or `code`:\n\n- one *point*\n- <b>two</b>\n\n"
            "[not a link](javascript:alert(1)) <img src=x onerror=alert(1)>"
        )
        await self.send("response.created", response_id="written")
        await self.send("response.text.delta", role="Risk Assessment Planner", content=text, text=text)
        await self.send("response.text.done", role="Risk Assessment Planner", content=text, text=text)
        await self.send("response.done", status="completed", response_id="written")

    async def stutter(self):
        """Audio of one sentence that comes in pieces, each after the one before it has been played."""
        await self.send("response.created", response_id="slow")
        await self.send("response.text.delta", role="Stock Planner", content="Slow.", text="Slow.")
        piece = base64.b64encode(self.stand_in.audio["Stock Planner"][: RATE // 10].tobytes()).decode()
        for _ in range(5):
            await self.send("response.audio.delta", delta=piece, role="Stock Planner", segment_id="s1")
            await asyncio.sleep(0.5)
        await self.send("response.done", status="completed", response_id="slow")

    async def pause(self):
        """A noise over an answer: it pauses and goes on."""
        self.may_speak.clear()
        words = self.sent_text.split()
        about = {"role": self.role, "response_id": self.response_id}
        await self.send("response.paused", heard=" ".join(words[:3]), **about)
        await self.send("speech.started", utterance_id="u")
        await asyncio.sleep(0.6)
        await self.send("speech.stopped", utterance_id="u")
        await self.send("response.audio_transcript.done", text="", utterance_id="u")
        await self.send("response.resumed", rest=" ".join(words[3:]), **about)
        self.may_speak.set()

    async def send_late_audio(self):
        """What no server may do, and no page may play: audio of the interrupted response."""
        late = base64.b64encode(self.stand_in.audio["Stock Planner"][: RATE // 2].tobytes()).decode()
        await self.send("response.audio.delta", delta=late, role="Late Audio")

    async def respond(self):
        self.may_speak.set()
        self.sounds_since = None
        self.response_id = f"r{self.turns}-{time.monotonic_ns()}"
        await self.send("response.created", response_id=self.response_id)
        for name in AGENTS:
            self.role, self.sent_text = name, ""
            await self.send("agent.started", agent=name, node=node_id(name))
            await asyncio.sleep(0.25)
            self.cancelled.clear()
            await self.speak(name)
            await self.send("agent.finished", agent=name, node=node_id(name))
        await self.send("response.audio.done")
        about = {"response_id": self.response_id}
        await self.send("turn.metrics", **TIMES, **about)
        await self.send("turn.usage", providers=USAGE, cost=0.0013, currency="USD", **about)
        await self.send("response.done", status="completed")
        self.response = None

    async def speak(self, name):
        words = AGENTS[name]["text"].split()
        samples = self.stand_in.audio.get(name, array("h"))
        begin = asyncio.get_running_loop().time()
        block = RATE // 5
        count = max(1, -(-len(samples) // block))
        for i in range(count):
            await self.may_speak.wait()
            # Rounded up: the first words go out before the first audio.
            part = " ".join(words[-(-len(words) * i // count) : -(-len(words) * (i + 1) // count)])
            if part:
                self.sent_text = f"{self.sent_text} {part}".strip()
                await self.send("response.text.delta", role=name, content=part + " ", text=part + " ")
            audio = samples[i * block : (i + 1) * block]
            if audio:
                self.sounds_since = self.sounds_since or self.samples
                await self.send("response.audio.delta", delta=base64.b64encode(audio.tobytes()).decode(), role=name)
            ahead = i * block / RATE - (asyncio.get_running_loop().time() - begin)
            await asyncio.sleep(max(0, ahead - LEAD_SECONDS))
            if self.cancelled.is_set():
                self.cancelled.clear()
                break
        await self.send("response.text.done", role=name, content=self.sent_text, text=self.sent_text)


def body(content, kind):
    headers = Headers({"Content-Type": kind, "Content-Length": str(len(content)), "Cache-Control": "no-store"})
    return Response(200, "OK", headers, content)


async def main():
    parser = argparse.ArgumentParser(description="Stand-in for the server, for the page's own tests.")
    # Called as the server is, so that the tests of the server can be tried out on this, it behaves like one.
    parser.add_argument("command", nargs="?", choices=["serve"])
    parser.add_argument("--projects", help="taken and ignored")
    parser.add_argument("--port", type=int, default=8000)
    arguments = parser.parse_args()
    port = arguments.port
    stand_in = StandIn(sends_late_audio=arguments.command is None)
    async with serve(stand_in.converse, "127.0.0.1", port, process_request=stand_in.answer_http) as server:
        print(f"ready http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        await server.wait_closed()


if __name__ == "__main__":
    asyncio.run(main())
