"""Keys and callers' words stay where they belong: neither is in a log, a metric, an error or what somebody else is told, whatever
goes wrong."""

import asyncio
import json
import subprocess
import urllib.error
import urllib.request

import pytest

from lanes import CHAINS, KEY, SENTENCE, SENTENCES, Client, fetch, project, with_canaries
from servers import BINARY, ROOT, Address, doubles_environment, running

WORD = "canarybird"
# What a caller is told in his own words, and in those of the answer.
OWN = ("response.audio_transcript.delta", "response.audio_transcript.done")


@pytest.mark.parametrize("engine, alone", CHAINS, ids=lambda value: getattr(value, "model", value))
def test_every_failure_keeps_both(engine, alone, seen):
    lane = seen[engine, alone]
    log = lane.log.read_text()
    # What is searched is there.
    assert "a provider failed" in log and "parley_provider_requests_total" in lane.metrics
    for text in (log, lane.metrics):
        _has_neither(text)
        assert SENTENCE not in text and SENTENCES not in text
    for event in lane.told:
        text = json.dumps(event)
        assert KEY not in text
        assert event["type"] in OWN or WORD not in text, event
    for event in lane.told_beside:
        _has_neither(json.dumps(event))


def _has_neither(text):
    for canary in (KEY, WORD):
        at = text.lower().find(canary)
        assert at < 0, text[max(0, at - 100) : at + 100]


@pytest.mark.parametrize(
    "variable, value",
    [
        ("OPENAI_BASE_URL", f"https://{KEY}@example.org/v1"),
        ("OPENAI_BASE_URL", f"{KEY}://example.org"),
        ("OPENAI_API_KEY", f"{KEY}\nX-Other: 1"),
        ("AZURE_OPENAI_ENDPOINT", f"https://example.org/?key={KEY}"),
        ("AZURE_OPENAI_API_VERSION", f"{KEY} {KEY}"),
        ("AZURE_SPEECH_KEY", f"{KEY} {KEY}"),
        ("AZURE_SPEECH_ENDPOINT", KEY),
        ("OLLAMA_HOST", f"http://{KEY}@127.0.0.1"),
        ("DEEPGRAM_API_KEY", f"{KEY}\u00e9"),
        ("DEEPGRAM_BASE_URL", f"wss://api.deepgram.com?token={KEY}"),
        ("ELEVENLABS_API_KEY", f"{KEY}\t{KEY}"),
        ("ELEVENLABS_BASE_URL", f"//{KEY}"),
        ("DASHSCOPE_BASE_URL", KEY),
    ],
)
def test_a_refused_start_keeps_keys(variable, value):
    environment = with_canaries(doubles_environment("http://127.0.0.1:1")) | {variable: value}
    ended = _start(["--projects", "projects"], environment)
    assert ended.returncode not in (0, -6, -11)
    assert variable in ended.stderr
    _has_neither(ended.stdout + ended.stderr)


def test_a_strict_start_keeps_keys():
    environment = with_canaries(doubles_environment("http://127.0.0.1:1")) | {"DEEPGRAM_API_KEY": ""}
    ended = _start(["--projects", "projects", "--strict-providers"], environment)
    assert ended.returncode not in (0, -6, -11)
    assert "DEEPGRAM_API_KEY" in ended.stderr
    _has_neither(ended.stdout + ended.stderr)


def _start(arguments, environment):
    return subprocess.run(
        [str(BINARY), "serve", "--port", "0", *arguments], env=environment, cwd=ROOT, capture_output=True, text=True,
        timeout=30)


def test_nobody_there_and_wrong_keys_are_told_without_them(tmp_path):
    """A server whose providers cannot be reached, and one that they all refuse; requests of HTTP and messages that are wrong."""
    hosted = project(
        ears=["Deepgram/nova-3"], writers=["OpenAI/gpt-4.1-mini", "AzureOpenAI/mini"],
        voices=["ElevenLabs/eleven_turbo_v2_5", "Azure/AI-Speech", "Qwen/qwen3-tts-flash-realtime"])
    (tmp_path / "hosted.yaml").write_text(hosted)
    (tmp_path / "masked.yaml").write_text(hosted.replace("base_config: {", "base_config: {pii_masking: {enable: true}, "))
    (tmp_path / "voices.yaml").write_text(hosted.replace("[OpenAI/gpt-4.1-mini, AzureOpenAI/mini]", "[Local/Planner]"))
    with running(["doubles", "--port", "0"]) as doubles:
        refused = {
            name: "wrong-key" if name.endswith("_KEY") else value
            for name, value in doubles_environment(doubles).items()
        }
        # The discard port: nobody listens there.
        unreachable = with_canaries(doubles_environment("http://127.0.0.1:9"))
        for environment, key in ((refused, "wrong-key"), (unreachable, KEY)):
            log = tmp_path / f"{key}.log"
            arguments = ["serve", "--port", "0", "--projects", str(tmp_path), "--log-level", "debug"]
            with open(log, "w") as file, running(arguments, environment=environment, log=file) as address:
                server = Address(address)
                told = asyncio.run(_misuse(server))
                answers = [_answer_of(server.url + path) for path in ("/", "/nope", "/metrics", "/bridge/nobody", "/api/projects")]
            text = log.read_text() + json.dumps(told) + "".join(answers)
            assert "a provider failed" in text
            assert key not in text
            _has_neither(log.read_text() + "".join(answers))


async def _misuse(server):
    told = []
    for name in ("hosted", "voices", "masked"):
        async with Client(server, name) as caller:
            await caller.turn(f"how much does a {WORD} cost, tell {WORD}@example.com")
            await caller.socket.send(f'{{"type": "{WORD}"')
            await caller.send(type=WORD)
            await caller.send(type="input_audio_buffer.append", audio=f"!{WORD}")
            await caller.send(type="input_text", text=[WORD])
            await asyncio.sleep(0.2)
            told += [event for _, event in caller.events if event["type"] not in OWN]
    # An answer may repeat what the caller said; a warning may not.
    assert not any(WORD in json.dumps(event) for event in told if event["type"] in ("warning", "error")), told
    return told


def _answer_of(url):
    try:
        return fetch(url, headers={"Authorization": f"Bearer {WORD}", "X-Api-Key": WORD})
    except urllib.error.HTTPError as error:
        return f"{error.headers}{error.read().decode()}"
