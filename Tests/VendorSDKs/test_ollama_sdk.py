"""Ollama's own client takes the stand-in for a server."""

import json

import httpx
import ollama
import pytest

QUESTION = [{"role": "system", "content": "You are Ada.\nYou cook."}, {"role": "user", "content": "How long does rice take?"}]


@pytest.fixture
def client(doubles):
    return ollama.Client(host=doubles.environment["OLLAMA_HOST"], timeout=20)


def chat(client, **options):
    return client.chat(model="llama3.2", messages=QUESTION, **options)


def rate(pair: str) -> float:
    """An exchange rate.

    Args:
      pair: such as EUR/USD
    """
    return 1.1


def test_answers_at_once(client):
    answer = chat(client)
    assert len(answer.message.content) > 20
    assert answer.done and answer.done_reason == "stop" and answer.eval_count > 0 and answer.prompt_eval_count > 0


def test_streams(client, doubles):
    doubles.play({"wire": "ollama.chat", "text": 'Words with "quotes", ümlauts\nand 😀.'})
    parts = list(chat(client, stream=True))
    assert "".join(part.message.content for part in parts) == 'Words with "quotes", ümlauts\nand 😀.'
    assert len(parts) > 4
    assert [part.done for part in parts] == [False] * (len(parts) - 1) + [True]
    assert parts[-1].total_duration > 0
    assert doubles.events("ollama.chat") == ["request", "firstPiece", "finished"]


@pytest.mark.parametrize("streams", [False, True])
def test_calls_of_tools_have_objects_for_arguments(client, doubles, streams):
    doubles.play({"text": json.dumps({"tool_calls": [{"name": "rate", "arguments": {"pair": "EUR/USD"}}]})})
    answer = chat(client, tools=[rate], stream=streams)
    parts = list(answer) if streams else [answer]
    calls = [call for part in parts for call in part.message.tool_calls or []]
    assert [(call.function.name, call.function.arguments) for call in calls] == [("rate", {"pair": "EUR/USD"})]


@pytest.mark.parametrize("streams", [False, True])
def test_structured_output(client, doubles, streams):
    doubles.play({"text": "Yes, it does."})
    schema = {"type": "object", "properties": {"holds": {"type": "boolean"}}, "required": ["holds"]}
    answer = chat(client, format=schema, stream=streams)
    parts = list(answer) if streams else [answer]
    assert json.loads("".join(part.message.content for part in parts)) == {"holds": True}


def test_an_object_of_any_kind(client):
    assert isinstance(json.loads(chat(client, format="json").message.content), dict)


def test_what_clients_ask_before(client):
    assert client.list().models[0].model == "doubles:latest"


def test_a_model_that_is_not_there(client):
    with pytest.raises(ollama.ResponseError) as refused:
        client.chat(model="no-such-model", messages=QUESTION)
    assert refused.value.status_code == 404 and refused.value.error == "model 'no-such-model' not found"


def test_a_wrong_key(doubles):
    client = ollama.Client(host=doubles.environment["OLLAMA_HOST"], headers={"Authorization": "Bearer wrong-key"})
    with pytest.raises(ollama.ResponseError) as refused:
        list(chat(client, stream=True))
    assert refused.value.status_code == 401


def test_a_rate_limit(client, doubles):
    doubles.play({"fault": {"status": 429, "retryAfter": 2}})
    with pytest.raises(ollama.ResponseError) as refused:
        list(chat(client, stream=True))
    assert refused.value.status_code == 429


@pytest.mark.parametrize("pieces", [0, 2])
def test_a_cut(client, doubles, pieces):
    doubles.play({"text": "One two three four.", "fault": {"cut": pieces}})
    parts = []
    with pytest.raises(httpx.RemoteProtocolError):
        for part in chat(client, stream=True):
            parts.append(part.message.content)
    assert parts == ["One", " two"][:pieces]


def test_a_stall(doubles):
    client = ollama.Client(host=doubles.environment["OLLAMA_HOST"], timeout=0.5)
    doubles.play({"text": "One two three.", "fault": {"stall": 1}})
    with pytest.raises(httpx.ReadTimeout):
        list(chat(client, stream=True))


def test_a_broken_line(client, doubles):
    doubles.play({"text": "One two three.", "fault": {"malformed": 1}})
    with pytest.raises(json.JSONDecodeError):
        list(chat(client, stream=True))


def test_a_silent_success(client, doubles):
    doubles.play({"text": "Not said.", "fault": "silent"})
    assert "".join(part.message.content for part in chat(client, stream=True)) == ""
