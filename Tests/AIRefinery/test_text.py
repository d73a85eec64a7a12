"""The text client: `distiller`, over `/distiller/run`."""

import json

import pytest

pytest.importorskip("air", reason="airefinery-sdk needs Python 3.12")

import projects  # noqa: E402
import websockets  # noqa: E402
from air import AsyncAIRefinery  # noqa: E402
from air.distiller.exceptions import ProjectDownloadError, UserAlreadyConnectedError  # noqa: E402
from servers import running  # noqa: E402


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = projects.write(
        tmp_path_factory.mktemp("projects"), advisor=projects.FLOW, order=projects.ASKING.replace("WAIT", "20"),
        hurried=projects.ASKING.replace("WAIT", "1"),
    )
    with running(["serve", "--port", "0", "--projects", str(folder)]) as address:
        yield address


def client(url):
    return AsyncAIRefinery(api_key="none", base_url=url).distiller


async def ask(session, query, **more):
    """(role, content) of what is said."""
    return [(said.role, said.content) async for said in await session.query(query=query, **more)]


def test_a_flow_answers_agent_by_agent(url, loop):
    async def talk():
        async with client(url)(project="advisor", uuid="ada") as session:
            return [await ask(session, question) for question in ("How do I protect my savings?", "And my house?")]

    for said in loop(talk()):
        assert [role for role, _ in said] == ["Stock", "Currency"]
        assert all(content for _, content in said)


def test_functions_and_people_take_part(url, loop):
    asked = {}

    async def count(query, shelf, chat_history, **others):
        asked["count"] = (query, shelf, others["config"])
        return f"There are 12 on shelf {shelf}."

    async def approve(prompt):
        asked["approve"] = prompt
        return "Yes, that is right."

    async def talk():
        functions = {"Stock Count": count, "Approval": approve}
        async with client(url)(project="order", uuid="ada", executor_dict=functions) as session:
            return await ask(session, "How many screws are there?")

    said = loop(talk())
    assert [role for role, _ in said] == ["Stock Count", "Approval", "Buyer"]
    assert said[0][1] == "There are 12 on shelf 7."
    assert asked["count"] == ("How many screws are there?", 7, {"shelf": 7})
    assert said[1][1] in asked["approve"], "the question is shown, and then it is asked"


def test_the_memory_is_kept_and_asked(url, loop):
    async def count(query, env_variable):
        env_variable["shelf"] = "9"
        return f"There is room in {env_variable['city']}."

    async def approve(prompt):
        return "Yes."

    async def talk():
        functions = {"Stock Count": count, "Approval": approve}
        async with client(url)(project="order", uuid="eve", executor_dict=functions) as session:
            await session.add_memory(source="env_variable", variables_dict={"city": "Sydney"})
            said = await ask(session, "Is there room?")
            known = await session.retrieve_memory(source="env_variable")
            heard = await session.retrieve_memory(source="chat_history", n_rounds=5)
            coded = await session.retrieve_memory(source="chat_history", format="json_string")
            await session.reset_memory()
            return said, known, heard, coded, await session.retrieve_memory(source="chat_history")

    said, known, heard, coded, nothing = loop(talk())
    assert said[0] == ("Stock Count", "There is room in Sydney.")
    assert set(known.splitlines()) == {"city: Sydney", "shelf: 9"}
    assert heard.startswith("user: Is there room?") and "Stock Count: There is room in Sydney." in heard
    assert json.loads(coded)[0] == {"role": "user", "content": "Is there room?"}
    assert nothing == ""


def test_a_memory_that_cannot_be_changed_says_so(url, loop):
    async def talk():
        async with client(url)(project="advisor", uuid="ada") as session:
            await session.add_memory(source="env_variable", variables_dict={"x" * 999: "y"})
            return await session.retrieve_memory(source="env_variable")

    assert loop(talk()) == ""


def test_a_function_that_fails_is_not_waited_for_longer_than_the_project_says(url, loop):
    async def count(query):
        raise OSError("the shelf has fallen down")

    async def approve(prompt):
        return None

    async def talk():
        session = client(url)
        functions = {"Stock Count": count, "Approval": approve}
        await session.connect(project="hurried", uuid="ada", executor_dict=functions)
        said = await ask(session, "How many screws are there?")
        # What a function raised is raised by the end of the package's session.
        with pytest.raises(RuntimeError, match="fallen"):
            await session.close()
        await session.connection.close()
        return said

    said = loop(talk())
    assert said[0] == ("assistant", "Stock Count could not answer")
    assert [role for role, _ in said[1:]] == ["Approval", "Buyer"], "the flow goes on without the two answers"


def test_one_connection_for_each_user(url, loop):
    async def talk():
        async with client(url)(project="advisor", uuid="ada") as first:
            second = client(url)
            await second.connect(project="advisor", uuid="ada")
            with pytest.raises(UserAlreadyConnectedError):
                await ask(second, "Is somebody there?")
            async with client(url)(project="advisor", uuid="bob") as other:
                return await ask(first, "And now?"), await ask(other, "And me?")

    assert all(loop(talk()))


def test_projects_and_versions_that_are_not_there(url, loop):
    async def talk():
        with pytest.raises(ProjectDownloadError):
            await client(url).connect(project="nothing", uuid="ada")
        with pytest.raises(ProjectDownloadError):
            await client(url).connect(project="advisor", uuid="ada", project_version="9")
        async with client(url)(project="advisor", uuid="ada", project_version="0") as session:
            return await ask(session, "Are you there?")

    assert loop(talk())


def test_what_cannot_be_used_ends_its_request(url, loop):
    async def talk():
        async with client(url)(project="advisor", uuid="ada") as session:
            bad = [await ask(session, question) for question in ("  ", "x" * 8001)]
            await session.connection.send("[]")
            await session.connection.send(b"\xff")
            return bad, await ask(session, "Are you there?")

    bad, good = loop(talk())
    assert all(len(said) == 1 and said[0][0] == "assistant" for said in bad)
    assert [role for role, _ in good if role != "assistant"] == ["Stock", "Currency"]


def test_a_wrong_path_is_refused(url, loop):
    async def talk():
        for path in ("run/parley/advisor", "walk/parley/advisor/ada"):
            with pytest.raises(websockets.InvalidStatus) as refused:
                await websockets.connect(f"ws{url.removeprefix('http')}/distiller/{path}")
            assert refused.value.response.status_code == 404

    loop(talk())
