"""Starts the program for tests that talk to it from outside."""

import contextlib
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("PARLEY_BINARY", ROOT / ".build" / "release" / "parley")).resolve()


class Address:
    """Host and port of `http://host:port`, as the callers of the benchmarks want them."""

    def __init__(self, url):
        self.url = url
        self.host, port = url.removeprefix("http://").rsplit(":", 1)
        self.port = int(port)


@contextlib.contextmanager
def running(arguments, environment=None, seconds=120, log=None):
    """Runs `parley` with `arguments`; gives the address that it is ready at; ends it afterwards.

    Its standard error goes to the file `log`, if one is given.
    """
    if not BINARY.exists():
        pytest.fail(f"{BINARY} does not exist: build it with ./dev build, or name another with PARLEY_BINARY")
    process = subprocess.Popen(
        [str(BINARY), *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True,
        env={**os.environ, **(environment or {})},
    )
    watchdog = threading.Timer(seconds, process.kill)
    watchdog.start()
    try:
        for line in process.stdout:
            if line.startswith("ready "):
                address = line.removeprefix("ready ").strip()
                break
        else:
            pytest.fail(f"parley {arguments[0]} ended, or took longer than {seconds} s, without being ready")
        watchdog.cancel()
        # Nobody else reads the pipe; a full one would stop the server.
        threading.Thread(target=lambda: [None for _ in process.stdout], daemon=True).start()
        yield address
    finally:
        watchdog.cancel()
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def doubles_environment(address):
    """What points Parley at the stand-ins, as the program itself says it."""
    answer = subprocess.run(
        [str(BINARY), "doubles", "--env", "--at", address], capture_output=True, text=True, check=True, timeout=30
    )
    return dict(line.split("=", 1) for line in answer.stdout.splitlines() if "=" in line)
