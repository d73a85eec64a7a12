"""The page of the project file: its tables of keys follow from the schema, and its examples can be used.

With `PARLEY_UPDATE_GOLDEN` in the environment the first test writes the tables.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from servers import BINARY, MISSING, ROOT  # noqa: E402

PAGE = ROOT / "docs/project-file.md"
SCHEMA = json.loads((ROOT / "schemas/project.schema.json").read_text())
MARK = re.compile(r"^<!-- keys of (\S+) -->\n(?:\|.*\n)*", flags=re.M)
HEAD = "| key | value | default | meaning |\n|---|---|---|---|\n"
# Where the page speaks of a key at length.
MORE = "docs/project-file.md"


def resolved(node):
    """The node with what it refers to; its own words win."""
    reference = node.get("$ref")
    return {**SCHEMA["$defs"][reference.split("/")[-1]], **node} if reference else node


def inside(node):
    """The properties of a block, or of the items of a list of blocks, and how their path goes on."""
    node = resolved(node)
    if "properties" in node:
        return node, "."
    for branch in node.get("oneOf", []) + node.get("anyOf", []):
        found = inside(branch)
        if found:
            return found
    items = node.get("items")
    if isinstance(items, dict) and (found := inside(items)):
        return found[0], "[]" + found[1]
    values = node.get("additionalProperties")
    if isinstance(values, dict) and (found := inside(values)):
        return found[0], ".NAME" + found[1]
    return None


def at(path):
    """The block under a path such as `utility_agents[].config` or `$defs.table`; `file` is the whole file."""
    if path == "file":
        return SCHEMA
    if path.startswith("$defs."):
        return inside(SCHEMA["$defs"][path.removeprefix("$defs.")])[0]
    node = SCHEMA
    for part in path.replace("[]", "").split("."):
        if part == "NAME":
            continue
        node = inside(node["properties"][part])[0]
    return node


def amount(number):
    return str(int(number)) if number == int(number) else str(number)


def span(low, high, above=False):
    """`1…5`, `from 1`, `at most 5`, or nothing."""
    if low is not None and high is not None:
        return (f"above {amount(low)}, at most {amount(high)}" if above else f"{amount(low)}…{amount(high)}")
    if low is not None:
        return f"from {amount(low)}"
    return f"at most {amount(high)}" if high is not None else ""


def kind(node):
    """What may stand under a key: its type and its range."""
    node = resolved(node)
    for word in ("oneOf", "anyOf"):
        if word in node and "type" not in node:
            found = [kind(branch) for branch in node[word]]
            return " or ".join(dict.fromkeys(part for part in found if part)) or "anything"
    types = node.get("type", [])
    types = [types] if isinstance(types, str) else [name for name in types if name != "null"]
    if "enum" in node:
        words = [f"`{json.dumps(word) if isinstance(word, bool) else word}`" for word in node["enum"] if word is not None]
        return ", ".join(words)
    if "const" in node:
        return f"`{json.dumps(node['const'])}`"
    found = []
    for name in types:
        if name == "boolean":
            found.append("`true`, `false`")
        elif name in ("integer", "number"):
            low, high = node.get("minimum"), node.get("maximum")
            above = "exclusiveMinimum" in node
            limits = span(node.get("exclusiveMinimum", low), high, above)
            word = "whole number" if name == "integer" else "number"
            found.append(f"{word} {limits}".strip())
        elif name == "string":
            limits = span(node.get("minLength"), node.get("maxLength"))
            found.append(f"text, {limits} characters" if limits else "text")
        elif name == "array":
            limits = span(node.get("minItems"), node.get("maxItems"))
            item = kind(node["items"]) if isinstance(node.get("items"), dict) else ""
            word = "list of blocks" if item == "block" else f"list of: {item}" if item else "list"
            found.append(f"{word}, {limits}" if limits else word)
        elif name == "object":
            found.append("block")
    return " or ".join(found) or "anything"


def columns(key, node, is_required):
    node = resolved(node)
    text = " ".join(node.get("description", "").split())
    default = ""
    if "default" in node:
        value = node["default"]
        default = f"`{value if isinstance(value, str) else json.dumps(value)}`"
    elif said := re.search(r"\s*Default: ([^.]*(?:\.\w[^.]*)*)\.(?=\s|$)", text):
        default = said.group(1)
        text = (text[:said.start()] + text[said.end():]).strip()
    if is_required:
        default = "required"
    comment = node.get("$comment", "")
    if comment.startswith(MORE):
        text += f" [More]({comment.removeprefix(MORE)})"
    return [f"`{key}`", kind(node), default, text]


def leads_on(node):
    return resolved(node).get("$comment", "").startswith(MORE)


def rows(block, marked, prefix=""):
    """A row for each key that has an effect. Blocks that have a table of their own, are spoken of elsewhere, or have the keys
    of an earlier one, are one row."""
    found, seen = [], []
    for key, node in block["properties"].items():
        if "Accepted; has no effect" in resolved(node).get("description", ""):
            continue
        path = f"{prefix}{key}"
        deeper = inside(node)
        if deeper and deeper[0]["properties"] in seen:
            deeper = None
        elif deeper:
            seen.append(deeper[0]["properties"])
        found.append(columns(path, node, key in block.get("required", [])))
        if deeper and not leads_on(node) and not any(deeper[0]["properties"] is other for other in marked):
            found += rows(deeper[0], marked, path + deeper[1])
    return found


def table(path, marked):
    escaped = [[cell.replace("|", "\\|") for cell in row] for row in rows(at(path), marked)]
    return f"<!-- keys of {path} -->\n{HEAD}" + "".join(f"| {' | '.join(row)} |\n" for row in escaped)


def test_tables_of_keys_follow_from_the_schema():
    page = PAGE.read_text()
    paths = [found.group(1) for found in MARK.finditer(page)]
    assert len(paths) == len(set(paths)) and "file" in paths
    marked = [at(path)["properties"] for path in paths]
    derived = MARK.sub(lambda found: table(found.group(1), marked), page)
    if "PARLEY_UPDATE_GOLDEN" in os.environ:
        PAGE.write_text(derived)
    else:
        assert page == derived, "docs/project-file.md is behind the schema: run with PARLEY_UPDATE_GOLDEN=1"


EXAMPLES = [
    pytest.param(found.group(1), id=f"line {PAGE.read_text().count(chr(10), 0, found.start()) + 1}")
    for found in re.finditer(r"^```yaml\n(.*?)^```", PAGE.read_text(), flags=re.S | re.M)
]
# What stands beside the file in examples that read other files.
FILES = {"data/sales.csv": "day,amount\n2026-03-01,12.5\n", "texts/opening.md": "We open at nine."}
# Warnings that are no fault of an example: a database is not there, and a part does not name all that it speaks of.
EXPECTED = re.compile("environment is not set|the project never names|nothing in memory_config is named")


def roots(text):
    return re.findall(r"^([a-z_]+):", text, flags=re.M)


def whole(example):
    """The example with what a project needs beside it."""

    def blocks(kind, names):
        return ", ".join(f"{{{kind}agent_name: {name}}}" for name in names)

    def names(text):
        found = re.findall(r"agent_name: *\"?([^\",}\n]+)", text)
        return list(dict.fromkeys(name.strip() for name in found))

    if "utility_agents" not in roots(example):
        example += f"utility_agents: [{blocks('agent_class: PlanningAgent, ', names(example) or ['Planner'])}]\n"
    if "orchestrator" not in roots(example):
        # Of a super agent its members are called, too.
        leaders = re.findall(r"^super_agents:\n(?:  .*\n)*?.*?agent_name: (\w+)", example, flags=re.M)
        example += f"orchestrator: {{agent_list: [{blocks('', leaders or names(example))}]}}\n"
    return example


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_can_be_used(example, tmp_path):
    if not BINARY.exists():
        pytest.fail(MISSING)
    assert roots(example), "an example begins with a key of the file"
    for path, text in FILES.items():
        file = tmp_path / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    is_defaults = "orchestrator" in roots(example) and "agent_list" not in example
    project = tmp_path / ("defaults.yaml" if is_defaults else "project.yaml")
    project.write_text(example if is_defaults else whole(example))
    outcome = subprocess.run([str(BINARY), "validate", str(project)], capture_output=True, text=True, timeout=60)
    problems = re.findall(r"^.*(?:error|warning): .*$", outcome.stdout + outcome.stderr, flags=re.M)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert [problem for problem in problems if not EXPECTED.search(problem)] == []
