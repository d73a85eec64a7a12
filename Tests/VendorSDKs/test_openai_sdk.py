"""OpenAI's own client takes the stand-in for the service: chat, tools, transcription, speech, Azure, and what goes wrong."""

import io
import json
import wave

import openai
import pytest

QUESTION = [
    {"role": "system", "content": "You are Ada.\nYou plan savings."},
    {"role": "user", "content": "How can I protect my investments?"},
]
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "rate",
            "description": "An exchange rate",
            "parameters": {"type": "object", "properties": {"pair": {"type": "string"}}},
        },
    }
]
CALLS = json.dumps(
    {
        "content": "One moment.",
        "tool_calls": [
            {"name": "rate", "arguments": {"pair": "EUR/USD"}},
            {"name": "rate", "arguments": {"pair": "GBP/USD", "days": [1, 2]}},
        ],
    }
)


@pytest.fixture
def client(doubles):
    return openai.OpenAI(
        base_url=doubles.environment["OPENAI_BASE_URL"], api_key=doubles.environment["OPENAI_API_KEY"],
        max_retries=0, timeout=20,
    )


@pytest.fixture
def azure(doubles):
    return openai.AzureOpenAI(
        azure_endpoint=doubles.environment["AZURE_OPENAI_ENDPOINT"], api_key="doubles", api_version="2024-10-21",
        max_retries=0, timeout=20,
    )


def chat(client, **options):
    return client.chat.completions.create(model="gpt-4.1-mini", messages=QUESTION, **options)


def text(chunks):
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


# ------------------------------------------------------------------------------------------------------------- chat


def test_answers_at_once(client):
    answer = chat(client)
    assert answer.choices[0].finish_reason == "stop"
    assert len(answer.choices[0].message.content) > 40
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 0
    assert answer._request_id.startswith("req_")


def test_streams_with_usage(client, doubles):
    doubles.play({"wire": "openai.chat", "text": 'Words with "quotes", ümlauts\nand 😀.'})
    chunks = list(chat(client, stream=True, stream_options={"include_usage": True}))
    assert text(chunks) == 'Words with "quotes", ümlauts\nand 😀.'
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].choices == [] and chunks[-1].usage.completion_tokens > 0
    assert all(chunk.usage is None for chunk in chunks[:-1])
    assert len({chunk.id for chunk in chunks}) == 1
    assert doubles.events("openai.chat") == ["request", "firstPiece", "finished"]


def test_the_streaming_helper_puts_tool_calls_together(client, doubles):
    doubles.play({"text": CALLS})
    with client.chat.completions.stream(model="gpt-4.1-mini", messages=QUESTION, tools=TOOLS) as stream:
        message = stream.get_final_completion().choices[0]
    assert message.finish_reason == "tool_calls"
    assert message.message.content == "One moment."
    assert [json.loads(call.function.arguments) for call in message.message.tool_calls] == [
        {"pair": "EUR/USD"}, {"pair": "GBP/USD", "days": [1, 2]},
    ]
    assert len({call.id for call in message.message.tool_calls}) == 2


def test_tool_calls_at_once(client, doubles):
    doubles.play({"text": CALLS})
    answer = chat(client, tools=TOOLS).choices[0]
    assert answer.finish_reason == "tool_calls"
    assert [call.function.name for call in answer.message.tool_calls] == ["rate", "rate"]


def test_azure(azure, doubles):
    doubles.play({"text": "From a deployment."})
    chunks = list(chat(azure, stream=True))
    assert chunks[0].choices == [] and chunks[0].model_extra["prompt_filter_results"]
    assert text(chunks) == "From a deployment."


def test_speaks_the_words_of_the_script_in_turn(client, doubles):
    doubles.play({"text": ["One.", "Two."]})
    assert [chat(client).choices[0].message.content for _ in range(3)] == ["One.", "Two.", "One."]


# ------------------------------------------------------------------------------------------------- what goes wrong


def test_a_wrong_key(client, azure):
    with pytest.raises(openai.AuthenticationError) as refused:
        chat(client.with_options(api_key="wrong-key"))
    assert refused.value.code == "invalid_api_key"
    with pytest.raises(openai.AuthenticationError):
        chat(azure.with_options(api_key="wrong-key"))


def test_a_model_that_is_not_there(client):
    with pytest.raises(openai.NotFoundError) as refused:
        client.chat.completions.create(model="no-such-model", messages=QUESTION)
    assert refused.value.code == "model_not_found"


@pytest.mark.parametrize(
    "options",
    [
        {"messages": []}, {"messages": [{"role": "boss", "content": "x"}]}, {"temperature": 5}, {"tools": []},
        {"top_p": 1.5}, {"max_tokens": 0}, {"max_tokens": 9, "max_completion_tokens": 9}, {"model": "o3", "max_tokens": 9},
        {"stream_options": {"include_usage": True}},
        {"tools": [{"type": "function", "function": {"name": "two words"}}]},
    ],
)
def test_requests_that_make_no_sense(client, options):
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(**{"model": "gpt-4.1-mini", "messages": QUESTION, **options})
    assert refused.value.type == "invalid_request_error"


def choice(names):
    return {
        "type": "json_schema",
        "json_schema": {
            "name": "answer",
            "strict": True,
            "schema": {
                "type": "object",
                "properties": {"agent": {"type": "string", "enum": names}},
                "required": ["agent"],
                "additionalProperties": False,
            },
        },
    }


@pytest.mark.parametrize("streams", [False, True])
def test_structured_output(client, doubles, streams):
    doubles.play({"text": "Bob, I think."})
    answer = chat(client, response_format=choice(["Ada", "Bob"]), stream=streams)
    content = text(answer) if streams else answer.choices[0].message.content
    assert json.loads(content) == {"agent": "Bob"}


def test_an_object_of_any_kind(client):
    messages = [{"role": "user", "content": "Hello, in JSON."}]
    answer = chat(client, response_format={"type": "text"})
    assert not answer.choices[0].message.content.startswith("{")
    answer = client.chat.completions.create(model="gpt-4.1-mini", messages=messages, response_format={"type": "json_object"})
    assert isinstance(json.loads(answer.choices[0].message.content), dict)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "xml"}, {"type": "json_object"}, {"json_schema": None},
        {"json_schema": {"name": "two words", "schema": {"type": "object"}}},
        {"json_schema": {"name": "open", "strict": True, "schema": {"type": "object", "properties": {}}}},
        {"json_schema": choice([])["json_schema"]},
    ],
)
def test_formats_that_cannot_be(client, change):
    with pytest.raises(openai.BadRequestError):
        chat(client, response_format={**choice(["Ada"]), **change})


def test_an_answer_may_be_bounded(client, doubles):
    doubles.play({"text": "One two three four five."})
    options = {"model": "o3", "messages": QUESTION, "max_completion_tokens": 3}
    choice = client.chat.completions.create(**options).choices[0]
    assert (choice.message.content, choice.finish_reason) == ("One two", "length")
    chunks = list(client.chat.completions.create(**options, stream=True))
    assert [chunk.choices[0].finish_reason for chunk in chunks][-1] == "length"


def test_a_rate_limit_says_when_to_come_back(client, doubles):
    doubles.play({"fault": {"status": 429, "retryAfter": 7}})
    with pytest.raises(openai.RateLimitError) as refused:
        chat(client)
    assert refused.value.response.headers["retry-after"] == "7"
    assert refused.value.code == "rate_limit_exceeded"


def test_the_client_comes_back_by_itself(client, doubles):
    doubles.play({"times": 1, "fault": {"status": 503, "retryAfter": 0}}, {"text": "Here again."})
    assert chat(client.with_options(max_retries=2)).choices[0].message.content == "Here again."
    assert doubles.events("openai.chat")[:3] == ["request", "refused", "request"]


@pytest.mark.parametrize("pieces", [0, 2])
def test_a_cut(client, doubles, pieces):
    doubles.play({"text": "One two three four.", "fault": {"cut": pieces}})
    chunks = []
    with pytest.raises(openai.APIConnectionError):
        for chunk in chat(client, stream=True):
            chunks.append(chunk)
    assert text(chunks) == " ".join("One two three four.".split()[:pieces])


def test_a_stall(client, doubles):
    doubles.play({"text": "One two three.", "fault": {"stall": 1}})
    with pytest.raises(openai.APITimeoutError):
        list(chat(client.with_options(timeout=0.5), stream=True))


def test_a_broken_chunk(client, doubles):
    doubles.play({"text": "One two three.", "fault": {"malformed": 1}})
    with pytest.raises(json.JSONDecodeError):
        list(chat(client, stream=True))


def test_a_silent_success(client, doubles):
    doubles.play({"text": "Not said.", "fault": "silent"})
    assert text(chat(client, stream=True)) == ""
    assert chat(client).choices[0].message.content == ""


# --------------------------------------------------------------------------------------------- speech and transcripts


def speech(client, **options):
    return client.audio.speech.with_streaming_response.create(
        **{"model": "gpt-4o-mini-tts", "voice": "coral", "response_format": "pcm", **options}
    )


@pytest.fixture
def recording(client):
    with speech(client, input="How can I protect my investments against currency risk?", response_format="wav") as answer:
        return answer.read()


def test_speech_is_streamed_to_a_file(client, tmp_path):
    path = tmp_path / "speech.pcm"
    with speech(client, input="A sentence that is spoken aloud.") as answer:
        answer.stream_to_file(path)
    seconds = path.stat().st_size / 2 / 24000
    assert path.stat().st_size % 2 == 0 and 1 < seconds < 6


def test_voices_differ_and_have_a_pace(client):
    def sound(**options):
        with speech(client, input="A sentence that is spoken aloud.", **options) as answer:
            return answer.read()

    assert sound(voice="alloy") != sound(voice="onyx")
    assert len(sound(speed=0.5)) > 1.5 * len(sound())


@pytest.mark.parametrize("options", [{"voice": "nobody"}, {"speed": 9}, {"input": ""}, {"response_format": "mp3"}])
def test_speech_that_cannot_be(client, options):
    with pytest.raises(openai.BadRequestError), speech(client, **{"input": "Hello.", **options}):
        pass


def test_a_wav_is_transcribed(client, recording):
    with wave.open(io.BytesIO(recording)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (24000, 1, 2)
    answer = client.audio.transcriptions.create(model="gpt-4o-transcribe", file=("speech.wav", recording))
    assert {"protect", "investments", "currency"} <= set(answer.text.lower().split())
    assert answer.usage.type == "tokens"


def test_a_transcript_is_streamed(client, recording, doubles):
    doubles.play({"wire": "openai.transcriptions", "text": "Scripted words, in turn.", "finalMs": 30})
    events = list(
        client.audio.transcriptions.create(
            model="gpt-4o-mini-transcribe", file=("speech.wav", recording), language="en", stream=True
        )
    )
    assert "".join(event.delta for event in events[:-1]) == "Scripted words, in turn."
    assert events[-1].type == "transcript.text.done" and events[-1].text == "Scripted words, in turn."


def test_whisper_does_not_stream_and_has_its_formats(client, recording, doubles):
    doubles.play({"wire": "openai.transcriptions", "text": "Scripted words."})

    def transcribe(**options):
        return client.audio.transcriptions.create(model="whisper-1", file=("speech.wav", recording), **options)

    assert transcribe().text == "Scripted words."
    assert transcribe(response_format="text") == "Scripted words.\n"
    assert "00:00:00,000 --> 00:00:0" in transcribe(response_format="srt")
    assert transcribe(response_format="vtt").startswith("WEBVTT")
    verbose = transcribe(response_format="verbose_json", language="en")
    assert verbose.segments[0].text == "Scripted words." and 1 < float(verbose.duration) < 8


@pytest.mark.parametrize(
    "options",
    [
        {"file": ("speech.txt", b"RIFF")}, {"file": ("speech.wav", b"no sound")}, {"language": "English, please"},
        {"response_format": "srt"},
    ],
)
def test_transcripts_that_cannot_be(client, recording, options):
    with pytest.raises(openai.BadRequestError):
        client.audio.transcriptions.create(
            **{"model": "gpt-4o-transcribe", "file": ("speech.wav", recording), **options}
        )


def test_too_short_to_hold_a_word(client, recording):
    with pytest.raises(openai.BadRequestError) as refused:
        client.audio.transcriptions.create(model="gpt-4o-transcribe", file=("speech.wav", recording[: 44 + 2000]))
    assert refused.value.code == "audio_too_short"
