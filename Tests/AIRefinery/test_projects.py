"""Projects over HTTP: `create_project`, `validate_config`, `download_project`; and addresses that are wrong."""

import json

import pytest

pytest.importorskip("air", reason="airefinery-sdk needs Python 3.12")

import projects  # noqa: E402
import yaml  # noqa: E402
from air import AsyncAIRefinery  # noqa: E402
from air.distiller.exceptions import AuthenticationError, ProjectCreationError, ProjectDownloadError  # noqa: E402
from servers import running  # noqa: E402

GOOD = yaml.safe_load(projects.FLOW)
BAD = {"orchestrator": {"agent_list": [{"agent_name": "Nobody"}]}, "utility_agents": []}


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = projects.write(tmp_path_factory.mktemp("projects"), advisor=projects.FLOW)
    arguments = ["serve", "--port", "0", "--projects", str(folder)]
    with running(arguments) as address:
        yield address


@pytest.fixture(scope="module")
def client(url):
    return AsyncAIRefinery(api_key="none", base_url=url).distiller


def downloaded(answer):
    return json.loads(json.loads(answer["config"]))


def test_a_configuration_is_checked(client, tmp_path):
    path = projects.write(tmp_path, good=projects.FLOW) / "good.yaml"
    assert client.validate_config(config_path=str(path))
    assert client.validate_config(config_path=str(path), send_yaml_string=True)
    assert client.validate_config(config=GOOD) and client.validate_config(config=projects.FLOW)
    assert not client.validate_config(config=BAD)
    assert not client.validate_config(config="orchestrator: [")


def test_a_project_is_downloaded(client):
    assert downloaded(client.download_project("advisor")) == GOOD
    assert downloaded(client.download_project("advisor", "0")) == GOOD


def test_projects_that_cannot_be_had(client):
    for name, version in (("nothing", None), ("advisor", "7"), ("advisor", "x")):
        with pytest.raises(ProjectDownloadError):
            client.download_project(name, version)


def test_a_project_is_created(client, capsys):
    assert client.create_project(project="made", json_config=GOOD)
    assert "version 0 " in capsys.readouterr().out
    # The same again is no new version; another one is, and the old one stays to be had.
    assert client.create_project(project="made", json_config=GOOD)
    other = json.loads(json.dumps(GOOD))
    other["orchestrator"]["system_prompt_suffix"] = "Be brief."
    assert client.create_project(project="made", json_config=other)
    assert "version 1 " in capsys.readouterr().out
    assert downloaded(client.download_project("made")) == other
    assert downloaded(client.download_project("made", "0")) == GOOD


@pytest.mark.parametrize("project, config", [("made", BAD), ("advisor", GOOD), ("x" * 101, GOOD)])
def test_projects_that_cannot_be_created(project, config, client):
    """Errors in it; a file of the server has its name; a name that no project can have."""
    with pytest.raises(ProjectCreationError):
        client.create_project(project=project, json_config=config)


@pytest.mark.parametrize("path, printed", [("/elsewhere", "405"), (None, "refused")])
def test_addresses_that_are_wrong(path, printed, url, capsys):
    with pytest.raises(AuthenticationError):
        AsyncAIRefinery(api_key="none", base_url=url + path if path else "http://127.0.0.1:9")
    assert printed in capsys.readouterr().out, "the package prints why"
