"""OpenAI's own client on the real server. Every event is held against the client's own types, strictly."""

import asyncio
import base64
import http.server
import json
import threading
import typing
import urllib.request

import numpy as np
import openai
import pydantic
from openai.types.realtime import realtime_client_event, realtime_server_event as current
from openai.types.beta.realtime import realtime_server_event as beta_event

from measuring import RATE, speak


def classes(union):
    """The event classes of a union, by the type on the wire."""
    members = typing.get_args(typing.get_args(union)[0])
    return {typing.get_args(member.model_fields["type"].annotation)[0]: member for member in members}


CLIENT = classes(realtime_client_event.RealtimeClientEvent)
CURRENT = classes(current.RealtimeServerEvent)
BETA = classes(beta_event.RealtimeServerEvent)


def strays(value, place=""):
    """The fields that the types do not have."""
    if isinstance(value, pydantic.BaseModel):
        for name in value.model_extra or {}:
            yield f"{place}.{name}"
        for name in type(value).model_fields:
            yield from strays(getattr(value, name), f"{place}.{name}")
    elif isinstance(value, (list, tuple)):
        for index, element in enumerate(value):
            yield from strays(element, f"{place}[{index}]")


def check(event, known):
    """Holds an event against the types: no field is unknown, none is missing, none is of another type."""
    kind = known.get(event["type"])
    assert kind, f"{event['type']} is no event of the protocol"
    parsed = kind.model_validate(event, strict=True)
    assert not list(strays(parsed, event["type"]))


def pcm(text):
    """`text` spoken: PCM16 at 24 kHz."""
    samples = speak(text)
    times = np.arange(int(len(samples) * 1.5)) / 1.5
    return np.interp(times, np.arange(len(samples)), samples).astype("<i2").tobytes()


def play(doubles, *rules):
    """Gives the stand-ins another script."""
    body = json.dumps({"rules": list(rules)}).encode()
    urllib.request.urlopen(urllib.request.Request(doubles + "/doubles/script", body, method="PUT")).close()


class Model:
    """A language model that answers what it is given to answer, and remembers what it was told."""

    def __init__(self):
        self.chats, self.answers = [], []
        model = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_POST(self):
                chat = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                model.chats.append(chat)
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                for delta in deltas(model.answers.pop(0) if model.answers else "I have nothing to say."):
                    chunk = {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
                    self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
                end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
                self.wfile.write(f"data: {json.dumps(end)}\n\ndata: [DONE]\n\n".encode())

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"

    def play(self, *answers):
        """Answers these next: texts, or a text and calls."""
        self.chats.clear()
        self.answers[:] = answers

    def told(self, number=-1):
        """The messages of a chat, one line each."""
        return [f"{m['role']}: {m.get('content') or ''}" for m in self.chats[number]["messages"]]


def deltas(answer):
    text, calls = (answer, []) if isinstance(answer, str) else answer
    for index, word in enumerate(text.split()):
        yield {"content": " " * (index > 0) + word}
    for index, (name, arguments) in enumerate(calls):
        function = {"name": name, "arguments": json.dumps(arguments)}
        yield {"tool_calls": [{"index": index, "id": f"c{index}", "type": "function", "function": function}]}


class Talk:
    """One connection of the official client. Keeps what comes, checked, in order."""

    SEEN = {"current": set(), "beta": set()}
    SENT = set()

    def __init__(self, server, model="desk", is_beta=False, **options):
        self.is_beta = is_beta
        client = openai.AsyncOpenAI(
            api_key="key", base_url=server.url + "/v1", websocket_base_url=f"ws://{server.host}:{server.port}/v1")
        realtime = client.beta.realtime if is_beta else client.realtime
        self.manager = realtime.connect(model=model, **options)
        self.events = []
        self.news = asyncio.Event()

    async def __aenter__(self):
        self.api = await self.manager.__aenter__()
        send = self.api.send

        async def noted(event):
            self.SENT.add(event["type"])
            await send(event)

        self.api.send = noted
        self.listener = asyncio.create_task(self._listen())
        await self.wait("conversation.created")
        return self

    async def __aexit__(self, *failure):
        self.listener.cancel()
        await asyncio.gather(self.listener, return_exceptions=True)
        await self.manager.__aexit__(*failure)

    async def _listen(self):
        known, seen = (BETA, self.SEEN["beta"]) if self.is_beta else (CURRENT, self.SEEN["current"])
        try:
            while True:
                event = json.loads(await self.api.recv_bytes())
                check(event, known)
                seen.add(event["type"])
                self.events.append(event)
                self.news.set()
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self.events.append({"type": "end", "error": error})
            self.news.set()

    async def wait(self, *types, since=0, timeout=15, where=lambda event: True):
        """The number of the first event from `since` on that has one of these types."""
        async with asyncio.timeout(timeout):
            number = since
            while True:
                while number < len(self.events):
                    event = self.events[number]
                    if event["type"] in types and where(event):
                        return number
                    if event["type"] == "end":
                        raise AssertionError(f"the connection has ended: {event['error']!r}")
                    number += 1
                self.news.clear()
                await self.news.wait()

    async def event(self, *types, since=0, **options):
        return self.events[await self.wait(*types, since=since, **options)]

    def types(self, since=0):
        return [event["type"] for event in self.events[since:]]

    async def type(self, text, **fields):
        """Says something in writing."""
        item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}], **fields}
        await self.api.conversation.item.create(item=item)

    async def say(self, sound, pace=1.0):
        """Speaks at the pace of speech, in pieces of 20 ms, and is silent for 0.7 s."""
        sound += bytes(int(0.7 * 48_000))
        start = asyncio.get_running_loop().time()
        for number, place in enumerate(range(0, len(sound), 960)):
            await asyncio.sleep(max(0, start + number * 0.02 / pace - asyncio.get_running_loop().time()))
            await self.api.input_audio_buffer.append(audio=base64.b64encode(sound[place : place + 960]).decode())

    def spoken(self, response=None):
        """The audio of a response, in bytes."""
        name = "response.audio.delta" if self.is_beta else "response.output_audio.delta"
        deltas = [e for e in self.events if e["type"] == name and response in (None, e["response_id"])]
        return b"".join(base64.b64decode(e["delta"]) for e in deltas)
