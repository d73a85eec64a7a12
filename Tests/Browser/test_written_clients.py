"""The two clients of docs/how-to/write-a-client.md, as they are shown there."""

import functools
import http.server
import subprocess
import sys
import threading

import pytest
from microphone import two_questions
from servers import ROOT
from speech import caller_says, silence, write_wave
from waiting import wait_until

EXAMPLES = ROOT / "examples"
QUESTION = "How can I protect my investments against currency risk?"
INTERRUPTION = "Wait, I have a question about stocks."


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def examples():
    """The folder, served from a port of its own."""
    handler = functools.partial(Quiet, directory=EXAMPLES)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_address[1]}"
        server.shutdown()


def bridge(address, project="kitchen"):
    return f"{address.replace('http://', 'ws://')}/bridge/{project}"


@pytest.mark.parametrize("name, language", [("client.py", "python"), ("client.html", "html")])
def test_the_page_shows_the_files(name, language):
    page = (ROOT / "docs/how-to/write-a-client.md").read_text()
    assert f"```{language}\n{(EXAMPLES / name).read_text()}```\n" in page


def test_the_python_client_converses_and_is_interrupted(parley, tmp_path):
    question, answer = tmp_path / "question.wav", tmp_path / "answer.wav"
    rate = 16_000
    samples = caller_says(QUESTION, rate) + silence(4, rate) + caller_says(INTERRUPTION, rate)
    write_wave(question, samples, rate)
    command = [sys.executable, str(EXAMPLES / "client.py"), bridge(parley), str(question), str(answer)]
    outcome = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert outcome.returncode == 0, outcome.stderr
    lines = outcome.stdout.splitlines()
    assert "investments" in lines[0] and lines[0].startswith("You: ")
    assert any(line.startswith("(interrupted; heard until then: ") for line in lines)
    assert lines[-1].startswith("Kitchen Helper: ")
    # A second of sound at least, and less than everything that was sent.
    assert answer.stat().st_size > rate * 2


def test_the_browser_client_converses_and_is_interrupted(browse, parley, examples, tmp_path):
    microphone = two_questions(tmp_path / "two.wav", between_seconds=6.0)
    page = browse(f"{examples}/client.html?{bridge(parley)}", microphone=microphone)
    page.click("#start")
    log = "document.querySelector('#log').textContent"
    wait_until(page, f"{log}.includes('connected to kitchen')")
    wait_until(page, f"{log}.includes('(interrupted: ')", seconds=60)
    wait_until(page, f"{log}.split('(interrupted: ')[1].includes('Kitchen Helper: ')", seconds=60)
    lines = page.evaluate(log).splitlines()
    assert lines[1].startswith("You: ")
    assert not any(line.startswith(("Warning", "Error", "closed")) for line in lines)
