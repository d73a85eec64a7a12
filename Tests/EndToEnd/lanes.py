"""A lane: stand-ins, a server, a caller and a bystander, and one wire on which everything goes wrong, one thing after the other.

Between two faults the caller takes a turn on which all goes well: every fault finds healthy engines and is seen to be over.
"""

import asyncio
import base64
import contextlib
import functools
import json
import re
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from caller import CHUNK, Caller
from measuring import RATE, room, speak
from servers import Address, doubles_environment, running
from websockets.asyncio.client import connect

DEADLINE = 1.2  # seconds: that of every stage
PAUSE = 1  # seconds: what a rate limit asks for
SILENCE = 0.4  # seconds: what ends the caller's turn

# What a fault is, in a script; `first` is for one that strikes in the middle of an answer.
MIDWAY = {"recognition": 1, "generation": 6, "synthesis": 8, "dialogue": 5}
FAULTS = {
    "401": lambda midway: {"status": 401},
    "429, come back in 1 s": lambda midway: {"status": 429, "retryAfter": PAUSE},
    "503": lambda midway: {"status": 503},
    "cut off midway": lambda midway: {"cut": midway},
    "stalls at once": lambda midway: {"stall": 0},
    "stalls midway": lambda midway: {"stall": midway},
    "malformed midway": lambda midway: {"malformed": midway},
    "silent success": lambda midway: "silent",
    "late": lambda midway: {"lateFinal": 600},
    "too late": lambda midway: {"lateFinal": 2500},
}
LATE = ("late", "too late")
# Those that may well happen once and not again.
PASSING = ("429, come back in 1 s", "503", "cut off midway", "stalls midway")

SAID = "how much money does canarybird have"  # a word that nobody but the caller says
SENTENCE = "Count all your money twice."
SENTENCES = "Count your money first. Then count it again."
FILLER = "One moment."


@dataclass(frozen=True)
class Engine:
    """What one wire is called in a project."""

    wire: str
    kind: str
    model: str

    @property
    def provider(self):
        return self.model.split("/")[0]


EARS = [
    Engine("deepgram.listen", "recognition", "Deepgram/nova-3"),
    Engine("azure.recognition", "recognition", "Azure/AI-Transcription"),
    Engine("openai.transcriptions", "recognition", "OpenAI/gpt-4o-transcribe"),
]
WRITERS = [
    Engine("openai.chat", "generation", "OpenAI/gpt-4.1-mini"),
    Engine("openai.chat", "generation", "AzureOpenAI/gpt-4.1-mini"),
    Engine("ollama.chat", "generation", "Ollama/llama3.2"),
]
VOICES = [
    Engine("elevenlabs.socket", "synthesis", "ElevenLabs/eleven_turbo_v2_5"),
    Engine("azure.synthesis", "synthesis", "Azure/AI-Speech"),
    Engine("qwen.synthesis", "synthesis", "Qwen/qwen3-tts-flash-realtime"),
    Engine("openai.speech", "synthesis", "OpenAI/gpt-4o-mini-tts"),
]
VOICE_NAMES = {
    "ElevenLabs": "21m00Tcm4TlvDq8ikWAM", "Azure": "en-US-JennyNeural", "Qwen": "Cherry", "OpenAI": "coral",
}
DIALOGUES = [Engine("qwen.omni", "dialogue", "Qwen/qwen3-omni-flash-realtime")]
ENGINES = {"recognition": EARS, "generation": WRITERS, "synthesis": VOICES, "dialogue": DIALOGUES}
CHAINS = [
    (engine, alone) for engines in ENGINES.values() for engine in engines for alone in (True, False)
    if alone or engine.kind != "dialogue"
]


def second(engine):
    """Who takes over from `engine`: the next of its kind that is on another wire."""
    others = ENGINES[engine.kind]
    place = others.index(engine)
    return next(other for other in others[place + 1 :] + others[:place] if other.wire != engine.wire)


def project(ears=("Local/PocketSphinx",), writers=("Ollama/writer",), voices=None, filler=False, prices=(), speed=1):
    """A project with one agent; without `voices` it is silent."""
    names = ", ".join(VOICE_NAMES.get(voice.split("/")[0], "slt") for voice in voices or ())
    spoken = f"model: [{', '.join(voices)}], voice: [{names}], language: en-US, speed: {speed}" if voices else "enable_speech: false"
    lines = [
        f"base_config: {{llm_config: {{model: [{', '.join(writers)}]}}}}",
        "orchestrator: {agent_list: [{agent_name: Guide}]}",
        "utility_agents:",
        "  - agent_class: PlanningAgent",
        "    agent_name: Guide",
        "    agent_description: You answer in one sentence.",
        f"    config: {{output_style: conversational{filler and f', filler: {FILLER}, filler_after_ms: 800' or ''}}}",
        f"    speech_config: {{{spoken}}}",
        f"audio_config: {{asr: {{model: [{', '.join(ears)}], silence_duration_ms: {int(SILENCE * 1000)}}}}}",
        "deadlines: {" + ", ".join(f"{key}: {int(DEADLINE * 1000)}" for key in (
            "first_token_ms", "first_audio_ms", "final_transcript_ms")) + "}",
        "prices:",
        "  models:",
        *(f"    {model}: {price}" for model, price in prices),
    ]
    return "\n".join(lines if prices else lines[:-2]) + "\n"


PRICES = {
    "recognition": "{per_minute: 1}",
    "generation": "{output_per_million_tokens: 10000}",  # the prompt grows from turn to turn
    "synthesis": "{per_million_characters: 10000}",
    "dialogue": "{output_per_million_tokens: 10000}",
}


@dataclass
class Turn:
    """What came of one turn."""

    words: str = ""  # the answer as it was shown
    fillers: int = 0
    apologies: int = 0  # lines that were said where an answer failed
    transcripts: list = field(default_factory=list)  # final ones
    warnings: list = field(default_factory=list)
    status: str = "none"
    audio: int = 0  # bytes
    settled: float = 0  # seconds until the last word, sound or warning of it was there
    attempts: Counter = field(default_factory=Counter)  # (provider, outcome)
    spent: Counter = field(default_factory=Counter)  # by provider, millionths
    counted: Counter = field(default_factory=Counter)  # what else the metrics say
    logged: Counter = field(default_factory=Counter)  # (provider, code)


class Client(Caller):
    """A caller who types or, `with_voice`, speaks too."""

    def __init__(self, server, name, with_voice=False):
        super().__init__(server, 1, name, keeps_audio=True)
        self.with_voice = with_voice

    async def __aenter__(self):
        # Without pings: Parley does not answer one that crosses one of its own.
        self.socket = await connect(self.url, max_size=None, compression=None, ping_interval=None)
        self.tasks = [asyncio.create_task(self._listen())]
        await self.wait("session.created")
        self.start = time.perf_counter()
        return self

    async def _say(self):
        # All at once: what ends a turn is counted in samples, so a busy machine changes nothing.
        utterance = _utterance()
        self.position += utterance.size
        # Half a minute ahead of the clock would be too far.
        await asyncio.sleep(max(0, self.time_of(self.position) - time.perf_counter() - 15))
        for chunk in utterance:
            await self.send(type="input_audio_buffer.append", audio=base64.b64encode(chunk.tobytes()).decode())

    @property
    def id(self):
        return self.events[0][1]["session"]["id"]

    async def turn(self, words, timeout=10.0):
        """Takes one turn; tells what came of it."""
        mark, sound = len(self.events), len(self.heard)
        if self.with_voice:
            await self._say()
        else:
            await self.send(type="input_text", text=words)
        begin = time.perf_counter()
        turn, number, last = Turn(), mark, begin
        limit = time.perf_counter() + timeout
        while True:
            while number < len(self.events):
                at, event = self.events[number]
                number += 1
                kind = event["type"]
                if kind == "response.audio_transcript.done":
                    turn.transcripts.append(event["text"])
                elif kind == "response.text.delta" and event.get("filler"):
                    if event["text"] == FILLER:
                        turn.fillers += 1
                    else:
                        turn.apologies += 1
                elif kind == "response.text.delta":
                    turn.words += event["text"]
                elif kind == "warning":
                    # The caller's microphone stays on while push-to-talk does not listen.
                    if event["code"] != "audio_not_heard":
                        turn.warnings.append(event["code"])
                elif kind == "response.done":
                    turn.status = event["status"]
                if kind in ("response.text.delta", "response.audio.delta", "warning", "response.audio_transcript.done"):
                    last = max(at, begin)
            # Nothing was understood, and nothing is answered. Words that were lost are answered with an apology.
            unheard = turn.transcripts[-1:] == [""]
            if turn.status != "none" or unheard:
                break
            self.news.clear()
            left = limit - time.perf_counter()
            if left <= 0:
                turn.status = "hangs"
                break
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.news.wait(), min(left, 0.2))
        turn.settled = last - begin
        turn.audio = len(self.heard) - sound
        return turn


@functools.cache
def _utterance():
    """Something said, with the silence that ends the caller's turn. What he is understood to say stands in the script."""
    samples = np.concatenate([room(RATE // 5), speak("hello my friend"), room(int((SILENCE + 0.2) * RATE))])
    return samples[: len(samples) // CHUNK * CHUNK].reshape(-1, CHUNK)


def fetch(url, **options):
    with urllib.request.urlopen(urllib.request.Request(url, **options), timeout=10) as answer:
        return answer.read().decode()


SAMPLE = re.compile(r'^(parley_\w+)(?:\{(.*)\})? (\d+)$')


def read_metrics(server):
    """Every counter: name, labels → value."""
    counters = Counter()
    for line in fetch(server.url + "/metrics").splitlines():
        if found := SAMPLE.match(line):
            labels = tuple(sorted(re.findall(r'(\w+)="([^"]*)"', found[2] or "")))
            counters[found[1], labels] = int(found[3])
    return counters


KEY = "canary-key"  # how every key begins


def with_canaries(environment):
    """The same environment with keys that are found again wherever they get to."""
    return {
        name: f"{KEY}-{name.lower()}" if name.endswith("_KEY") else value for name, value in environment.items()
    }


class Lane:
    """One engine and all that happens to it: `alone`, or with another one behind it."""

    def __init__(self, engine, alone, folder):
        self.engine, self.alone = engine, alone
        self.folder = folder
        self.log = folder / "log"
        self.chain = [engine.model] + ([] if alone else [second(engine).model])
        self.doubles = None
        self.turns = {}  # (fault, lasting) → the turn, and the next one
        self.beside = []  # turns of the bystander
        self.healthy = None
        self.told = self.told_beside = ()  # every event that the caller and the bystander got
        self.metrics = ""

    def __str__(self):
        return f"{self.engine.model}{' alone' if self.alone else ''}"

    @property
    def _midway(self):
        # ElevenLabs sends much at a time.
        return 2 if self.engine.provider == "ElevenLabs" else MIDWAY[self.engine.kind]

    # What it takes.

    def _projects(self):
        kind = self.engine.kind
        # Nothing else that is paid for or fails.
        writer = "Ollama/writer" if self.engine.wire != "ollama.chat" else "OpenAI/writer"
        prices = [(model, PRICES[kind]) for model in self.chain]
        match kind:
            case "recognition":
                tested = project(ears=self.chain, voices=["Local/Flite"], speed=2, prices=prices)
            case "generation":
                tested = project(writers=self.chain, voices=["Local/Flite"], speed=1.5, filler=True, prices=prices)
            case "dialogue":
                tested = project(ears=["Deepgram/nova-3"], voices=[], prices=prices).replace(
                    "    config: {", f"    config: {{llm_config: {{model: {self.engine.model}}}, "
                ).replace("enable_speech: false", "voice: Cherry, language: en-US")
            case _:
                tested = project(voices=self.chain, prices=prices)
        return {"tested": tested, "beside": project(writers=[writer], voices=["Local/Flite"], speed=2)}

    def _script(self, fault=None, lasting=True):
        answer = SENTENCES if self.engine.kind == "generation" else SENTENCE
        texts = {"openai.chat": answer, "ollama.chat": answer, "qwen.omni": answer, **{ear.wire: SAID for ear in EARS}}
        rules = []
        if fault:
            rule = {"wire": self.engine.wire, "fault": FAULTS[fault](self._midway)}
            if not lasting:
                rule["times"] = 1
            if self.engine.kind != "generation":
                rule["betweenMs"] = 20  # what was sent before a cut gets through
            if self.engine.wire in texts:
                rule["text"] = texts[self.engine.wire]
            rules.append(rule)
        return rules + [{"wire": wire, "text": text} for wire, text in texts.items()]

    async def _play(self, fault=None, lasting=True):
        script = json.dumps({"rules": self._script(fault, lasting)})
        if not self.restarts:
            await asyncio.to_thread(fetch, self.doubles + "/doubles/script", data=script.encode(), method="PUT")
            return
        (self.folder / "script.json").write_text(script)
        await asyncio.to_thread(self._start_doubles)
        await asyncio.sleep(0.2)

    @property
    def restarts(self):
        """Whether the stand-ins begin anew with each script.

        Azure's decide what happens on a connection when it is opened, which Parley does long before it is used.
        """
        return self.engine.provider == "Azure"

    def _start_doubles(self):
        self.stand_ins.close()
        port = self.doubles.rsplit(":", 1)[1] if self.doubles else "0"
        log = self.stand_ins.enter_context(open(self.folder / "doubles.log", "a"))
        script = ["--script", str(self.folder / "script.json")] if self.doubles else []
        self.doubles = self.stand_ins.enter_context(running(["doubles", "--port", port, *script], log=log))

    # What it does.

    async def run(self, gate):
        async with gate:
            began = time.perf_counter()
            with contextlib.ExitStack() as stack:
                await self._start(stack)
                async with Client(self.server, "beside") as bystander, Client(
                    self.server, "tested", with_voice=self.engine.kind in ("recognition", "dialogue")
                ) as caller:
                    await asyncio.sleep(0.3)
                    await self._talk(caller, bystander)
                    self.told, self.told_beside = ([event for _, event in client.events] for client in (caller, bystander))
                self.metrics = await asyncio.to_thread(fetch, self.server.url + "/metrics")
            self.took = time.perf_counter() - began
        return self

    async def _start(self, stack):
        for name, text in self._projects().items():
            (self.folder / f"{name}.yaml").write_text(text)

        def start():
            self.stand_ins = stack.enter_context(contextlib.ExitStack())
            self._start_doubles()
            environment = with_canaries(doubles_environment(self.doubles))
            arguments = ["serve", "--strict-providers", "--port", "0", "--projects", str(self.folder)]
            arguments += ["--lead-ms", "10000", "--drain-seconds", "0", "--log-level", "debug"]
            log = stack.enter_context(open(self.log, "w"))
            self.server = Address(stack.enter_context(running(arguments, environment=environment, log=log)))

        await asyncio.to_thread(start)

    async def _talk(self, caller, bystander):
        await self._play()
        await caller.turn(SAID)  # opens what is not open yet
        self.healthy = await self._measured(caller)
        for fault in FAULTS:
            if fault in LATE and self.engine.kind != "recognition":
                continue
            for lasting in (True, False) if self._passes(fault) else (True,):
                await self._play(fault, lasting)
                turn, beside = await asyncio.gather(self._measured(caller), bystander.turn("And what do I do?"))
                self.beside.append(beside)
                await self._play()
                self.turns[fault, lasting] = (turn, await self._measured(caller))

    def _passes(self, fault):
        """Whether it is tried once, too. On a socket that is opened ahead a refusal may strike where nobody sees it."""
        on_socket = self.engine.provider in ("Deepgram", "ElevenLabs", "Qwen")
        return self.alone and self.engine.kind != "dialogue" and not self.restarts and fault in PASSING and not (on_socket and fault[0].isdigit())

    async def _measured(self, caller):
        before, lines = await asyncio.to_thread(read_metrics, self.server), self._failures(caller.id)
        turn = await caller.turn(SAID)
        # What was stopped reports a moment later.
        after = await asyncio.to_thread(read_metrics, self.server)
        for _ in range(20):
            await asyncio.sleep(0.05)
            again = await asyncio.to_thread(read_metrics, self.server)
            if again == after:
                break
            after = again
        turn.logged = self._failures(caller.id) - lines
        for (name, labels), count in (after - before).items():
            labels = dict(labels)
            if name == "parley_provider_requests_total":
                if labels["provider"] in self.chain:
                    turn.attempts[labels["provider"], labels["outcome"]] += count
            elif name == "parley_provider_cost_millionths_total":
                turn.spent[labels["provider"]] += count
            elif name.endswith(("failovers_total", "failures_total", "fillers_total")):
                turn.counted[name] += count
        return turn

    def _failures(self, conversation):
        failures = Counter()
        for text in self.log.read_text().splitlines():
            line = json.loads(text) if text.startswith("{") else {}
            if line.get("conversation") == conversation and "code" in line and "provider" in line:
                failures[line["provider"], line["code"]] += 1
        return failures


async def run(lanes, at_once=20):
    """Runs them all, some at once."""
    gate = asyncio.Semaphore(at_once)
    return await asyncio.gather(*(lane.run(gate) for lane in lanes))
