"""Projects that come over HTTP: registered, kept, rolled back, taken out of service; with a client of another language."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from servers import BINARY, ROOT, running  # noqa: E402

YAML = "application/yaml"


def project(agent, more=""):
    """A small project with one agent."""
    return (
        f"orchestrator: {{agent_list: [{{agent_name: {agent}}}]}}\n"
        f"utility_agents: [{{agent_class: PlanningAgent, agent_name: {agent}{more}}}]\n"
    )


class API:
    """What `curl` does."""

    def __init__(self, url):
        self.url = url

    def __call__(self, method, path, body=None, **headers):
        """→ (status, headers, body); JSON bodies are read."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        data = body.encode() if isinstance(body, str) else body
        request = urllib.request.Request(f"{self.url}{path}", data=data, method=method, headers=names)
        if body is not None and "Content-Type" not in names:
            request.add_header("Content-Type", YAML)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return self.read(answer)
        except urllib.error.HTTPError as error:
            return self.read(error)

    @staticmethod
    def read(answer):
        text = answer.read().decode()
        is_json = answer.headers.get("Content-Type", "").startswith("application/json")
        return answer.status, answer.headers, json.loads(text) if is_json else text


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with one project file."""
    folder = tmp_path_factory.mktemp("projects")
    (folder / "filed.yaml").write_text(project("Filer"))
    return folder


@pytest.fixture(scope="module")
def api(folder, tmp_path_factory):
    store = tmp_path_factory.mktemp("store") / "s.sqlite"
    arguments = ["serve", "--port", "0", "--projects", str(folder), "--store", str(store), "--allow-env", "DESK_*"]
    with running(arguments) as url:
        yield API(url)


def test_a_project_goes_through_its_life(api):
    path = "/api/projects/life"
    status, headers, first = api("PUT", path, project("Ada"))
    assert (status, first["name"], first["version"], first["diagnostics"]) == (201, "life", 0, [])
    tag = headers["ETag"]
    status, headers, again = api("PUT", path, project("Ada"))
    assert (status, again["version"], headers["ETag"]) == (200, 0, tag)
    status, headers, second = api("PUT", path, project("Bob"), If_Match=tag)
    assert (status, second["version"]) == (201, 1)
    status, _, refused = api("PUT", path, project("Cleo"), If_Match=tag)
    assert (status, refused["error"]["code"]) == (412, "conflict")
    assert api("PUT", path, project("Cleo"), If_None_Match="*")[0] == 412
    status, headers, shown = api("GET", path)
    assert (status, shown["version"], shown["agents"], shown["source"]) == (200, 1, ["Bob"], "http")
    assert api("GET", f"{path}:0")[2]["agents"] == ["Ada"]
    assert api("GET", f"{path}/graph")[2]["nodes"][0]["name"] == "Bob"
    status, answer, text = api("GET", f"{path}/versions/0")
    assert (status, answer["Content-Type"], text) == (200, YAML, project("Ada"))
    status, _, served = api("POST", f"{path}/serve", '{"version": 0}', Content_Type="application/json", If_Match=headers["ETag"])
    assert (status, served["version"]) == (200, 0)
    assert api("GET", path)[2]["agents"] == ["Ada"]
    assert api("DELETE", path, If_Match='"1-0"')[0] == 412
    assert api("DELETE", path)[0] == 204
    assert api("DELETE", path)[0] == 404
    assert api("GET", path)[0] == 404 and api("GET", f"{path}:0")[0] == 404
    history = api("GET", f"{path}/versions")[2]
    assert history["serving"] is None and [one["version"] for one in history["versions"]] == [1, 0]
    assert api("GET", f"{path}/versions/1")[2] == project("Bob")
    status, _, back = api("PUT", path, project("Ada"))
    assert (status, back["version"]) == (201, 2), "numbers are not used again"


def test_it_is_there_after_kill_and_start(folder, tmp_path):
    """The server ends without any warning; what it had acknowledged is there, and earlier versions can be talked to."""
    arguments = ["serve", "--port", "0", "--projects", str(folder), "--store", str(tmp_path / "s.sqlite")]
    with running(arguments) as url:
        api = API(url)
        assert [api("PUT", "/api/projects/kept", project(name))[0] for name in ("Ada", "Bob")] == [201, 201]
        pid = int(subprocess.run(["pgrep", "-f", str(tmp_path / "s.sqlite")], capture_output=True, text=True).stdout.split()[0])
        os.kill(pid, signal.SIGKILL)
    with running(arguments) as url:
        listed = API(url)("GET", "/api/projects")[2]["projects"]
        assert [(one["name"], one["version"], one["source"]) for one in listed] == [
            ("filed", 0, "file"), ("kept", 1, "http")
        ]
        assert (agents_of(url, "kept"), agents_of(url, "kept:0")) == (["Bob"], ["Ada"])
        assert agents_of(url, "kept:9") == "unknown_project"


def agents_of(url, name):
    """The agents that a conversation on that project has; else the code of the refusal."""
    import websockets

    async def call():
        async with websockets.connect(f"{url.replace('http', 'ws')}/bridge/{name}") as socket:
            message = json.loads(await socket.recv())
            if message["type"] == "error":
                return message["code"]
            return [agent if isinstance(agent, str) else agent["name"] for agent in message["session"]["agents"]]

    return asyncio.run(call())


def test_a_file_is_not_replaced(api, folder):
    status, _, answer = api("PUT", "/api/projects/filed", project("Ada"))
    assert (status, answer["error"]["code"]) == (409, "file_project")
    assert api("DELETE", "/api/projects/filed")[0] == 409
    assert api("POST", "/api/projects/filed/serve", '{"version": 0}', Content_Type="application/json")[0] == 409
    assert api("GET", "/api/projects/filed")[2]["source"] == "file"


def test_mistakes_are_those_of_the_command_line(api, tmp_path):
    text = "orchestrator: {agent_list: [{agent_name: Ada}]}\nutility_agents:\n  - {agent_class: Plan, agent_name: Ada}\n"
    (tmp_path / "bad.yaml").write_text(text)
    printed = subprocess.run([str(BINARY), "validate", "--json", str(tmp_path / "bad.yaml")], capture_output=True, text=True)
    problems = json.loads(printed.stdout)["problems"]
    for method, path in [("PUT", "/api/projects/bad"), ("POST", "/api/projects/bad/validate")]:
        status, _, answer = api(method, path, text)
        assert (status, answer["error"]["code"], answer["diagnostics"]) == (422, "invalid_project", problems)
    assert api("GET", "/api/projects/bad")[0] == 404
    assert api("POST", "/api/projects/good/validate", project("Ada"))[2] == {"valid": True, "diagnostics": []}
    assert api("GET", "/api/projects/good")[0] == 404, "nothing is kept"


def naming(config, agent="PlanningAgent", more=""):
    return (
        "orchestrator: {agent_list: [{agent_name: Ada}]}\n"
        f"utility_agents: [{{agent_class: {agent}, agent_name: Ada, config: {{{config}}}}}]\n{more}\n"
    )


def tool(variable, more=""):
    http = f'{{url: "https://desk.example/x", headers: {{Authorization: ENV:{variable}}}{more}}}'
    return naming("tools: [t]", more=f"tools: [{{name: t, description: T., http: {http}}}]")


@pytest.mark.parametrize(
    "text, what",
    [
        (tool("SECRET"), "read the variable SECRET"),
        (tool("DESK_KEY", ", allow_private: true"), "name private addresses"),
        (naming("mcp_servers: [m]", more="mcp_servers: {m: {command: sh, args: [-c, id]}}"), "name a program"),
        (naming("retriever: {retriever_class: FolderRetriever, folder: /etc}", "ResearchAgent"), "name a folder"),
        (naming("executor_config: {type: PandasExecutor, tables: [{name: t, file_path: a.csv}]}", "AnalyticsAgent"), "name a file"),
    ],
)
def test_who_sends_names_nothing_of_the_machine(api, text, what):
    status, _, answer = api("PUT", "/api/projects/sent", text)
    messages = [one["message"] for one in answer["diagnostics"] if one["severity"] == "error"]
    assert status == 422 and f"a project that was sent to the server can't {what}" in messages, answer


def test_an_allowed_variable_may_be_named(api):
    status, _, answer = api("PUT", "/api/projects/desk", tool("DESK_KEY"))
    assert status == 201, answer


def test_conversations_are_noted(api):
    api("PUT", "/api/projects/noted", project("Ada"))
    assert agents_of(api.url, "noted") == ["Ada"]
    listed = api("GET", "/api/conversations?project=noted&limit=5")[2]["conversations"]
    assert len(listed) == 1 and listed[0]["project"] == "noted" and listed[0]["version"] == 0
    assert api("GET", "/api/conversations?project=nobody")[2] == {"conversations": []}
    assert api("GET", "/api/conversations?limit=0")[0] == 400


@pytest.mark.parametrize(
    "method, path, body, headers, status",
    [
        ("PUT", "/api/projects/a%20b", project("Ada"), {}, 400),
        ("PUT", "/api/projects/x:1", project("Ada"), {}, 400),
        ("PUT", "/api/projects/x", project("Ada"), {"Content_Type": "text/html"}, 415),
        ("PUT", "/api/projects/x", project("Ada"), {"Content_Type": "application/yaml; charset=latin1"}, 415),
        ("PUT", "/api/projects/x", b"\xff\xfe", {}, 422),
        ("PUT", "/api/projects/x", "", {}, 422),
        ("PUT", "/api/projects/x", "{", {"Content_Type": "application/json"}, 422),
        ("PUT", "/api/projects/x", "#" * (1 << 20) + "\n", {}, 413),
        ("POST", "/api/projects/x/serve", "[]", {"Content_Type": "application/json"}, 400),
        ("POST", "/api/projects/x/serve", '{"version": 0}', {"Content_Type": "application/json"}, 404),
        ("GET", "/api/projects/x/versions", None, {}, 404),
        ("GET", "/api/projects/x/versions/0", None, {}, 404),
        ("GET", "/api/projects/x/versions/-1", None, {}, 404),
        ("PATCH", "/api/projects/x", "x", {}, 405),
        ("PUT", "/api/projects/x/graph", "x", {}, 405),
        ("PUT", "/api/projects/x/y/z", "x", {}, 405),
    ],
)
def test_what_is_wrong_is_said(api, method, path, body, headers, status):
    found, answer, text = api(method, path, body, **headers)
    assert found == status, text
    assert text["error"]["code"] and text["error"]["message"]
    if status == 405:
        assert "GET" in answer["Allow"]


def test_json_is_a_project(api):
    body = {
        "orchestrator": {"agent_list": [{"agent_name": "Ada"}]},
        "utility_agents": [{"agent_class": "PlanningAgent", "agent_name": "Ada", "agent_description": "Schiff 🚢"}],
    }
    for text in (json.dumps(body), json.dumps(body, indent="\t", ensure_ascii=False)):
        status, _, answer = api("PUT", "/api/projects/json", text, Content_Type="application/json")
        assert status == 201, answer
    assert api("GET", "/api/projects/json/versions/0")[2] == body


# What a generator of requests finds, and what it does not know: which texts are projects.
CHECKS = ["--phases", "coverage,fuzzing", "--exclude-checks", "positive_data_acceptance", "--max-examples", "2"]


def test_the_server_keeps_to_its_openapi_document(api, tmp_path):
    api("PUT", "/api/projects/known", project("Ada"))
    document = api("GET", "/api/openapi.json")[2]
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{api.url}/api/openapi.json", "--seed", "27", *CHECKS]
    found = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=tmp_path)
    assert found.returncode == 0, found.stdout[-4000:]
    operations = sum(len(set(path) - {"parameters"}) for path in document["paths"].values())
    # All but the document itself.
    assert f"Tested: {operations - 1}" in found.stdout, found.stdout[-500:]
    assert api("GET", "/healthz")[0] == 200


def test_every_path_is_in_the_pages(api):
    """The page for people names what the document for programs has."""
    page = (ROOT / "docs" / "http.md").read_text()
    for path, operations in api("GET", "/api/openapi.json")[2]["paths"].items():
        shown = path.replace("{name}", "NAME").replace("{version}", "N")
        for method in set(operations) - {"parameters"}:
            assert f"`{method.upper()} {shown}`" in page, f"{method} {path}"


# The command line


def parley(api, *words, stdin=None, **environment):
    command = [str(BINARY), "projects", *map(str, words)]
    environment = {**os.environ, "PARLEY_SERVER": api.url, **environment}
    done = subprocess.run(command, capture_output=True, text=True, input=stdin, env=environment, timeout=30)
    return done.returncode, done.stdout, done.stderr


def test_the_command_line_does_all_of_it(api, tmp_path):
    file = tmp_path / "shop.yaml"
    file.write_text(project("Ada"))
    assert parley(api, "push", file) == (0, "shop: version 0 is in service\n", "")
    assert parley(api, "push", file) == (0, "shop: version 0 has this text already\n", "")
    assert parley(api, "diff", "shop", file) == (0, "", "")
    file.write_text(project("Bob"))
    code, out, _ = parley(api, "diff", "shop", file)
    assert code == 1 and out == (
        "@@ -1,2 +1,2 @@\n" + "".join(f"-{line}\n" for line in project("Ada").splitlines())
        + "".join(f"+{line}\n" for line in project("Bob").splitlines())
    )
    assert parley(api, "push", "-", "--name", "shop", stdin=project("Bob"))[1] == "shop: version 1 is in service\n"
    assert parley(api, "show", "shop")[1] == project("Bob") and parley(api, "show", "shop:0")[1] == project("Ada")
    assert parley(api, "diff", "shop", "0")[0] == 1
    assert parley(api, "list")[1].splitlines().count("shop:1") == 1
    assert "filed:0  (a file of the server)" in parley(api, "list")[1]
    assert parley(api, "roll-back", "shop")[1] == "shop: version 0 is in service\n"
    assert parley(api, "roll-back", "shop") == (1, "", "parley projects: 'shop' has no version before 0\n")
    assert parley(api, "roll-back", "shop", "1", "--json")[1].startswith('{"name":"shop","version":1,')
    assert json.loads(parley(api, "list", "--json")[1])["projects"]
    assert parley(api, "delete", "shop")[1] == "shop: is out of service; running conversations keep it\n"
    code, _, error = parley(api, "delete", "shop")
    assert code == 1 and error.startswith("parley projects: the server refuses: there is no such project")
    assert "'parley projects roll-back shop VERSION'" in parley(api, "roll-back", "shop")[2]
    assert parley(api, "roll-back", "shop", "1")[0] == 0


def test_mistakes_are_printed_as_validate_prints_them(api, tmp_path):
    file = tmp_path / "bad.yaml"
    file.write_text("orchestrator: {agent_list: [{agent_name: Ada}]}\nutility_agents:\n  - {agent_class: Plan, agent_name: Ada}\n")
    checked = subprocess.run([str(BINARY), "validate", str(file)], capture_output=True, text=True)
    code, out, error = parley(api, "push", file)
    assert (code, out, error) == (1, checked.stdout, "")


@pytest.mark.parametrize(
    "words, code, error",
    [
        (["push"], 2, "push needs more arguments"),
        (["pull", "x"], 2, "'pull' is not push, list"),
        (["push", "-"], 2, "--name NAME says"),
        (["show", "a b"], 1, "'a b': a project's name consists"),
        (["show", "x:y"], 1, "'y' is no version"),
        (["show", "nobody"], 1, "the server refuses: there is no such project"),
        (["push", "/nowhere.yaml"], 1, "/nowhere.yaml: cannot be read"),
        (["list", "--server", "127.0.0.1:9"], 1, "http://127.0.0.1:9 cannot be reached"),
        (["list", "--server", "ftp://x"], 2, "--server must be"),
    ],
)
def test_wrong_use_is_explained(api, words, code, error):
    found, out, text = parley(api, *words)
    assert (found, out) == (code, "") and error in text, text
