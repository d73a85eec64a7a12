"""An agent that checks its drafts, from outside: the bridge, the server and a scripted model over HTTP."""

import json
import urllib.request

import pytest

from servers import running
from test_endpoints import environment, events, written

PROJECT = """
providers:
  writer: {kind: openai, base_url: "WRITER/v1", api_key: ENV:WRITER_KEY}
base_config:
  llm_config: {model: writer/small}
orchestrator:
  agent_list: [{agent_name: Ada}]
utility_agents:
  - agent_class: PlanningAgent
    agent_name: Ada
    config:
      self_reflection_config: {self_reflection: true, RULES}
"""

SCRIPT = """
rules:
  - wire: openai.chat
    times: 4
    text:
      - A dull draft about gold.
      - '{"good": false, "flaws": ["It is dull."]}'
      - Gold is up today.
      - LAST
"""


def play(tmp_path, rules, last):
    """What the client is told, and what the model was asked."""
    script = tmp_path / "script.yaml"
    script.write_text(SCRIPT.replace("LAST", last))
    projects = tmp_path / "projects"
    projects.mkdir()
    with running(["doubles", "--port", "0", "--script", str(script)]) as doubles:
        (projects / "gold.yaml").write_text(PROJECT.replace("WRITER/", f"{doubles}/").replace("RULES", rules))
        arguments = ["serve", "--port", "0", "--projects", str(projects)]
        with running(arguments, environment=environment(WRITER_KEY="sk-writer")) as server:
            told = events(server, "gold", "--text", "How is gold?")
        with urllib.request.urlopen(f"{doubles}/doubles/journal", timeout=5) as answer:
            asked = [event for event in json.load(answer) if event["event"] == "request"]
    return told, [event["wire"] for event in asked]


@pytest.mark.parametrize(
    "rules, last, answer",
    [
        ("max_attempts: 2", """'{"good": true, "flaws": []}'""", "Gold is up today."),
        ("response_selection_mode: best", """'{"draft": "1"}'""", "A dull draft about gold."),
        ("response_selection_mode: aggregate", "Gold is up, and dull.", "Gold is up, and dull."),
    ],
)
def test_an_answer_is_settled_before_it_is_heard(tmp_path, rules, last, answer):
    told, asked = play(tmp_path, rules, last)
    assert asked.count("openai.chat") == 4
    assert written(told).strip() == answer
    assert not any(event["type"] in ("agent.draft", "agent.critique") for event in told)
    assert [event["status"] for event in told if event["type"] == "response.done"] == ["completed"]


def test_drafts_and_critiques_are_shown_on_demand(tmp_path):
    told, _ = play(tmp_path, "return_internal_reflection_msg: true", """'{"good": true, "flaws": []}'""")
    drafts = [(event["attempt"], event["text"].strip()) for event in told if event["type"] == "agent.draft"]
    critiques = [(event["good"], event["flaws"]) for event in told if event["type"] == "agent.critique"]
    assert drafts == [(1, "A dull draft about gold."), (2, "Gold is up today.")]
    assert critiques == [(False, ["It is dull."]), (True, [])]
    assert written(told).strip() == "Gold is up today."


def test_the_offline_planner_finds_its_draft_good(tmp_path):
    projects = tmp_path / "projects"
    projects.mkdir()
    text = PROJECT.replace("RULES", "return_internal_reflection_msg: true")
    text = text[text.index("orchestrator:") :]
    (projects / "gold.yaml").write_text(text)
    with running(["serve", "--port", "0", "--projects", str(projects)], environment=environment()) as server:
        told = events(server, "gold", "--text", "How is gold?")
    assert [event["good"] for event in told if event["type"] == "agent.critique"] == [True]
    assert [event["text"] for event in told if event["type"] == "agent.draft"] == [written(told)]
