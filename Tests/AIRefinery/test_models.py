"""Models, chat, speech and transcription: `models`, `chat`, `audio`."""

import io
import wave

import pytest

pytest.importorskip("air", reason="airefinery-sdk needs Python 3.12")

import aiohttp  # noqa: E402
import numpy as np  # noqa: E402
import projects  # noqa: E402
import requests  # noqa: E402
from air import AIRefinery, AsyncAIRefinery  # noqa: E402
from measuring import RATE, speak  # noqa: E402
from servers import running  # noqa: E402

SENTENCE = "The weather is fine today. We should go outside."
SPEECH = {"model": "Azure/AI-Speech", "input": SENTENCE, "voice": "en-US-JennyNeural"}


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = projects.write(tmp_path_factory.mktemp("projects"), advisor=projects.FLOW)
    with running(["serve", "--port", "0", "--projects", str(folder)]) as address:
        yield address


@pytest.fixture(scope="module")
def here(url):
    return AIRefinery(api_key="none", base_url=url)


@pytest.fixture(scope="module")
def there(url):
    return AsyncAIRefinery(api_key="none", base_url=url)


def user(text):
    return [{"role": "user", "content": text}]


# MARK: Models and chat


def test_models(here, there, loop):
    names = [model.id for model in here.models.list().data]
    assert {"advisor", "Azure/AI-Transcription", "Local/Flite"} <= set(names)
    assert [model.id for model in loop(there.models.list()).data] == names


def test_a_project_is_a_model(here, there, loop):
    question = user("How do I protect my savings?")
    whole = here.chat.completions.create(model="advisor", messages=question)
    assert whole.choices[0].finish_reason == "stop" and "savings" in whole.choices[0].message.content
    versioned = loop(there.chat.completions.create(model="advisor:0", messages=question))
    assert versioned.choices[0].message.content == whole.choices[0].message.content

    async def stream():
        chunks = await there.chat.completions.create(model="advisor", messages=question, stream=True)
        return [chunk async for chunk in chunks]

    for chunks in (loop(stream()), list(here.chat.completions.create(model="advisor", messages=question, stream=True))):
        pieces = [chunk.choices[0].delta.content or "" for chunk in chunks]
        assert "".join(pieces) == whole.choices[0].message.content
        assert chunks[-1].choices[0].finish_reason == "stop"


def test_a_language_model_answers(here):
    said = here.chat.completions.create(model="Local/Planner", messages=user("Plan a trip to Sydney."))
    assert said.choices[0].message.content


@pytest.mark.parametrize("model, messages", [
    ("nothing", user("Hello?")), ("Nobody/model", user("Hello?")), ("advisor", []), ("advisor", user("  ")),
    ("advisor", [{"role": "assistant", "content": "Hello."}]),
])
def test_questions_that_cannot_be_asked(model, messages, here):
    with pytest.raises(requests.HTTPError):
        here.chat.completions.create(model=model, messages=messages)


# MARK: Speech


def test_speech_in_all_forms(here, there, loop):
    mp3 = here.audio.speech.create(**SPEECH).content
    assert mp3[0] == 0xFF and mp3[1] & 0xE0 == 0xE0, "the default is MP3"
    wav = loop(there.audio.speech.create(**SPEECH, response_format="wav", extra_body={"sample_rate": 16000})).content
    with wave.open(io.BytesIO(wav)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 16000)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert 1 < len(samples) / 16000 < 10 and np.abs(samples).max() > 1000
    pcm = here.audio.speech.create(**SPEECH, response_format="pcm", extra_body={"sample_rate": 16000}).content
    assert abs(len(pcm) - 2 * len(samples)) < 3200
    # 64 kbit/s: 8,000 bytes a second.
    assert abs(len(mp3) / 8000 - len(samples) / 16000) < 0.3


def test_speech_while_it_is_made(here, there, loop):
    async def stream(**more):
        response = await there.audio.speech.with_streaming_response.create(**SPEECH, response_format="pcm", **more)
        async with response:
            return [piece async for piece in response]

    whole = here.audio.speech.create(**SPEECH, response_format="pcm").content
    assert abs(len(b"".join(loop(stream()))) - len(whole)) < 4800
    with here.audio.speech.with_streaming_response.create(**SPEECH, response_format="pcm") as response:
        assert abs(len(b"".join(response)) - len(whole)) < 4800
    pieces = loop(stream(extra_body={"enable_word_boundary": True}))
    assert abs(sum(len(piece) for piece in pieces if isinstance(piece, bytes)) - len(whole)) < 4800


def test_words_and_when_they_are_spoken(here):
    spoken = here.audio.speech.create(**SPEECH, extra_body={"enable_word_boundary": True})
    assert spoken.content[0] == 0xFF
    last = 0
    for word in spoken.word_boundaries:
        assert SENTENCE[word.text_offset : word.text_offset + word.word_length] == word.text
        assert word.audio_offset_ms >= last
        last = word.audio_offset_ms


@pytest.mark.parametrize("change", [
    {"model": "speech"}, {"input": " "}, {"input": "a" * 5000}, {"response_format": "opus"}, {"speed": 9},
    {"extra_body": {"sample_rate": 23000}},
])
def test_speech_that_cannot_be_made(change, here, there, loop):
    with pytest.raises((requests.HTTPError, requests.RequestException)):
        here.audio.speech.create(**SPEECH | change)
    with pytest.raises(aiohttp.ClientResponseError):
        loop(there.audio.speech.create(**SPEECH | change))


# MARK: Transcription


def recording(text):
    file = io.BytesIO()
    with wave.open(file, "wb") as audio:
        audio.setparams((1, 2, RATE, 0, "NONE", ""))
        audio.writeframes(speak(text).tobytes())
    file.seek(0)
    return file


def words(text):
    return set(text.lower().replace(".", "").replace(",", "").split())


def test_transcription(here, there, loop):
    order = {"model": "Azure/AI-Transcription"}
    assert {"weather", "today"} <= words(here.audio.transcriptions.create(file=recording(SENTENCE), **order).text)
    said = loop(
        there.audio.transcriptions.create(file=recording(SENTENCE), response_format="verbose_json", **order))
    assert said.task == "transcribe" and said.language == "en-US" and said.duration > 1
    assert words(said.segments[0].text) == words(said.text)

    async def stream():
        events = await there.audio.transcriptions.create(file=recording(SENTENCE), stream=True, **order)
        return [event async for event in events]

    events = loop(stream())
    assert events[-1].type == "transcript.text.done" and {"weather", "today"} <= words(events[-1].text)


def test_recordings_that_cannot_be_read(here, there, loop):
    for file in (io.BytesIO(b"RIFF nothing"), io.BytesIO(b"")):
        with pytest.raises(requests.HTTPError):
            here.audio.transcriptions.create(model="Azure/AI-Transcription", file=file)
        file.seek(0)
        with pytest.raises(aiohttp.ClientResponseError):
            loop(there.audio.transcriptions.create(model="Azure/AI-Transcription", file=file))
