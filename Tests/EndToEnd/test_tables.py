"""An AnalyticsAgent over the bridge: a model that speaks tools asks a CSV file, wrongly at first, and says what it counts."""

import contextlib
import http.server
import json
import subprocess
import threading

from servers import BINARY, ROOT, running

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
        if last["role"] != "tool":
            delta = self.query(WRONG)
        elif "no such column" in last["content"]:
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
        number = len(self.server.seen)
        function = {"name": "query_tables", "arguments": json.dumps({"sql": sql})}
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
