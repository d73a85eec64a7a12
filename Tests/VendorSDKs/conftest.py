"""The stand-ins, asked by the vendors' own clients."""

import contextlib
import json
import os
import pathlib
import subprocess
import threading
import urllib.error
import urllib.request

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("PARLEY_BINARY", ROOT / ".build" / "release" / "parley")).resolve()


class Doubles:
    """A running `parley doubles`."""

    def __init__(self, url):
        self.url = url
        self.address = url.removeprefix("http://")
        self.environment = self._environment()

    def _environment(self):
        answer = subprocess.run(
            [str(BINARY), "doubles", "--env", "--at", self.url], capture_output=True, text=True, check=True, timeout=30
        )
        return dict(line.split("=", 1) for line in answer.stdout.splitlines() if line)

    def play(self, *rules, seed=1):
        """From the next request on, these rules decide."""
        body = json.dumps({"seed": seed, "rules": list(rules)}).encode()
        request = urllib.request.Request(f"{self.url}/doubles/script", data=body, method="PUT")
        try:
            urllib.request.urlopen(request, timeout=10).close()
        except urllib.error.HTTPError as error:
            pytest.fail(error.read().decode())

    def journal(self):
        with urllib.request.urlopen(f"{self.url}/doubles/journal", timeout=10) as answer:
            return json.load(answer)

    def events(self, wire):
        """What happened on `wire`, in order."""
        return [entry["event"] for entry in self.journal() if entry["wire"] == wire]

    def forget(self):
        """Empties the journal."""
        request = urllib.request.Request(f"{self.url}/doubles/journal", method="DELETE")
        urllib.request.urlopen(request, timeout=10).close()


@contextlib.contextmanager
def running(*arguments):
    """Runs `parley doubles`; ends it afterwards."""
    if not BINARY.exists():
        pytest.fail(f"{BINARY} does not exist: build it with ./dev build, or name another with PARLEY_BINARY")
    process = subprocess.Popen(
        [str(BINARY), "doubles", "--port", "0", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    watchdog = threading.Timer(120, process.kill)
    watchdog.start()
    try:
        line = process.stdout.readline()
        if not line.startswith("ready "):
            pytest.fail("parley doubles ended, or took longer than 120 s, without being ready")
        watchdog.cancel()
        yield Doubles(line.removeprefix("ready ").strip())
    finally:
        watchdog.cancel()
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def server():
    with running() as doubles:
        yield doubles


@pytest.fixture
def doubles(server):
    """The stand-ins, well-behaved until `play` says otherwise, with an empty journal."""
    server.play()
    server.forget()
    return server
