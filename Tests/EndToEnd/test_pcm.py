"""Raw PCM on the real server: a telephone's client, and voicebench from PyPI without an adapter."""

import asyncio
import contextlib
import json
import time
import wave
from pathlib import Path

import numpy as np
import pytest
from voicebench.bench import run_benchmark
from voicebench.scenario import parse_scenario
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from measuring import RATE, speak
from servers import Address, doubles_environment, running

QUESTION = "How can I protect my investments against currency risk?"
INTERRUPTION = "Wait a moment please, I would like to ask something else"
FRAME = 160  # bytes: 20 ms of G.711 at 8 kHz


@pytest.fixture(scope="module")
def server():
    script = str(Path(__file__).parent / "pcm.yaml")
    with running(["doubles", "--port", "0", "--script", script]) as doubles:
        arguments = ["serve", "--strict-providers", "--port", "0", "--projects", "projects"]
        with running(arguments, environment=doubles_environment(doubles)) as address:
            yield Address(address)


def mulaw(samples):
    """G.711 µ-law of PCM16."""
    magnitude = np.minimum(np.abs(samples.astype(int)), 32635) + 132
    segment = np.floor(np.log2(magnitude)).astype(int) - 7
    codes = (samples < 0) << 7 | segment << 4 | (magnitude >> segment + 3) & 15
    return (~codes & 0xFF).astype(np.uint8)


def linear(codes):
    """PCM16 of G.711 µ-law."""
    bits = ~np.frombuffer(codes, np.uint8) & 0xFF
    magnitude = (((bits & 15).astype(int) << 3) + 132 << (bits >> 4 & 7)) - 132
    return np.where(bits & 0x80, -magnitude, magnitude)


class Telephone:
    """Sends a frame every 20 ms: what is to be said, or else silence. Keeps what comes, in order."""

    def __init__(self, server):
        self.url = f"ws://{server.host}:{server.port}/pcm/reception?encoding=mulaw"
        self.pending = b""
        self.heard = []  # objects and bytes
        self.news = asyncio.Event()

    async def __aenter__(self):
        self.socket = await connect(self.url)
        self.tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._stream())]
        return self

    async def __aexit__(self, *_):
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.socket.close()

    def say(self, text):
        self.pending = mulaw(speak(text)[:: RATE // 8000]).tobytes()

    async def _stream(self):
        start = time.perf_counter()
        for number in range(10**9):
            await asyncio.sleep(max(0, start + number * 0.02 - time.perf_counter()))
            frame, self.pending = self.pending[:FRAME], self.pending[FRAME:]
            await self.socket.send(frame.ljust(FRAME, b"\xff"))

    async def _listen(self):
        async for message in self.socket:
            self.heard.append(message if isinstance(message, bytes) else json.loads(message))
            self.news.set()

    async def wait(self, wanted, since=0, timeout=20):
        """The number of the first message from `since` on that is `wanted`."""
        async with asyncio.timeout(timeout):
            number = since
            while True:
                while number < len(self.heard):
                    if wanted(self.heard[number]):
                        return number
                    number += 1
                self.news.clear()
                await self.news.wait()

    async def message(self, kind, since=0, **fields):
        def wanted(message):
            return isinstance(message, dict) and message["type"] == kind and fields.items() <= message.items()

        return await self.wait(wanted, since)


async def call(server):
    async with Telephone(server) as phone:
        await phone.message("session_created")
        phone.say(QUESTION)
        await phone.message("agent_speaking")
        first = len(phone.heard)
        await phone.wait(lambda _: len(phone.heard) > first + 75)
        phone.say(INTERRUPTION)
        cleared = await phone.message("clear", since=first)
        again = await phone.message("agent_speaking", since=cleared + 1)
        await phone.wait(lambda message: isinstance(message, bytes), since=again)
        await phone.socket.send('{"type": "cancel"}')
        done = await phone.message("agent_done", since=again, status="cancelled")
        await phone.socket.send('{"type": "nonsense"}')
        await phone.message("warning", since=done)
        return phone.heard, first, cleared, done


def test_a_telephone(server):
    heard, first, cleared, done = asyncio.run(call(server))
    messages = [message for message in heard if isinstance(message, dict)]
    created = heard[0]
    assert (created["type"], created["encoding"]) == ("session_created", "mulaw")
    assert (created["input_rate"], created["output_rate"], created["frame_ms"]) == (8000, 8000, 20)
    assert {len(message) for message in heard if isinstance(message, bytes)} == {FRAME}
    words = [m["text"].lower() for m in messages if m["type"] == "transcript" and m["role"] == "user" and m["final"]]
    assert {"protect", "investments", "currency"} <= set(words[0].replace("?", "").split())
    sound = linear(b"".join(message for message in heard[first:cleared] if isinstance(message, bytes)))
    assert np.sqrt(np.mean(sound.astype(float) ** 2)) > 300
    # One answer at a time, and no sound while none may be heard.
    open_answer, may_sound = None, False
    for message in heard:
        if isinstance(message, bytes):
            assert may_sound
        elif message["type"] == "agent_thinking":
            assert open_answer is None
            open_answer = message["response_id"]
        elif message["type"] == "agent_speaking":
            assert message["response_id"] == open_answer
            may_sound = True
        elif message["type"] == "clear":
            assert message["response_id"] == open_answer
            may_sound = False
        elif message["type"] == "agent_done":
            assert message["response_id"] == open_answer
            open_answer, may_sound = None, False
    statuses = [m["status"] for m in messages if m["type"] == "agent_done"]
    assert statuses == ["interrupted", "cancelled"]
    warnings = [m for m in messages if m["type"] == "warning"]
    assert [(w["code"], w["in_reply_to"]["number"]) for w in warnings] == [("unknown_type", 2)]


async def refusal(server, query):
    async with connect(f"ws://{server.host}:{server.port}/pcm/reception?{query}") as socket:
        said = []
        with contextlib.suppress(ConnectionClosed):
            async for message in socket:
                said.append(json.loads(message)["code"])
        return said, socket.close_code


@pytest.mark.parametrize("query, code", [("rate=44100", "invalid_rate"), ("encoding=opus", "invalid_encoding")])
def test_a_query_that_cannot_be_used(query, code, server):
    assert asyncio.run(refusal(server, query)) == ([code], 4400)


@pytest.mark.parametrize("rate, output", [(16000, 16000), (24000, 48000)])
def test_voicebench(rate, output, server, tmp_path):
    for name, text in (("question", QUESTION), ("interruption", INTERRUPTION)):
        with wave.open(str(tmp_path / f"{name}.wav"), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(speak(text).tobytes())
    scenario = parse_scenario({
        "name": "parley", "sample_rate": rate, "max_duration_ms": 25000,
        "adapter": {"type": "websocket", "options": {
            "url": f"ws://{server.host}:{server.port}/pcm/reception?input_rate={rate}&output_rate={output}",
            "agent_sample_rate": output, "start_message": {"type": "start"},
        }},
        "turns": [
            {"id": "question", "audio": {"file": "question.wav"}, "text": QUESTION},
            {"id": "barge-in", "audio": {"file": "interruption.wav"}, "text": INTERRUPTION, "expect": "stop",
             "start": {"after": "agent_speech_start", "delay_ms": 2000}, "max_stop_ms": 5000},
        ],
    }, base_dir=tmp_path)
    result = asyncio.run(run_benchmark(scenario))
    question, interruption = result.sessions[0].turns
    assert question.responded and question.passed, question
    assert interruption.stopped and interruption.passed, interruption
    assert result.records[0].clears
    assert {"protect", "currency"} <= set((question.transcript or "").lower().replace("?", "").split())
