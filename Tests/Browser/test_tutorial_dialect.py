"""A client of the barge-in tutorial's dialect, as it stands, on a page from another origin."""

import functools
import http.server
import pathlib
import threading
import urllib.parse

import pytest
from microphone import two_questions
from waiting import wait_until


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def elsewhere():
    """This folder, served from a port of its own: the tutorial's page doesn't come from the server either."""
    handler = functools.partial(Quiet, directory=pathlib.Path(__file__).parent)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_address[1]}"
        server.shutdown()


def has_in_order(events, *expected):
    """Whether `expected` is a subsequence of `events`."""
    rest = iter(events)
    return all(event in rest for event in expected)


def test_question_interruption_and_second_answer(browse, parley, elsewhere, tmp_path):
    port = urllib.parse.urlparse(parley).port
    microphone = two_questions(tmp_path / "two.wav", between_seconds=9.0)
    page = browse(f"{elsewhere}/tutorial_dialect.html?port={port}", microphone=microphone)
    wait_until(page, "!document.getElementById('toggle').disabled")
    page.click("#toggle")
    first = wait_until(page, "dialect.transcripts[0]", 40).lower()
    assert "investments" in first and "currency" in first
    wait_until(page, "dialect.playing > 0")
    wait_until(page, "dialect.received['response.interrupted'] === 1", 30)
    assert page.evaluate("dialect.playing") == 0
    second = wait_until(page, "dialect.transcripts[1]", 40).lower()
    assert "stock" in second or "money" in second
    wait_until(page, "dialect.received['response.created'] === 2 && dialect.playing > 0", 30)

    assert page.evaluate("dialect.audioAfterInterruption") == 0, "audio of the interrupted response was sent"
    assert page.evaluate("dialect.received['response.done']") == 1
    order = page.evaluate("dialect.order")
    assert has_in_order(
        order,
        "response.audio_transcript.done",
        "response.created",
        "response.audio.delta",
        "response.interrupted",
        "response.done",
        "response.audio_transcript.done",
        "response.created",
        "response.audio.delta",
    ), order
    assert order.index("response.text.delta") < order.index("response.audio.delta")
    sent = page.evaluate("dialect.sent")
    assert has_in_order(sent, "playback.started", "response.cancel", "playback.started"), sent
    assert "start_recording" not in sent

    page.click("#toggle")
    wait_until(page, "dialect.received.recording_stopped === 1")
    assert page.evaluate("dialect.closed") is None
    assert "error" not in page.evaluate("dialect.received")
    assert "warning" not in page.evaluate("dialect.received")
