"""The whole loop in a browser, offline: a question is spoken, planners answer in turn, one is talked over.

Runs the server named by PARLEY_BINARY (default .build/release/parley) with the repository's projects.
"""

import pytest
from microphone import one_question, two_questions
from speech import pitch_of
from waiting import wait_until

# The project ends a turn after 3.5 s of silence. Nine seconds after the question the answer, tens of seconds
# long, is being spoken; an answer that took longer than five seconds to begin would fail here, and should.
BETWEEN_SECONDS = 9.0
PROJECT = "investment-advisor"


@pytest.fixture
def console(browse, parley):
    """Opens the console page on the tutorial's project."""

    def open_console(**options):
        page = browse(f"{parley}/#keep-audio", **options)
        wait_until(page, "window.parley && document.querySelector('.graph-node')")
        if page.is_visible("#project"):
            page.select_option("#project", PROJECT)
        wait_until(page, "document.querySelector('[data-id$=\"/Currency Planner\"]')")
        return page

    return open_console


def caller_says(page, words, seconds=40):
    """Waits for the caller's final words to contain one of `words`; returns the text."""
    find = f"""parley.transcript.filter((entry) => entry.kind === 'caller' && entry.status === 'final')
        .map((entry) => entry.text).find((text) => {words!r}.some((word) => text.toLowerCase().includes(word)))"""
    return wait_until(page, find, seconds)


def test_planners_answer_a_spoken_question_each_in_its_own_voice(console, tmp_path):
    page = console(microphone=one_question(tmp_path / "one.wav"))
    page.click("#start")
    wait_until(page, "parley.phase === 'listening'")
    text = caller_says(page, ["investments"]).lower()
    assert "investments" in text and "currency" in text
    # Two agents heard for longer than a word each: by the output's own clock, not by what was received.
    heard = "Object.entries(parley.playedSecondsByAgent).filter(([, seconds]) => seconds > 3).map(([role]) => role)"
    roles = wait_until(page, f"({heard}).length >= 2 && {heard}", 180)
    pitches = {}
    for role in roles[:2]:
        pitches[role] = pitch_of(page.evaluate(f"parley.audioOf({role!r}).slice(0, 10 * 16000)"))
    print("median pitch:", pitches)
    assert None not in pitches.values()
    low, high = sorted(pitches.values())
    assert high / low > 1.1, f"two voices, not one: {pitches}"
    for role in roles[:2]:
        text = page.evaluate(f"parley.transcript.find((entry) => entry.role === {role!r})?.text")
        assert text, f"{role} was heard, but its words are not in the transcript"
    # The flow graph followed: the second speaker is lit, or has finished by now.
    states = page.evaluate("parley.graph")
    assert states[f"Investment Strategy Advisor/{roles[0]}"] in ("spoken", "speaking")


def test_a_question_spoken_over_the_answer_silences_it_and_is_answered(console, tmp_path):
    page = console(microphone=two_questions(tmp_path / "two.wav", BETWEEN_SECONDS))
    page.click("#start")
    caller_says(page, ["investments"])
    wait_until(page, "parley.phase === 'speaking'")
    speaker = page.evaluate("parley.speaker")
    wait_until(page, "parley.eventCounts['response.interrupted'] === 1", 30)
    flush = wait_until(page, "parley.flushes[0]?.silentAfterMilliseconds && parley.flushes[0]")
    print("flush:", flush)
    assert page.evaluate("parley.speaker") is None
    played = page.evaluate("parley.playedSecondsByAgent")
    wait_until(page, "parley.transcript.some((entry) => entry.status === 'interrupted')")
    interrupted = page.evaluate("parley.transcript.filter((entry) => entry.status === 'interrupted')")
    assert [entry["role"] for entry in interrupted] == [speaker]
    # What was spoken over the answer is the next turn, from its first words.
    second = caller_says(page, ["stock", "money"])
    print("second question:", second)
    before_second_answer = page.evaluate("parley.playedSecondsByAgent")
    if page.evaluate("parley.eventCounts['response.created']") == 1:
        assert before_second_answer == played, "audio of the interrupted response was played"
    wait_until(page, "parley.eventCounts['response.created'] === 2", 30)
    wait_until(page, "parley.phase === 'speaking'", 30)
    first = interrupted[0]["response"]
    answers = f"parley.transcript.filter((entry) => entry.kind === 'agent' && entry.response !== {first!r})"
    assert wait_until(page, f"({answers})[0]?.text")
    assert page.evaluate("parley.eventCounts['response.done']") == 1


def test_a_typed_question_is_answered_aloud_without_a_microphone(console):
    page = console()
    page.click("#start")
    wait_until(page, "parley.state.microphone === 'unavailable'")
    page.keyboard.type("How can I protect my investments against currency risk?")
    page.keyboard.press("Enter")
    wait_until(page, "Object.values(parley.playedSecondsByAgent).some((seconds) => seconds > 1)", 30)
    assert page.evaluate("parley.transcript.some((entry) => entry.kind === 'agent' && entry.text.length > 20)")
    assert page.evaluate("parley.phase") != "failed"


def test_the_server_says_which_engines_stand_in(console):
    page = console()
    page.fill("#text", "Hello")
    page.press("#text", "Enter")
    wait_until(page, "parley.eventCounts['session.created'] === 1")
    # No key is set in a test: the tutorial's Azure voices are spoken by local ones, and the page says so.
    assert wait_until(page, "document.getElementById('fallbacks-list').innerText").count("Azure") >= 1


def test_the_next_speaker_goes_on_and_stop_ends_it_all(console):
    page = console()
    page.click("#examples button >> nth=0")
    speaker = wait_until(page, "parley.speaker", 30)
    wait_until(page, f"parley.playedSecondsByAgent[{speaker!r}] > 0.5")
    page.click("#next")
    wait_until(page, f"parley.speaker !== null && parley.speaker !== {speaker!r}", 30)
    assert "response.done" not in page.evaluate("parley.eventCounts")
    page.click("#stop")
    assert page.evaluate("parley.speaker") is None
    wait_until(page, "parley.eventCounts['response.done'] === 1")
    assert page.evaluate("parley.log.find((entry) => entry.type === 'response.done').message.status") == "cancelled"
    assert page.evaluate("Object.keys(parley.eventCounts).includes('warning')") is False
    page.wait_for_timeout(1000)
    assert page.evaluate("[parley.speaker, parley.phase]") == [None, "ready"]


def test_the_page_says_which_version_and_what_the_turn_took(console):
    page = console()
    assert page.inner_text("#version") == "· v0"
    page.fill("#text", "How can I protect my investments?")
    page.press("#text", "Enter")
    wait_until(page, "parley.eventCounts['turn.metrics'] === 1", 30)
    page.click("#tab-turn")
    assert wait_until(page, "document.querySelectorAll('.bar-part').length") >= 2
