"""Hosted providers played by stand-ins in a process of their own, and callers who take turns with them by the clock."""
import asyncio
import collections
import json
import os
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import numpy as np

from load import Conversation, append, opened
from measuring import PARLEY, RATE, Program, Server, room, speak

PROJECTS = Path(__file__).resolve().parent / "projects-hosted"
VOICE = "elevenlabs.socket"  # the wire of the project's voice
SILENCE = 160  # ms; silence_duration_ms of the project
CHUNK = 512  # a window of the network, 32 ms: the one that ends a turn is complete when its chunk arrives
INTERVAL = CHUNK / RATE

# Written a word at a time; the first sentence is known to be over with the last word.
ANSWER = "Keep most of it at home. Good."
HEARD = "how do I protect my savings"
QUESTION = "What should I do about the dollar?"


def now():
    """In ms, on the clock of the stand-ins' journal."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) * 1000


def rule(wire, **keys):
    return {"wire": wire, **keys}


class Doubles(Program):
    """The stand-ins, with a script of `rules`."""

    def __init__(self, rules):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump({"seed": 1, "rules": rules}, file)
            file.flush()
            super().__init__("doubles", "--script", file.name)
        self.url = f"http://{self.host}:{self.port}"

    def environment(self):
        """What points a server at them; a proxy of the machine's owner has no part in it."""
        lines = subprocess.run([PARLEY, "doubles", "--env", "--at", self.url], capture_output=True, text=True, check=True)
        return dict(line.split("=", 1) for line in lines.stdout.split()) | {"no_proxy": "127.0.0.1"}

    def _ask(self, path, method="GET", body=None):
        request = urllib.request.Request(self.url + path, method=method, data=body)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20) as answer:
            return answer.read()

    def play(self, rules):
        self._ask("/doubles/script", "PUT", json.dumps({"seed": 1, "rules": rules}).encode())

    def journal(self):
        return Journal(json.loads(self._ask("/doubles/journal")))

    def forget(self):
        self._ask("/doubles/journal", "DELETE")


class Journal:
    """What the stand-ins saw and did."""

    def __init__(self, entries):
        self.entries = entries
        self.is_whole = len(entries) < 10_000

    def times(self, wire, event):
        return [e["at"] for e in self.entries if e["wire"] == wire and e["event"] == event]

    def named(self, wire, event):
        """The times by the detail, such as a context's id; by their number where there is none."""
        found = [e for e in self.entries if e["wire"] == wire and e["event"] == event]
        return {e["detail"] or number: e["at"] for number, e in enumerate(found)}

    def count(self, *events):
        return sum(e["event"] in events for e in self.entries)


def serving(doubles):
    return Server(
        "--strict-providers", "--log-level", "warning", projects=PROJECTS, environment=doubles.environment()
    )


class Turn:
    """One question and the beginning of its answer; times by the journal's clock."""

    def __init__(self, number):
        self.number = number
        self.transcript = self.audio = self.metrics = None
        self.sent = ()  # when the last chunks before the transcript were sent


class Talker(Conversation):
    """A caller who does as little as it can, so that a hundred of them leave the server its core."""

    def __init__(self):
        super().__init__()
        self.words = collections.deque()  # chunks of the question that is being asked
        self.sent = collections.deque(maxlen=40)
        self.turns = []
        self.troubles = []

    def begin(self, chunks):
        self.turns.append(Turn(len(self.turns)))
        self.words.extend(chunks)

    def stream(self, noise):
        self.transport.write(self.words.popleft() if self.words else noise)
        self.sent.append(now())

    def received(self, kind, payload):
        if kind == 1 and self.turns:
            turn = self.turns[-1]
            if payload.startswith(b'{"type":"response.audio.delta"'):
                turn.audio = turn.audio or now()
                self.audio += len(payload) * 0.75 / 2 / RATE
                return
            if payload.startswith(b'{"type":"response.audio_transcript.done"'):
                turn.transcript, turn.sent = now(), tuple(self.sent)
            elif payload.startswith(b'{"type":"turn.metrics"'):
                turn.metrics = json.loads(payload)
            elif payload.startswith((b'{"type":"warning"', b'{"type":"error"', b'{"type":"response.interrupted"')):
                self.troubles.append(payload.decode()[:200])
        super().received(kind, payload)


def questions():
    """Chunks of the question in several voices, equally long and ending with their last sample: turns end as far apart as
    they began."""
    spoken = [speak(QUESTION, voice) for voice in ("slt", "rms", "awb")]
    length = -(-max(map(len, spoken)) // CHUNK) * CHUNK
    padded = [np.concatenate([room(length - len(samples), seed), samples]) for seed, samples in enumerate(spoken)]
    return [[append(samples[at : at + CHUNK]) for at in range(0, length, CHUNK)] for samples in padded]


class Company:
    """Callers who all stream in real time, and each of whom asks a question every `period` seconds, evenly spread."""

    def __init__(self, count, period):
        self.count, self.period = count, period
        self.talkers = []
        self.late = 0.0  # s, the worst of a chunk
        noise = room(CHUNK * 100, 9)
        self.noise = [append(noise[at : at + CHUNK]) for at in range(0, len(noise), CHUNK)]
        self.asked = questions()

    async def open(self, server):
        for _ in range(self.count):
            self.talkers.append(await opened(server, Talker, "hosted"))

    async def talk(self, rounds, silence=1.5):
        """Lets everyone ask `rounds` times, and waits until the last answers have begun to be spoken."""
        slices = min(16, self.count)
        groups = [self.talkers[number::slices] for number in range(slices)]
        begins = sorted(
            (silence + (turn + number / self.count) * self.period, number, turn)
            for turn in range(rounds) for number in range(self.count)
        )
        begins = collections.deque(begins)
        start, step, ended = time.perf_counter(), 0, 0
        while begins or time.perf_counter() - start < ended:
            due = step * INTERVAL / slices
            wait = start + due - time.perf_counter()
            self.late = max(self.late, -wait)
            if wait > 0:
                await asyncio.sleep(wait)
            while begins and begins[0][0] <= due:
                begun, number, turn = begins.popleft()
                self.talkers[number].begin(self.asked[(number + turn) % len(self.asked)])
                ended = begun + self.period
            chunk = self.noise[step // slices % len(self.noise)]
            for talker in groups[step % slices]:
                talker.stream(chunk)
            step += 1
            if wait <= 0:
                await asyncio.sleep(0)

    def turns(self, first=0):
        return [turn for talker in self.talkers for turn in talker.turns if turn.number >= first]

    def troubles(self):
        return [trouble for talker in self.talkers for trouble in talker.troubles]

    def lost(self):
        """How many of their connections the server has closed."""
        return sum(talker.lost for talker in self.talkers)

    def close(self):
        self.gone = self.lost()
        for talker in self.talkers:
            talker.transport.abort()


class Shares:
    """How much of a core the server, the stand-ins and this process took, between `begin` and `end`."""

    def __init__(self, server, doubles):
        self.programs = server, doubles

    def _used(self):
        return (time.perf_counter(), *(program.cpu() for program in self.programs), time.process_time())

    def begin(self):
        self.first = self._used()
        self.machine = self._busy()

    def end(self):
        took, *used = np.subtract(self._used(), self.first)
        self.seconds = took
        self.server, self.doubles, self.client = used / took * 100
        busy, total = np.subtract(self._busy(), self.machine)
        self.all = 100 * busy / max(total, 1) * os.cpu_count()

    @staticmethod
    def _busy():
        fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        return sum(fields) - fields[3] - fields[4], sum(fields)

    def __str__(self):
        return (
            f"% of a core: server {self.server:.0f}, stand-ins {self.doubles:.0f}, client {self.client:.0f}; "
            f"the machine with all else on it {self.all:.0f} of {100 * os.cpu_count()}"
        )
