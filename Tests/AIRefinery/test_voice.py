"""The voice client: `realtime_distiller`, over `/distiller/realtime`."""

import asyncio
import base64

import pytest

pytest.importorskip("air", reason="airefinery-sdk needs Python 3.12")

import numpy as np  # noqa: E402
import projects  # noqa: E402
import websockets  # noqa: E402
from air import AsyncAIRefinery  # noqa: E402
from measuring import RATE, speak  # noqa: E402
from servers import running  # noqa: E402

QUESTION = "How can I protect my investments against currency risk?"


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = projects.write(tmp_path_factory.mktemp("projects"), push=projects.FLOW, barge=projects.BARGE_IN)
    with running(["serve", "--port", "0", "--projects", str(folder)]) as address:
        yield address


def client(url):
    return AsyncAIRefinery(api_key="none", base_url=url).realtime_distiller


def laws(events):
    """What holds for every response, and the agents in the order in which they began."""
    kinds = [event.type for event in events]
    assert kinds.count("response.created") == kinds.count("response.done") == 1
    assert kinds[-1] == "response.done"
    assert kinds.count("response.audio.done") <= 1
    agents, began = [], False
    for event in events:
        if event.type == "response.text.delta":
            assert event.content == event.text and event.content
            agents.append(event.role)
        elif event.type == "response.audio.delta":
            assert event.audio == event.delta and len(base64.b64decode(event.audio)) % 2 == 0
            assert event.role == agents[-1], "an agent is named before it is heard"
        began = began or event.type == "response.created"
    return agents


async def answer(session):
    return [event async for event in session.get_responses()]


async def talk_at_pace(session, samples, silence=1.5):
    """Sends what a microphone would, as the stock client does: 300 ms at a time, until an answer begins."""
    samples = np.concatenate([samples, np.zeros(int(silence * RATE), "<i2")])
    for start in range(0, len(samples), 4800):
        await session.send_audio_chunk(samples[start : start + 4800].tobytes())
        await asyncio.sleep(0.05)


def test_a_typed_turn(url, loop):
    async def talk():
        async with client(url)(project="push", uuid="ada") as session:
            assert session._bargein_enabled is False
            await session.send_text_query(QUESTION)
            return await answer(session)

    events = loop(talk())
    assert laws(events) == ["Stock", "Currency"]
    done = {event.role: event.content for event in events if event.type == "response.text.done"}
    for event in events:
        if event.type == "response.text.delta":
            assert done[event.role].startswith(event.content.strip()[:20])


@pytest.mark.parametrize("project", ["push", "barge"])
def test_a_spoken_turn(project, url, loop):
    async def talk():
        async with client(url)(project=project, uuid="ada") as session:
            assert session._bargein_enabled is (project == "barge")
            microphone = asyncio.create_task(talk_at_pace(session, speak(QUESTION)))
            try:
                return await answer(session)
            finally:
                microphone.cancel()

    events = loop(talk())
    words = [event.text for event in events if event.type == "response.audio_transcript.done"]
    assert {"protect", "investments", "currency"} <= set(words[0].lower().replace("?", "").split())
    assert laws(events) == ["Stock", "Currency"]


def test_one_connection_for_each_user(url, loop):
    async def talk():
        async with client(url)(project="push", uuid="ada"):
            with pytest.raises(websockets.InvalidStatus) as refused:
                await client(url).connect(project="push", uuid="ada")
            assert refused.value.response.status_code == 409

    loop(talk())
