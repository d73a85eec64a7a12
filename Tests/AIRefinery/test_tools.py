"""Agents that call functions of the client while they answer: `ToolUseAgent` and `AnalyticsAgent`."""

import json

import pytest

pytest.importorskip("air", reason="airefinery-sdk needs Python 3.12")

from air import AsyncAIRefinery  # noqa: E402
from servers import doubles_environment, running  # noqa: E402

BOOK = json.dumps({"type": "function", "function": {
    "name": "book", "description": "Books a room.",
    "parameters": {"type": "object", "properties": {"day": {"type": "integer"}}, "required": ["day"]},
}})
DESK = f"""
orchestrator: {{agent_list: [{{agent_name: Desk}}]}}
utility_agents:
  - agent_class: ToolUseAgent
    agent_name: Desk
    config: {{wait_time: 20, custom_tools: ['{BOOK}']}}
base_config: {{llm_config: {{model: OpenAI/gpt-4.1-mini}}}}
"""
SALES = """
orchestrator: {agent_list: [{agent_name: Sales}]}
utility_agents:
  - agent_class: AnalyticsAgent
    agent_name: Sales
    config:
      executor_config:
        type: PandasExecutor
        executor: client
        tables: [{name: orders, file_path: FILE, columns: [{name: amount}]}]
base_config: {llm_config: {model: OpenAI/gpt-4.1-mini}}
"""
# What the stand-in for the language model says, in the order of the tests.
SAYS = [
    {"tool_calls": [{"name": "book", "arguments": {"day": 7}}]}, "The room is booked.",
    {"tool_calls": [{"name": "PandasExecutor", "arguments": {"query": "len(default_orders)"}}]}, "There are three orders.",
]


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("projects")
    table = folder / "orders.csv"
    table.write_text("amount\n1\n2\n3\n")
    (folder / "desk.yaml").write_text(DESK)
    (folder / "sales.yaml").write_text(SALES.replace("FILE", str(table)))
    script = folder.parent / "script.json"
    texts = [say if isinstance(say, str) else json.dumps(say) for say in SAYS]
    script.write_text(json.dumps({"rules": [{"wire": "openai.chat", "text": texts}]}))
    with running(["doubles", "--port", "0", "--script", str(script)]) as doubles:
        # A client whose connect() has failed leaves its connection open.
        arguments = ["serve", "--port", "0", "--drain-seconds", "0", "--projects", str(folder)]
        with running(arguments, environment=doubles_environment(doubles)) as address:
            yield address


def answer(url, loop, project, functions=None):
    async def talk():
        client = AsyncAIRefinery(api_key="none", base_url=url).distiller
        async with client(project=project, uuid="ada", executor_dict=functions) as session:
            return [(said.role, said.content) async for said in await session.query(query="Please do it.")]

    return loop(talk())


def test_a_tool(url, loop):
    booked = []

    def book(day: int):
        booked.append(day)
        return "done"

    assert answer(url, loop, "desk", {"book": book}) == [("Desk", "The room is booked.")]
    assert booked == [7]


def test_a_table(url, loop):
    assert answer(url, loop, "sales") == [("Sales", "There are three orders.")]


def test_a_function_that_is_not_there(url, loop):
    client = AsyncAIRefinery(api_key="none", base_url=url).distiller

    async def talk():
        await client.connect(project="desk", uuid="bob")

    with pytest.raises(ValueError, match="book"):
        loop(talk())
