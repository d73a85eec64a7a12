"""Interruptions, skips and ends: the voice client, its terminal player, and its bridge to browsers with the tutorial's page."""

import asyncio
import base64
import json
import os
import sys
import types
from pathlib import Path
from typing import get_args

import pytest

pytest.importorskip("air", reason="airefinery-sdk needs Python 3.12")

import numpy as np  # noqa: E402
import projects  # noqa: E402
import websockets  # noqa: E402
from air import AsyncAIRefinery  # noqa: E402
from air.distiller.exceptions import ConnectionTimeoutError  # noqa: E402
from air.distiller.utils.realtime_helper import RealtimeVoiceBridge  # noqa: E402
from air.types.distiller.realtime import ResponseCancelEvent, ServerResponseEvent  # noqa: E402
from measuring import RATE, speak  # noqa: E402
from servers import running  # noqa: E402

QUESTION = "How can I protect my investments against currency risk?"
INTERRUPTION = "Wait a moment please, I would like to ask something else"


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = projects.write(
        tmp_path_factory.mktemp("projects"), push=projects.FLOW, barge=projects.BARGE_IN,
        idle=projects.FLOW + 'idle: {after_seconds: 1, prompt: "Hello?", hang_up_after: 0}\n',
    )
    with running(["serve", "--port", "0", "--projects", str(folder)]) as address:
        yield address


@pytest.fixture(scope="module")
def spoken():
    silence = np.zeros(RATE * 2, "<i2")
    return {text: np.concatenate([speak(text), silence]) for text in (QUESTION, INTERRUPTION)}


def client(url):
    return AsyncAIRefinery(api_key="none", base_url=url).realtime_distiller


SEEN = {}  # event → the fields that it had, in all tests of this module


def kinds(events):
    for event in events:
        fields = {name for name, value in event.model_dump(exclude_unset=True).items()}
        SEEN.setdefault(event.type or event.status, set()).update(fields)
    return [event.type for event in events]


async def until(session, events, kind):
    """Reads on until an event of that kind."""
    while True:
        event = await session.recv()
        events.append(event)
        if event.type == kind:
            return event


def test_a_cancel_skips_one_agent(url, loop):
    async def talk():
        events = []
        async with client(url)(project="push", uuid="ada") as session:
            await session.send_text_query(QUESTION)
            await until(session, events, "response.audio.delta")
            await session.cancel_response()
            await until(session, events, "response.done")
        return events

    events = loop(talk())
    agents = [event.role for event in events if event.type == "response.text.delta"]
    assert agents == ["Stock", "Currency"]
    assert kinds(events).count("response.audio.done") == 1
    second = kinds(events).index("response.text.delta", kinds(events).index("response.text.delta") + 1)
    assert "response.audio.delta" in kinds(events[second:]), "the next agent is heard"


def test_speech_interrupts(url, loop, spoken):
    async def microphone(session, samples):
        for start in range(0, len(samples), 480):
            await session.send_audio_chunk(samples[start : start + 480].tobytes())
            await asyncio.sleep(0.03)

    async def talk():
        events = []
        async with client(url)(project="barge", uuid="ada") as session:
            await session.send_text_query(QUESTION)
            await until(session, events, "response.audio.delta")
            await session.notify_playback_started()
            talking = asyncio.create_task(microphone(session, spoken[INTERRUPTION]))
            await until(session, events, "response.interrupted")
            # The client's own helper cancels nothing any more: the response ends all the same.
            await session.cancel_response()
            await until(session, events, "response.done")
            await until(session, events, "response.audio_transcript.done")
            await until(session, events, "response.created")
            talking.cancel()
        return events

    events = loop(talk())
    stopped, done = kinds(events).index("response.interrupted"), kinds(events).index("response.done")
    assert "response.audio.delta" not in kinds(events[stopped:done])
    said = [event.text for event in events if event.type == "response.audio_transcript.done"]
    assert {"wait", "moment"} <= set(said[-1].lower().replace(",", "").split()), "what interrupted begins the next turn"


class Loudspeaker:
    """In the place of the package `sounddevice`: plays at once."""

    played = []

    def __init__(self, **_):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def write(self, samples):
        Loudspeaker.played.append(len(samples))
        for action in Loudspeaker.actions:
            action()

    actions = []


def test_the_terminal_player_skips(url, loop, monkeypatch):
    monkeypatch.setitem(sys.modules, "sounddevice", types.SimpleNamespace(OutputStream=Loudspeaker))
    monkeypatch.setattr(Loudspeaker, "played", [])

    async def talk():
        cancel = asyncio.Event()
        pressed = []

        def press():
            if not pressed:
                pressed.append(True)
                cancel.set()

        monkeypatch.setattr(Loudspeaker, "actions", [press])
        async with client(url)(project="push", uuid="ada") as session:
            await session.send_text_and_respond(QUESTION, cancel_event=cancel)
        return cancel.is_set()

    assert loop(talk()) is False, "the next agent takes the skip back"
    assert len(Loudspeaker.played) > 5


def test_the_bridge_and_the_tutorials_page(url, loop, spoken):
    """What the page sends and reads: 30 ms of audio in `data.chunk`, no `start_recording`; `delta` of what it plays."""

    async def serve(bridge, ready):
        async with websockets.serve(bridge._handle_connection, "127.0.0.1", 0) as server:
            ready.set_result(server.sockets[0].getsockname()[1])
            await asyncio.Future()

    async def page(port):
        told = []
        async with websockets.connect(f"ws://127.0.0.1:{port}/") as socket:
            async def send(**message):
                await socket.send(json.dumps(message))

            async def speak_up(samples):
                for start in range(0, len(samples), 480):
                    chunk = base64.b64encode(samples[start : start + 480].tobytes()).decode()
                    await send(type="input_audio_buffer.append", data={"chunk": chunk})
                    await asyncio.sleep(0.02)

            async def read(kind):
                while True:
                    told.append(json.loads(await socket.recv()))
                    if told[-1]["type"] == kind:
                        return told[-1]

            await read("session.created")
            talking = asyncio.create_task(speak_up(spoken[QUESTION]))
            await read("response.audio_transcript.done")
            await read("response.audio.delta")
            talking.cancel()
            await send(type="playback.started")
            talking = asyncio.create_task(speak_up(spoken[INTERRUPTION]))
            await read("response.interrupted")
            await send(type="response.cancel")
            await read("response.done")
            await read("response.audio.delta")
            talking.cancel()
            await send(type="stop_recording")
            await read("recording_stopped")
        return told

    async def talk():
        ready = asyncio.get_running_loop().create_future()
        bridge = RealtimeVoiceBridge(client(url), project="barge", uuid="page")
        server = asyncio.create_task(serve(bridge, ready))
        try:
            return await page(await ready)
        finally:
            server.cancel()

    told = loop(talk())
    first = next(message for message in told if message["type"] == "response.audio_transcript.done")
    assert {"protect", "currency"} <= set(first["text"].lower().replace("?", "").split())
    for message in told:
        if message["type"] == "response.audio.delta":
            assert base64.b64decode(message["delta"])
        if message["type"] == "response.text.delta":
            assert message["text"]


def test_every_event_of_the_client_is_taken(url, loop):
    async def talk():
        events = []
        async with client(url)(project="push", uuid="ada") as session:
            await session.send_update()
            await session.send_audio_chunk(bytes(960))
            await session.commit_audio()
            await session.clear_audio_buffer()
            await session.notify_playback_started()
            await session.notify_playback_stopped()
            await session.send(ResponseCancelEvent())
            await session.send_text_query(QUESTION)
            await until(session, events, "response.audio.delta")
            await session.cancel_response()
        return events

    assert "warning" not in kinds(loop(talk()))


def test_an_idle_call_ends_as_the_client_knows_it(url, loop):
    async def talk():
        async with client(url)(project="idle", uuid="ada") as session:
            with pytest.raises(ConnectionTimeoutError):
                while True:
                    await session.recv()

    loop(talk())


def test_the_page_of_conformance_is_current():
    """After the tests above: what they saw, event by event, against the package's own types."""
    types = [model.model_fields["type"].default for model in get_args(get_args(ServerResponseEvent._type)[0])]
    lines = [
        f"| `{kind}` | {', '.join(f'`{field}`' for field in sorted(SEEN[kind] - {'type'}))} |" if kind in SEEN
        else f"| `{kind}` | never sent |" for kind in types
    ]
    page = Path(__file__).resolve().parents[2] / "docs" / "conformance" / "ai-refinery.md"
    before, _, rest = page.read_text().partition("<!-- seen -->\n")
    _, _, after = rest.partition("<!-- end -->\n")
    table = "\n".join(["| event | fields |", "|---|---|", *lines]) + "\n"
    text = f"{before}<!-- seen -->\n{table}<!-- end -->\n{after}"
    if os.environ.get("PARLEY_UPDATE_GOLDEN"):
        page.write_text(text)
    assert page.read_text() == text, "PARLEY_UPDATE_GOLDEN=1 writes it"
    assert set(SEEN) - set(types) <= {"PING"}, "nothing else is sent"
