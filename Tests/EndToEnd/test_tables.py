"""An AnalyticsAgent over the bridge: a model that speaks tools asks a CSV file, wrongly at first, and says what it counts."""

import asyncio
import contextlib
import http.server
import json
import subprocess
import threading

from servers import BINARY, ROOT, Address, postgres, running
from websockets.asyncio.client import connect

PROJECT = """
providers:
  desk: {kind: openai, base_url: "DESK/v1", api_key: ENV:DESK_KEY}
base_config:
  llm_config: {model: desk/small}
orchestrator:
  agent_list: [{agent_name: Figures}]
utility_agents:
  - agent_class: AnalyticsAgent
    agent_name: Figures
    agent_description: Answers questions on the orders.
    config:
      executor_config:
        type: PandasExecutor
        tables:
          - {name: orders, file_path: data/orders.csv, description: One row for each order.}
"""

ORDERS = "day,city,note\n" + "".join(
    f'2026-03-{day:02},{city},"a ""note"",\nof two lines"\n' for day in range(1, 18) for city in ("Ulm", "Rome"))

WRONG = "SELECT count(*) FROM orders WHERE town = 'Ulm'"
RIGHT = "SELECT count(*) AS n FROM orders WHERE city = 'Ulm'"


class Model(http.server.BaseHTTPRequestHandler):
    """Chat completions: it writes what follows from the last message."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append(body)
        last = body["messages"][-1]
        system = body["messages"][0]["content"]
        if last["role"] != "tool" and "default_NAME" in system:
            delta = self.call("PandasExecutor", {"query": "len(default_orders)"})
        elif last["role"] == "tool" and "orders_of_the_client" in last["content"]:
            delta = {"content": "The client counted 5 orders."}
        elif last["role"] == "tool" and ("broke" in last["content"] or "reached" in last["content"]):
            delta = {"content": "The database is away."}
        elif last["role"] != "tool":
            delta = self.query(WRONG)
        elif "no such column" in last["content"] or "does not exist" in last["content"]:
            delta = self.query(RIGHT)
        else:
            number = json.loads(last["content"])["rows"][0][0]
            delta = {"content": f"There are {number} orders from Ulm."}
        reason = "tool_calls" if "tool_calls" in delta else "stop"
        chunks = [{"index": 0, "delta": delta}, {"index": 0, "delta": {}, "finish_reason": reason}]
        lines = [json.dumps({"id": "x", "object": "chat.completion.chunk", "choices": [chunk]}) for chunk in chunks]
        answer = "".join(f"data: {line}\n\n" for line in [*lines, "[DONE]"]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def query(self, sql):
        return self.call("query_tables", {"sql": sql})

    def call(self, name, arguments):
        number = len(self.server.seen)
        function = {"name": name, "arguments": json.dumps(arguments)}
        return {"tool_calls": [{"index": 0, "id": f"call_{number}", "type": "function", "function": function}]}

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def model():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Model)
    server.seen = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def project(tmp_path, text, orders=ORDERS):
    folder = tmp_path / "projects" / "orders"
    (folder / "data").mkdir(parents=True)
    (folder / "config.yaml").write_text(text)
    if orders:
        (folder / "data" / "orders.csv").write_text(orders)
    return folder.parent


def asked(server, text):
    """What the server tells a caller who asks that."""
    called = subprocess.run(
        [str(BINARY), "call", f"{server}/bridge/orders", "--json", "--text", text],
        capture_output=True, text=True, timeout=90, cwd=ROOT)
    assert called.returncode == 0, called.stderr + called.stdout[-2000:]
    return [json.loads(line) for line in called.stdout.splitlines() if line.startswith("{")]


def written(told):
    return "".join(event["text"] for event in told if event["type"] == "response.text.delta")


def test_a_model_counts_a_file(tmp_path):
    with model() as (standin, address):
        projects = project(tmp_path, PROJECT.replace("DESK/", f"{address}/"))
        arguments = ["serve", "--strict-providers", "--strict-agents", "--port", "0", "--projects", str(projects)]
        with open(tmp_path / "log", "w") as log, running(arguments, {"DESK_KEY": "sk-canary"}, log=log) as server:
            told = asked(server, "How many orders came from Ulm?")
    assert written(told).strip() == "There are 17 orders from Ulm."
    first, second, third = standin.seen[-3:]
    (tool,) = first["tools"]
    assert tool["function"]["name"] == "query_tables"
    system = first["messages"][0]["content"]
    assert 'Table "orders" (34 rows): One row for each order.' in system
    assert "* \"city\" TEXT; all values: 'Ulm', 'Rome'" in system
    # What was wrong is told with what there is.
    mended = second["messages"][-1]["content"]
    assert "no such column: town" in mended and '"orders" ("day", "city", "note")' in mended
    assert json.loads(third["messages"][-1]["content"]) == {"columns": ["n"], "rows": [[17]]}
    # Neither queries nor data are in the log.
    lines = (tmp_path / "log").read_text()
    assert "SELECT" not in lines and "Ulm" not in lines and "Rome" not in lines


def test_without_a_model_that_calls_tools_nothing_is_made_up(tmp_path):
    projects = project(tmp_path, PROJECT.replace("desk/small", "Local/Planner").replace("DESK/", "http://127.0.0.1:9/"))
    with running(["serve", "--port", "0", "--projects", str(projects)], {"DESK_KEY": "x"}) as server:
        told = asked(server, "How many orders came from Ulm?")
    assert "I cannot compute with the table orders here." in written(told)
    assert "17" not in written(told)


def test_without_its_file_the_agent_is_stood_in_for(tmp_path):
    text = PROJECT.replace("desk/small", "Local/Planner").replace("DESK/", "http://127.0.0.1:9/")
    projects = project(tmp_path, text, orders=None)
    arguments = ["serve", "--port", "0", "--projects", str(projects)]
    strict = subprocess.run(
        [str(BINARY), *arguments, "--strict-agents"], capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert strict.returncode != 0 and "AnalyticsAgent" in strict.stderr
    with open(tmp_path / "log", "w") as log, running(arguments, log=log) as server:
        told = asked(server, "How many orders came from Ulm?")
    assert "data/orders.csv" in (tmp_path / "log").read_text()
    assert "I cannot read tables and databases here." in written(told)


def psql(folder, sql):
    subprocess.run(
        ["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-h", folder, "-U", "parley", "-d", "postgres", "-c", sql],
        check=True, capture_output=True, timeout=60)


def test_a_model_counts_in_postgresql(tmp_path):
    """Read-only, by a user with a password that is in no log; a server that leaves is told to the model."""
    text = PROJECT.replace("type: PandasExecutor", "type: PostgresExecutor\n        db_config: {url: ENV:SHOP_DATABASE}")
    text = text.replace("file_path: data/orders.csv", "schema_name: shop")
    arguments = ["serve", "--strict-providers", "--strict-agents", "--port", "0", "--projects"]
    with model() as (standin, address), contextlib.ExitStack() as database:
        folder = database.enter_context(postgres())
        psql(folder, "CREATE SCHEMA shop; CREATE TABLE shop.orders (day date, city text); "
             "INSERT INTO shop.orders SELECT '2026-03-01', c FROM generate_series(1, 17), (VALUES ('Ulm'), ('Rome')) AS v(c); "
             "GRANT USAGE ON SCHEMA shop TO guest; GRANT SELECT ON shop.orders TO guest")
        url = f"postgresql://guest:guest-canary@{folder.replace('/', '%2F')}/postgres"
        projects = project(tmp_path, text.replace("DESK/", f"{address}/"), orders=None)
        environment = {"DESK_KEY": "sk-canary", "SHOP_DATABASE": url}
        with open(tmp_path / "log", "w") as log, running([*arguments, str(projects)], environment, log=log) as server:
            told = asked(server, "How many orders came from Ulm?")
            assert written(told).strip() == "There are 17 orders from Ulm."
            first, second, third = standin.seen[-3:]
            system = first["messages"][0]["content"]
            assert "as PostgreSQL has it" in system and "* \"city\" text; for example 'Ulm', 'Rome'" in system
            mended = second["messages"][-1]["content"]
            assert 'column "town" does not exist' in mended and '"orders" ("day", "city")' in mended
            assert json.loads(third["messages"][-1]["content"]) == {"columns": ["n"], "rows": [[17]]}
            database.close()
            told = asked(server, "And now?")
            assert written(told).strip() == "The database is away."
    lines = (tmp_path / "log").read_text()
    assert not [word for word in ("SELECT", "Ulm", "canary", "guest", folder) if word in lines]


def test_the_client_runs_the_queries(tmp_path):
    text = PROJECT.replace("type: PandasExecutor", "type: PandasExecutor\n        executor: client")

    async def turn(server):
        said = []
        async with asyncio.timeout(60), connect(f"ws://{server.host}:{server.port}/bridge/orders", max_size=None) as socket:
            await socket.send(json.dumps({"type": "input_text", "text": "How many orders?"}))
            async for message in socket:
                said.append(json.loads(message))
                if said[-1]["type"] == "tool.called":
                    assert said[-1]["name"] == "PandasExecutor"
                    assert json.loads(said[-1]["arguments"]) == {"query": "len(default_orders)"}
                    output = "([{'orders_of_the_client': 5}], True)"
                    await socket.send(
                        json.dumps({"type": "tool.result", "call_id": said[-1]["call_id"], "output": output}))
                if said[-1]["type"] == "response.done":
                    return said

    with model() as (standin, address):
        projects = project(tmp_path, text.replace("DESK/", f"{address}/"), orders=None)
        arguments = ["serve", "--strict-providers", "--strict-agents", "--port", "0", "--projects", str(projects)]
        with running(arguments, {"DESK_KEY": "sk-canary"}) as server:
            told = asyncio.run(turn(Address(server)))
    assert [event["status"] for event in told if event["type"] == "tool.finished"] == ["completed"]
    assert written(told).strip() == "The client counted 5 orders."
    (tool,) = standin.seen[-2]["tools"]
    assert list(tool["function"]["parameters"]["properties"]) == ["query"]
    assert 'Table "orders": One row for each order.' in standin.seen[-2]["messages"][0]["content"]
