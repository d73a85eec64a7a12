"""A caller on the bridge whose microphone runs in real time: every sample has a moment at which it was spoken."""
import asyncio
import base64
import json
import time

import numpy as np
from websockets.asyncio.client import connect

from measuring import RATE, room

CHUNK = 480  # 30 ms


class Caller:
    """Streams room noise, or whatever `speak` puts into it, in chunks of 30 ms; keeps what the server says, with times.

    A chunk is sent when its last sample has been spoken, as a microphone delivers it. What the server says is played, as far
    as it is concerned, and forgotten, unless `keeps_audio`: then `heard` has it.
    """

    def __init__(self, server, seed, project="bench", keeps_audio=False):
        self.url = f"ws://{server.host}:{server.port}/bridge/{project}"
        self.keeps_audio = keeps_audio
        self.heard = bytearray()  # PCM16 at the rate of session.created
        self.noise = room(RATE * 10, seed)
        self.pending = np.zeros(0, "<i2")
        self.position = 0  # samples sent
        self.sent = []  # when each chunk was really sent
        self.events = []  # (time, event)
        self.news = asyncio.Event()

    async def __aenter__(self):
        self.socket = await connect(self.url, max_size=None, compression=None)
        self.tasks = [asyncio.create_task(self._listen())]
        await self.wait("session.created")
        await self.send(type="session.update", vad_frames=True)
        await self.send(command="start_recording")
        self.start = time.perf_counter()
        self.tasks.append(asyncio.create_task(self._stream()))
        return self

    async def __aexit__(self, *_):
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.socket.close()

    async def send(self, **message):
        await self.socket.send(json.dumps(message))

    def time_of(self, sample):
        """When that sample of the stream was spoken."""
        return self.start + sample / RATE

    def speak(self, samples):
        """Begins to say `samples` now; the position of the first one."""
        # It begins somewhere inside the next chunk, not always with it.
        now = int((time.perf_counter() - self.start) * RATE)
        lead = max(now - self.position, 0)
        gap = self._noise(self.position, lead)
        self.pending = np.concatenate([gap, samples])
        return self.position + lead

    def hush(self):
        self.pending = self.pending[:0]

    def _noise(self, position, count):
        return self.noise[(position + np.arange(count)) % len(self.noise)]

    async def _stream(self):
        while True:
            await asyncio.sleep(max(0, self.time_of(self.position + CHUNK) - time.perf_counter()))
            said, self.pending = self.pending[:CHUNK], self.pending[CHUNK:]
            chunk = np.concatenate([said, self._noise(self.position, CHUNK - len(said))])
            audio = base64.b64encode(chunk.tobytes()).decode()
            message = f'{{"type":"input_audio_buffer.append","audio":"{audio}"}}'
            self.sent.append(time.perf_counter())
            await self.socket.send(message)
            self.position += CHUNK

    async def _listen(self):
        async for message in self.socket:
            now = time.perf_counter()
            event = json.loads(message)
            if event["type"] == "response.audio.delta":
                audio = event.pop("delta")
                if self.keeps_audio:
                    self.heard += base64.b64decode(audio)
            self.events.append((now, event))
            self.news.set()

    async def wait(self, *types, since=0, timeout=20.0):
        """The first event of one of those types from number `since` on: (number, time, event)."""
        end = time.perf_counter() + timeout
        number = since
        while True:
            while number < len(self.events):
                if self.events[number][1]["type"] in types:
                    return (number, *self.events[number])
                number += 1
            self.news.clear()
            await asyncio.wait_for(self.news.wait(), max(0.0, end - time.perf_counter()))

    async def settle(self):
        """Ends whatever is being answered."""
        for _ in range(20):
            last = next((e["type"] for _, e in reversed(self.events) if e["type"] in ("response.created", "response.done")), None)
            mark = len(self.events)
            if last == "response.created":
                await self.send(type="response.cancel")
                await self.wait("response.done", since=mark - 1)
            try:
                await self.wait("response.created", since=mark, timeout=0.4)
            except TimeoutError:
                return
        raise TimeoutError("the conversation does not come to rest")
