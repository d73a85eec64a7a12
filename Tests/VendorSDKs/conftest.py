"""The stand-ins, asked by the vendors' own clients."""

import json
import urllib.error
import urllib.request

import pytest
from servers import doubles_environment, running


class Doubles:
    """A running `parley doubles`."""

    def __init__(self, url):
        self.url = url
        self.address = url.removeprefix("http://")
        self.environment = doubles_environment(url)

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


@pytest.fixture(scope="session")
def server():
    with running(["doubles", "--port", "0"]) as url:
        yield Doubles(url)


@pytest.fixture
def doubles(server):
    """The stand-ins, well-behaved until `play` says otherwise, with an empty journal."""
    server.play()
    server.forget()
    return server
