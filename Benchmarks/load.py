"""What conversations cost the server: processor time and memory, idle, listening and being spoken to."""
import asyncio
import base64
import json
import os
import time

from caller import CHUNK
from measuring import RATE, Server, load_average, room, say

INTERVAL = CHUNK / RATE


def frame(text):
    """A WebSocket text frame of a client, ready to be sent again and again: the mask is zero."""
    payload = text.encode()
    size = len(payload)
    if size < 126:
        header = bytes([0x81, 0x80 | size])
    else:
        header = bytes([0x81, 0x80 | 126]) + size.to_bytes(2, "big")
    return header + bytes(4) + payload


def append(chunk):
    return frame(json.dumps({"type": "input_audio_buffer.append", "audio": base64.b64encode(chunk.tobytes()).decode()}))


NOISE = room(CHUNK * 100)
CHUNKS = [append(NOISE[start : start + CHUNK]) for start in range(0, len(NOISE), CHUNK)]
QUESTION = frame(json.dumps({"type": "input_text", "text": "How can I protect my investments against currency risk?"}))
PLAYBACK = frame(json.dumps({"type": "playback.started"}))


class Conversation(asyncio.Protocol):
    """The least that a client can do, so that hundreds of them leave the server its core."""

    def __init__(self):
        self.buffer = b""
        self.open = asyncio.get_running_loop().create_future()
        self.upgraded = False
        self.asks = False
        self.audio = 0.0  # seconds of the answers received
        self.lost = False

    def connection_made(self, transport):
        self.transport = transport

    def connection_lost(self, error):
        self.lost = True
        if not self.open.done():
            self.open.set_exception(ConnectionError("the server closed a handshake"))

    def data_received(self, data):
        self.buffer += data
        if not self.upgraded:
            head, found, rest = self.buffer.partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                self.open.set_exception(ConnectionError(head.split(b"\r\n")[0].decode()))
                return
            self.upgraded, self.buffer = True, rest
            self.open.set_result(None)
        at, buffer = 0, self.buffer
        while len(buffer) - at >= 2:
            size, start = buffer[at + 1] & 127, at + 2
            if size == 126:
                size, start = int.from_bytes(buffer[at + 2 : at + 4], "big"), at + 4
            elif size == 127:
                size, start = int.from_bytes(buffer[at + 2 : at + 10], "big"), at + 10
            if len(buffer) < start + size:
                break
            self.received(buffer[at] & 15, buffer[start : start + size])
            at = start + size
        self.buffer = buffer[at:]

    def received(self, kind, payload):
        if kind == 9:
            self.transport.write(bytes([0x8A, 0x80 | len(payload)]) + bytes(4) + payload)
        elif payload.startswith(b'{"type":"response.audio.delta"'):
            if self.audio == 0:
                self.transport.write(PLAYBACK)
            # Base64 of PCM16: what is around it is a hundredth of it.
            self.audio += len(payload) * 0.75 / 2 / RATE
        elif payload.startswith(b'{"type":"response.done"') and self.asks:
            self.transport.write(QUESTION)

    def ask(self):
        self.asks = True
        self.transport.write(QUESTION)


async def opened(server, kind=Conversation, project="bench"):
    _, conversation = await asyncio.get_running_loop().create_connection(kind, server.host, server.port)
    conversation.transport.write(
        f"GET /bridge/{project} HTTP/1.1\r\nHost: {server.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    await asyncio.wait_for(conversation.open, 10)
    return conversation


async def microphones(conversations, state):
    """Streams the noise of a room into all of them, evenly spread over the 30 ms of a chunk."""
    slices = min(10, len(conversations))
    groups = [conversations[number::slices] for number in range(slices)]
    start, step = time.perf_counter(), 0
    while True:
        wait = start + step * INTERVAL / slices - time.perf_counter()
        state["late"] = max(state["late"], -wait)
        if wait > 0:
            await asyncio.sleep(wait)
        chunk = CHUNKS[step // slices % len(CHUNKS)]
        for conversation in groups[step % slices]:
            conversation.transport.write(chunk)
        state["sent"] += len(groups[step % slices])
        step += 1
        if wait <= 0:
            await asyncio.sleep(0)


async def phase(server, name, count, warm, seconds, *, listens, speaks):
    """One row of the table."""
    before = server.memory()
    conversations = []
    for _ in range(count):
        conversations.append(await opened(server))
    state = {"late": 0.0, "sent": 0}
    streaming = asyncio.create_task(microphones(conversations, state)) if listens else None
    if speaks:
        for conversation in conversations:
            conversation.ask()
            await asyncio.sleep(warm / 2 / count)
    await asyncio.sleep(warm / 2 if speaks else warm)
    heard = sum(c.audio for c in conversations)
    state["late"], state["sent"] = 0.0, 0
    began, used, own = time.perf_counter(), server.cpu(), time.process_time()
    await asyncio.sleep(seconds)
    took = time.perf_counter() - began
    used, own = server.cpu() - used, time.process_time() - own
    memory, heard = server.memory(), sum(c.audio for c in conversations) - heard
    if streaming:
        if streaming.done():
            streaming.result()
        streaming.cancel()
    lost = sum(c.lost for c in conversations)
    for conversation in conversations:
        conversation.transport.abort()
    share = used / took / count
    core = f"{1 / share:9.0f}" if used > 0.05 else f"{'> ' + str(int(count * took / 0.05)):>9}"
    print(
        f"  {name:11}{count:5}{100 * share:12.3f}{core}{(memory - before) / count / 1024:10.0f}{memory / 2**20:10.0f}"
        f"{heard / took / count:10.2f}{state['sent'] / took / count * INTERVAL if listens else 0:10.2f}"
        f"{1000 * state['late'] if listens else 0:9.0f}{100 * own / took:9.0f}" + (f"   {lost} lost" if lost else "")
    )


ROWS = [
    ("idle", 200, 1, False, False),
    ("listening", 50, 4, True, False),
    ("listening", 100, 4, True, False),
    ("listening", 200, 11, True, False),
    ("streaming", 10, 8, True, True),
    ("streaming", 25, 10, True, True),
]
QUICK = [("idle", 100, 1, False, False), ("listening", 100, 1, True, False), ("streaming", 10, 3, True, True)]


async def measure(row, seconds):
    name, count, warm, listens, speaks = row
    # Its own server for every row: memory that was freed and kept would hide what the next conversations take.
    with Server("--log-level", "warning") as server:
        # What the first conversations allocate once for all, the voices included.
        first = [await opened(server) for _ in range(4)]
        for conversation in first:
            conversation.ask()
        # On a busy machine a second is too short: 3 MiB of flite's voice would count as the next conversations'.
        for _ in range(200):
            await asyncio.sleep(0.1)
            if all(conversation.audio > 1 for conversation in first):
                break
        for conversation in first:
            conversation.transport.abort()
        await asyncio.sleep(0.5)
        await phase(server, name, count, warm, seconds, listens=listens, speaks=speaks)


def run(quick):
    seconds = 3 if quick else 12
    print("\nWhat a conversation costs: processor time and memory of the server")
    print(
        f"  {'':11}{'n':>5}{'% of core':>12}{'a core':>9}{'KiB each':>10}{'MiB all':>10}{'answer':>10}{'mic':>10}"
        f"{'late ms':>9}{'client %':>9}"
    )
    for row in QUICK if quick else ROWS:
        say(f"load: {row[1]} conversations, {row[0]}")
        asyncio.run(measure(row, seconds))
    print(f"  Each row measured for {seconds} s on a server of its own; {load_average()}.")
    print("  Method: `utime + stime` and `VmRSS` from /proc, of the server alone; one client process on the same machine.")
    print("  idle: connected, no audio. listening: the noise of a room in real time, chunks of 30 ms. streaming: the same")
    print("  while an answer is being spoken, flite included; each answer's end brings the next question. 'a core': 100")
    print("  divided by '% of core'. 'answer', 'mic': seconds of audio a second of each, 1 is real time. 'late': how late")
    print("  the client was at worst with a chunk; 'client %': its own use of a core.")
    if quick:
        print("  Quick: synthesis runs seconds ahead, in bursts; so short a look at 'streaming' sees less or more than it costs.")
        print("  Its 'KiB each' moves by 100 either way from run to run: compare medians of ten.")
