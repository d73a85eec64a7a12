"""Every project of projects/ that names hosted providers, end to end against the stand-ins: a spoken question is understood
and answered aloud, speech over the answer stops it here and at the provider, and the next question is answered too."""

import asyncio
import json
import time
import urllib.request
from pathlib import Path

import numpy as np
import pytest

from caller import Caller
from measuring import speak
from servers import Address, doubles_environment, running

QUESTION = "How can I protect my investments against currency risk?"
INTERRUPTION = "Wait a moment please, I would like to ask something else"

# project → the wires that it must use, and the one whose work an interruption cancels
STACKS = {
    "reception": (["deepgram.listen", "openai.chat", "elevenlabs.socket"], "openai.chat"),
    "storyteller": (["deepgram.listen", "openai.chat", "qwen.synthesis"], "openai.chat"),
    "travel-desk": (["azure.recognition", "openai.chat", "azure.synthesis"], "openai.chat"),
    "tutor": (["openai.transcriptions", "openai.chat", "openai.speech"], "openai.chat"),
    "kitchen": (["ollama.chat"], "ollama.chat"),
    "omni": (["deepgram.listen", "qwen.omni"], "qwen.omni"),
}


@pytest.fixture(scope="module")
def doubles():
    script = str(Path(__file__).parent / "unhurried.yaml")
    with running(["doubles", "--port", "0", "--script", script]) as address:
        yield address


@pytest.fixture(scope="module")
def parley(doubles):
    environment = doubles_environment(doubles)
    arguments = ["serve", "--strict-providers", "--port", "0", "--projects", "projects"]
    with running(arguments, environment=environment) as address:
        yield Address(address)


def journal(doubles):
    with urllib.request.urlopen(f"{doubles}/doubles/journal", timeout=5) as answer:
        return json.load(answer)


def clock():
    """The journal's clock, in milliseconds."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) * 1000


def clear(doubles):
    urllib.request.urlopen(urllib.request.Request(f"{doubles}/doubles/journal", method="DELETE"), timeout=5).close()


async def talk(server, project):
    async with Caller(server, 1, project, keeps_audio=True) as caller:
        created = caller.events[0][1]["session"]
        await asyncio.sleep(0.8)
        mark = len(caller.events)
        caller.speak(speak(QUESTION))
        _, _, transcript = await caller.wait("response.audio_transcript.done", since=mark)
        await caller.wait("response.audio.delta", since=mark)
        await caller.send(type="playback.started")
        await asyncio.sleep(1.5)
        heard = np.frombuffer(bytes(caller.heard), "<i2").astype(float)
        text = "".join(event["text"] for _, event in caller.events[mark:] if event["type"] == "response.text.delta")
        over = len(caller.events)
        caller.speak(speak(INTERRUPTION))
        number, _, interrupted = await caller.wait("response.interrupted", since=over)
        await caller.send(type="playback.stopped")
        await caller.send(type="response.cancel")
        begin = clock()
        _, _, second = await caller.wait("response.audio_transcript.done", since=number)
        known = clock()
        await caller.wait("response.audio.delta", since=number + 1)
        await caller.settle()
        late = [event for _, event in caller.events[number:] if event["type"] == "response.audio.delta"]
        warnings = [event for _, event in caller.events if event["type"] == "warning"]
        return created, transcript["text"], text, heard, interrupted, (begin, known), second["text"], late, warnings


@pytest.mark.parametrize("project", STACKS)
def test_talks_and_falls_silent(project, parley, doubles):
    wires, cancelled = STACKS[project]
    clear(doubles)
    created, transcript, text, heard, interrupted, (begin, known), second, late, warnings = asyncio.run(talk(parley, project))
    assert created["fallbacks"] == []
    assert warnings == []
    # The caller was understood by whatever hears in this stack.
    assert {"protect", "investments", "currency"} <= set(transcript.lower().replace("?", "").split())
    assert "else" in second.lower()
    # It was answered in the words of the script, aloud.
    assert text.startswith("Here is a first sentence")
    assert np.sqrt(np.mean(heard**2)) > 300
    assert len(heard) > 1.2 * created["sample_rate"]
    # What was heard is the beginning of the answer, and not all of it.
    assert interrupted["heard"].startswith("Here is a first sentence") and "sixth" not in interrupted["heard"]
    assert late, "the second question was not answered aloud"
    entries = journal(doubles)
    assert set(wires) <= {entry["wire"] for entry in entries}
    # The provider's work ended with the interruption, not by itself: as soon as words decide that it is one.
    ends = [entry["at"] for entry in entries if entry["wire"] == cancelled and entry["event"] == "cancelled"]
    # A stand-in notices over HTTP when it writes its next piece.
    assert any(begin - 500 < end < known + 1500 for end in ends), (ends, begin, known)
