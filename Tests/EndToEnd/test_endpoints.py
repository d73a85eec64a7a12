"""Named endpoints, from outside: two servers of one kind in one project, keys that are missing, keys in the wrong place."""

import contextlib
import json
import subprocess
import urllib.request

import pytest

from servers import BINARY, ROOT, running

KEY = "sk-canary-4711"

PROJECT = """
providers:
  upstairs: {kind: openai, base_url: "UPSTAIRS/v1", api_key: ENV:UPSTAIRS_KEY}
  downstairs: {kind: openai, base_url: "DOWNSTAIRS/v1", api_key: ENV:DOWNSTAIRS_KEY}
base_config:
  llm_config: {model: [upstairs/small, Local/Planner]}
orchestrator:
  enable_routing: false
  agent_list: [{agent_name: Both}]
utility_agents:
  - agent_class: PlanningAgent
    agent_name: Ada
    speech_config: {model: upstairs/voice-1}
  - agent_class: PlanningAgent
    agent_name: Bob
    config: {llm_config: {model: downstairs/small}}
    speech_config: {model: downstairs/voice-2}
super_agents:
  - agent_class: FlowSuperAgent
    agent_name: Both
    config:
      agent_list: [{agent_name: Ada}, {agent_name: Bob}]
audio_config:
  asr: {model: downstairs/whisper-1}
"""


@contextlib.contextmanager
def house(tmp_path, name):
    """A stand-in whose model says where it is."""
    script = tmp_path / f"{name}.yaml"
    script.write_text(
        f"rules:\n  - wire: openai.chat\n    text: This is written {name}.\n"
        f"  - wire: openai.transcriptions\n    text: heard {name}\n")
    with running(["doubles", "--port", "0", "--script", str(script)]) as address:
        yield address


def wires(address):
    with urllib.request.urlopen(f"{address}/doubles/journal", timeout=5) as answer:
        return {event["wire"] for event in json.load(answer) if event["event"] == "request"}


def environment(**own):
    """Nothing of the machine's own providers."""
    names = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "UPSTAIRS_KEY", "DOWNSTAIRS_KEY")
    return {name: "" for name in names} | own


def events(server, project, *question):
    """What the server says to a caller who asks that."""
    called = subprocess.run(
        [str(BINARY), "call", f"{server}/bridge/{project}", "--json", *question],
        capture_output=True, text=True, timeout=90, cwd=ROOT)
    assert called.returncode == 0, called.stderr + called.stdout[-2000:]
    assert KEY not in called.stdout + called.stderr
    return [json.loads(line) for line in called.stdout.splitlines() if line.startswith("{")]


def written(told):
    """What agents have written."""
    return "".join(event["text"] for event in told if event["type"] == "response.text.delta")


def call(server, project, text="Hello?"):
    """What is written in answer to `text`."""
    return written(events(server, project, "--text", text))


@pytest.fixture
def houses(tmp_path):
    with house(tmp_path, "upstairs") as upstairs, house(tmp_path, "downstairs") as downstairs:
        projects = tmp_path / "projects"
        projects.mkdir()
        text = PROJECT.replace("UPSTAIRS/", f"{upstairs}/").replace("DOWNSTAIRS/", f"{downstairs}/")
        (projects / "both.yaml").write_text(text)
        yield projects, upstairs, downstairs


def test_two_servers_of_one_kind_live_in_one_project(houses, tmp_path):
    projects, upstairs, downstairs = houses
    keys = environment(UPSTAIRS_KEY=KEY, DOWNSTAIRS_KEY="another")
    arguments = ["serve", "--strict-providers", "--port", "0", "--projects", str(projects)]
    with open(tmp_path / "log", "w") as log, running(arguments, environment=keys, log=log) as server:
        called = call(server, "both")
        with urllib.request.urlopen(f"{server}/metrics", timeout=5) as answer:
            metrics = answer.read().decode()
    assert "This is written upstairs." in called and "This is written downstairs." in called
    # Each is asked for what the project names it for, and counted under its own name.
    for address in (upstairs, downstairs):
        assert {"openai.chat", "openai.speech"} <= wires(address)
    for model in ("upstairs/small", "downstairs/small", "upstairs/voice-1", "downstairs/voice-2"):
        assert f'provider="{model}"' in metrics
    assert KEY not in (tmp_path / "log").read_text() + metrics


def test_an_endpoint_hears_the_caller(houses, tmp_path):
    projects, upstairs, downstairs = houses
    question = tmp_path / "question.wav"
    subprocess.run(["flite", "-voice", "slt", "-t", "How are you today?", "-o", str(question)], check=True)
    keys = environment(UPSTAIRS_KEY=KEY, DOWNSTAIRS_KEY="another")
    arguments = ["serve", "--strict-providers", "--port", "0", "--projects", str(projects)]
    with running(arguments, environment=keys) as server:
        told = events(server, "both", "--wav", str(question))
    heard = [event["text"] for event in told if event["type"] == "response.audio_transcript.done"]
    assert heard == ["heard downstairs"]
    assert "This is written upstairs." in written(told)
    assert "openai.transcriptions" in wires(downstairs) and "openai.transcriptions" not in wires(upstairs)


def test_a_missing_key_is_told_and_another_model_answers(houses, tmp_path):
    projects, upstairs, downstairs = houses
    keys = environment(DOWNSTAIRS_KEY="another")
    arguments = ["serve", "--port", "0", "--projects", str(projects)]
    strict = subprocess.run(
        [str(BINARY), *arguments, "--strict-providers"], capture_output=True, text=True, timeout=60, cwd=ROOT,
        env=keys | {"PATH": "/usr/bin:/bin"})
    assert strict.returncode != 0
    assert "upstairs/small" in strict.stderr and "set UPSTAIRS_KEY" in strict.stderr
    assert "downstairs" not in strict.stderr
    with open(tmp_path / "log", "w") as log, running(arguments, environment=keys, log=log) as server:
        called = call(server, "both")
    assert "This is written downstairs." in called and "upstairs." not in called
    assert "set UPSTAIRS_KEY" in (tmp_path / "log").read_text()
    assert not wires(upstairs)


def test_a_refused_key_is_a_failover(houses, tmp_path):
    projects, upstairs, downstairs = houses
    keys = environment(UPSTAIRS_KEY="wrong-key", DOWNSTAIRS_KEY="another")
    with running(["serve", "--port", "0", "--projects", str(projects)], environment=keys) as server:
        called = call(server, "both")
    assert "This is written downstairs." in called and "This is written upstairs." not in called


def test_a_key_in_the_file_is_refused_and_not_repeated(tmp_path):
    file = tmp_path / "both.yaml"
    file.write_text(PROJECT.replace("ENV:UPSTAIRS_KEY", KEY).replace("STAIRS/v1", "://x/v1"))
    for arguments in (["validate", str(file)], ["validate", "--json", str(file)], ["graph", str(file)]):
        told = subprocess.run([str(BINARY), *arguments], capture_output=True, text=True, timeout=30, cwd=ROOT)
        assert told.returncode == 1
        assert KEY not in told.stdout + told.stderr
        assert "environment" in told.stdout + told.stderr
    served = subprocess.run(
        [str(BINARY), "serve", "--port", "0", "--projects", str(tmp_path), "--default-project", "both"],
        capture_output=True, text=True, timeout=30, cwd=ROOT)
    assert served.returncode != 0
    assert KEY not in served.stdout + served.stderr
    assert "a key belongs in the environment" in served.stderr
