"""Microsoft's own Speech SDK (a native library) against the stand-ins, unmodified but for the host that it talks to."""

import json
import threading
import time
import urllib.error
import urllib.request
from queue import Queue

import azure.cognitiveservices.speech as speech
import pytest

QUESTION = "What is the weather going to be like tomorrow?"
TICKS = 10_000_000


def config(doubles, key="canary-key"):
    return speech.SpeechConfig(host=doubles.url.replace("http://", "ws://"), subscription=key)


def post(url, body=b"", **headers):
    request = urllib.request.Request(
        url, data=body, method="POST", headers={name.replace("_", "-"): value for name, value in headers.items()})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read()


def ssml(text, voice="en-US-JennyNeural"):
    return (f"<speak version='1.0' xmlns='http://www.w3.org/2001/10/synthesis' xml:lang='en-US'>"
            f"<voice name='{voice}'>{text}</voice></speak>").encode()


@pytest.fixture(scope="module")
def samples(server):
    """A question as the stand-in speaks it, with silence around it: PCM16 at 16 kHz."""
    audio = post(
        server.url + "/cognitiveservices/v1", ssml(QUESTION), Ocp_Apim_Subscription_Key="key", User_Agent="test",
        Content_Type="application/ssml+xml", X_Microsoft_OutputFormat="raw-16khz-16bit-mono-pcm")
    return bytes(9600) + audio + bytes(32000)


def recogniser(doubles, key="canary-key", detailed=False, language="en-US"):
    settings = config(doubles, key)
    settings.speech_recognition_language = language
    if detailed:
        settings.output_format = speech.OutputFormat.Detailed
        settings.request_word_level_timestamps()
    stream = speech.audio.PushAudioInputStream(speech.audio.AudioStreamFormat(16000, 16, 1))
    return speech.SpeechRecognizer(settings, speech.audio.AudioConfig(stream=stream)), stream


class Running:
    """Continuous recognition to its end, with all that it said."""

    def __init__(self, doubles, audio, closes=True, **options):
        self.interim, self.final, self.cancelled = [], [], None
        self.recogniser, self.stream = recogniser(doubles, **options)
        over = threading.Event()
        self.recogniser.recognizing.connect(lambda event: self.interim.append(event.result.text))
        self.recogniser.recognized.connect(lambda event: self.final.append(event.result))
        self.recogniser.canceled.connect(self.take_cancellation)
        self.recogniser.session_stopped.connect(lambda event: over.set())
        self.recogniser.start_continuous_recognition()
        self.stream.write(audio)
        if closes:
            self.stream.close()
        assert over.wait(30)

    def take_cancellation(self, event):
        self.cancelled = event.cancellation_details


# Recognition


def test_single_shot(doubles, samples):
    """The stream stays open, as a microphone's does: silence ends the phrase."""
    doubles.play({"wire": "azure.recognition", "text": [QUESTION]})
    subject, stream = recogniser(doubles)
    interim = []
    subject.recognizing.connect(lambda event: interim.append(event.result.text))
    answer = subject.recognize_once_async()
    stream.write(samples)
    result = answer.get()
    assert result.reason == speech.ResultReason.RecognizedSpeech
    assert result.text == QUESTION
    assert len(interim) > 3 and all(QUESTION.lower().startswith(text) for text in interim)
    assert 0 < result.duration < 10 * TICKS and 0 < result.offset < 2 * TICKS
    stream.close()


def test_the_engine_hears(doubles, samples):
    """Without a script the stand-in understands what was said."""
    running = Running(doubles, samples)
    assert "weather" in " ".join(result.text for result in running.final).lower()


def test_continuous_with_several_phrases(doubles, samples):
    doubles.play({"wire": "azure.recognition", "text": ["How are you? I am fine."]})
    running = Running(doubles, samples + samples, detailed=True)
    spoken = [result for result in running.final if result.reason == speech.ResultReason.RecognizedSpeech]
    assert [result.text for result in spoken] == ["How are you?", "I am fine."]
    assert spoken[0].offset + spoken[0].duration <= spoken[1].offset
    best = json.loads(spoken[0].json)["NBest"][0]
    assert best["Lexical"] == "how are you" and [word["Word"] for word in best["Words"]] == ["how", "are", "you"]
    assert running.cancelled.reason == speech.CancellationReason.EndOfStream


def test_silence_is_no_match(doubles):
    subject, stream = recogniser(doubles)
    answer = subject.recognize_once_async()
    stream.write(bytes(64000))
    stream.close()
    result = answer.get()
    assert result.reason == speech.ResultReason.NoMatch
    assert result.no_match_details.reason == speech.NoMatchReason.InitialSilenceTimeout


@pytest.mark.parametrize("rules, key, code", [
    ([], "wrong-key", speech.CancellationErrorCode.AuthenticationFailure),
    ([{"fault": {"status": 429, "retryAfter": 1}}], "key", speech.CancellationErrorCode.TooManyRequests),
    ([{"fault": {"status": 403}}], "key", speech.CancellationErrorCode.AuthenticationFailure),
    ([{"fault": {"cut": 2}, "text": [QUESTION]}], "key", speech.CancellationErrorCode.ConnectionFailure),
])
def test_recognition_faults(doubles, samples, rules, key, code):
    doubles.play(*rules)
    subject, stream = recogniser(doubles, key=key)
    answer = subject.recognize_once_async()
    stream.write(samples)
    stream.close()
    result = answer.get()
    assert result.reason == speech.ResultReason.Canceled
    assert result.cancellation_details.reason == speech.CancellationReason.Error
    assert result.cancellation_details.code == code, result.cancellation_details.error_details


# Synthesis


class Speaking:
    """One text spoken, with the words' times."""

    def __init__(self, doubles, text, key="key", voice="en-AU-WilliamNeural", is_ssml=False):
        settings = config(doubles, key)
        settings.speech_synthesis_voice_name = voice
        settings.set_speech_synthesis_output_format(speech.SpeechSynthesisOutputFormat.Raw16Khz16BitMonoPcm)
        self.words = []
        self.synthesizer = speech.SpeechSynthesizer(settings, None)
        self.synthesizer.synthesis_word_boundary.connect(self.words.append)
        # The SDK's result does not wait for its events; the last event comes behind all others.
        self.ends = Queue()
        for end in (self.synthesizer.synthesis_completed, self.synthesizer.synthesis_canceled):
            end.connect(self.ends.put)
        self.speak(text, is_ssml)

    def speak(self, text, is_ssml=False):
        say = self.synthesizer.speak_ssml_async if is_ssml else self.synthesizer.speak_text_async
        self.result = say(text).get()
        self.ends.get(timeout=30)

    @property
    def seconds(self):
        return len(self.result.audio_data) / 32000


def test_synthesis_with_word_boundaries(doubles):
    spoken = Speaking(doubles, "Hello there, you & I <both>.")
    assert spoken.result.reason == speech.ResultReason.SynthesizingAudioCompleted
    words = [event for event in spoken.words if event.boundary_type == speech.SpeechSynthesisBoundaryType.Word]
    assert [event.text for event in words] == ["Hello", "there", "you", "I", "both"]
    offsets = [event.audio_offset for event in words]
    assert offsets == sorted(offsets) and offsets[-1] < spoken.seconds * TICKS
    assert any(event.boundary_type == speech.SpeechSynthesisBoundaryType.Punctuation for event in spoken.words)
    assert 0.8 < spoken.seconds < 6
    assert abs(spoken.result.audio_duration.total_seconds() - spoken.seconds) < 0.01
    # Again on the same connection.
    spoken.speak("And once more.")
    assert spoken.result.reason == speech.ResultReason.SynthesizingAudioCompleted and spoken.seconds > 0.4
    assert doubles.events("azure.synthesis").count("opened") == 1


def test_synthesis_of_ssml(doubles):
    slow = Speaking(doubles, ssml("<prosody rate='-50%'>Take your time.</prosody>").decode(), is_ssml=True)
    fast = Speaking(doubles, ssml("<prosody rate='+100%'>Take your time.</prosody>").decode(), is_ssml=True)
    assert slow.seconds > 1.5 * fast.seconds


def test_stopping_closes_or_leaves(doubles):
    """How the SDK stops: it closes the socket. The stand-in notices in the middle of the text."""
    doubles.play({"wire": "azure.synthesis", "betweenMs": 100})
    settings = config(doubles)
    settings.speech_synthesis_voice_name = "en-US-JennyNeural"
    synthesizer = speech.SpeechSynthesizer(settings, None)
    began = threading.Event()
    synthesizer.synthesizing.connect(lambda event: began.set())
    answer = synthesizer.speak_text_async("This is a sentence of some length. " * 10)
    assert began.wait(20)
    synthesizer.stop_speaking_async().get()
    assert answer.get().reason == speech.ResultReason.Canceled
    deadline = time.monotonic() + 10
    while "cancelled" not in doubles.events("azure.synthesis"):
        assert time.monotonic() < deadline


@pytest.mark.parametrize("rules, key, code", [
    ([], "wrong-key", speech.CancellationErrorCode.AuthenticationFailure),
    ([{"fault": {"status": 429}}], "key", speech.CancellationErrorCode.TooManyRequests),
    ([{"fault": {"cut": 2}}], "key", speech.CancellationErrorCode.ConnectionFailure),
])
def test_synthesis_faults(doubles, rules, key, code):
    doubles.play(*rules)
    spoken = Speaking(doubles, "One sentence to be spoken.", key=key)
    assert spoken.result.reason == speech.ResultReason.Canceled
    assert spoken.result.cancellation_details.error_code == code, spoken.result.cancellation_details.error_details


def test_bad_ssml_is_a_bad_request(doubles):
    spoken = Speaking(doubles, "<speak>no version</speak>", is_ssml=True)
    assert spoken.result.cancellation_details.error_code == speech.CancellationErrorCode.BadRequest


# Tokens


def test_tokens(doubles):
    """A token from the stand-in is taken by it, and by the SDK as authorisation."""
    token = post(doubles.url + "/sts/v1.0/issueToken", Ocp_Apim_Subscription_Key="key").decode()
    assert token.count(".") == 2
    settings = speech.SpeechConfig(host=doubles.url.replace("http://", "ws://"))
    settings.authorization_token = token
    settings.speech_synthesis_voice_name = "en-US-JennyNeural"
    result = speech.SpeechSynthesizer(settings, None).speak_text_async("Hello.").get()
    assert result.reason == speech.ResultReason.SynthesizingAudioCompleted
    with pytest.raises(urllib.error.HTTPError) as refusal:
        post(doubles.url + "/sts/v1.0/issueToken", Ocp_Apim_Subscription_Key="wrong-key")
    assert refusal.value.code == 401
