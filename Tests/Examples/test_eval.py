"""`parley eval` against a running server, in real time, with the engines of this machine."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from servers import BINARY, MISSING, ROOT, serving  # noqa: E402

SCENARIOS = ROOT / "examples" / "hospital" / "scenarios"
PROJECT = """
orchestrator: {agent_list: [{agent_name: Desk}]}
utility_agents:
  - agent_class: PlanningAgent
    agent_name: Desk
    agent_description: You answer questions about gardens.
    speech_config: {voice: en-US-JennyNeural}
audio_config:
  vad: {enable_barge_in: true, threshold: 8, window_size: 16, lockout_seconds: 0.3, silero_min_samples_seconds: 0.5}
"""
SCENARIO = """
name: an interruption
steps:
  - say_text: How do I plant roses?
  - interrupt: {speak: "Excuse me, please stop now.", after_ms: 1500}
  - expect: {interrupted: true, said: /./, heard: /./, ended: false}
  - say_text: And tulips?
  - expect: {said: tulips, heard: tulips, within_ms: 5000, interrupted: false}
  - say_text: Thank you.
  - expect: {said: elephants}
"""


def test_a_scenario_is_played_with_a_server(tmp_path):
    if not BINARY.exists():
        pytest.fail(MISSING)
    (tmp_path / "projects").mkdir()
    project, scenario = tmp_path / "projects" / "desk.yaml", tmp_path / "scenario.yaml"
    project.write_text(PROJECT)
    scenario.write_text(SCENARIO)
    with serving([str(BINARY), "serve", "--projects", project.parent, "--port", "0"], stderr=subprocess.DEVNULL) as server:
        command = [BINARY, "eval", project, scenario, "--against", f"{server}/bridge/desk"]
        outcome = subprocess.run(command, capture_output=True, text=True, timeout=300)
    findings = [line for line in outcome.stdout.splitlines() if line.startswith("  ")]
    assert outcome.returncode == 1, outcome.stderr
    assert len(findings) == 1 and "elephants" in findings[0], outcome.stdout


def test_the_scenarios_of_the_example_that_need_no_service():
    if not BINARY.exists():
        pytest.fail(MISSING)
    folder = ROOT / "examples" / "hospital"
    names = ("visiting-hours", "interrupted-answer")
    scenarios = [folder / "scenarios" / f"{name}.yaml" for name in names]
    command = [BINARY, "eval", ROOT / "projects" / "hospital-receptionist.yaml", *scenarios]
    outcome = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize("name, delay", [("booking", 0), ("interrupted-booking", 1500)])
def test_the_scenarios_of_the_example_with_its_service(name, delay, tmp_path):
    """The same as a user would do, but for the port."""
    if not BINARY.exists():
        pytest.fail(MISSING)
    command = [sys.executable, ROOT / "examples" / "hospital" / "service.py", "--port", "0", "--seed"]
    command += ["--database", tmp_path / "hospital.sqlite", "--delay-ms", str(delay)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as service:
        try:
            address = re.search(r"http://[0-9.]+:[0-9]+", service.stdout.readline())[0]
            files = {}
            for file in (ROOT / "projects" / "hospital-receptionist.yaml", *SCENARIOS.glob(f"{name}.yaml")):
                files[file.name] = tmp_path / file.name
                files[file.name].write_text(file.read_text().replace("http://127.0.0.1:8099", address))
            command = [BINARY, "eval", files["hospital-receptionist.yaml"], files[f"{name}.yaml"]]
            outcome = subprocess.run(command, capture_output=True, text=True, timeout=100)
        finally:
            service.terminate()
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
