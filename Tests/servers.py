"""Starts the program, and other servers, for tests that talk to them from outside."""

import contextlib
import os
import subprocess
import tempfile
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BINARY = Path(os.environ.get("PARLEY_BINARY", ROOT / ".build" / "release" / "parley")).resolve()
MISSING = f"{BINARY} does not exist: build it with ./dev build, or name another with PARLEY_BINARY"


class Address:
    """Host and port of `http://host:port`, as the callers of the benchmarks want them."""

    def __init__(self, url):
        self.url = url
        self.host, port = url.removeprefix("http://").rsplit(":", 1)
        self.port = int(port)


@contextlib.contextmanager
def serving(command, seconds=120, **options):
    """Runs a server; gives what follows `ready` on its standard output; ends it afterwards."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)
    watchdog = threading.Timer(seconds, process.kill)
    watchdog.start()
    try:
        for line in process.stdout:
            if line.startswith("ready "):
                address = line.removeprefix("ready ").strip()
                break
        else:
            pytest.fail(f"{' '.join(command[:2])} ended, or took longer than {seconds} s, without being ready")
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


@contextlib.contextmanager
def running(arguments, environment=None, log=None):
    """Runs `parley` with `arguments`, as `serving` does. Its standard error goes to the file `log`, if one is given.

    A server that is told no other place keeps what it is sent in a folder of its own."""
    if not BINARY.exists():
        pytest.fail(MISSING)
    environment = {**os.environ, **(environment or {})}
    with tempfile.TemporaryDirectory() as folder:
        if "serve" in arguments and "--store" not in arguments:
            arguments = [*arguments, "--store", f"{folder}/store.sqlite"]
        with serving([str(BINARY), *arguments], cwd=ROOT, stderr=log, env=environment) as address:
            yield address


@contextlib.contextmanager
def postgres():
    """Runs a PostgreSQL server for tests; gives the folder of its socket. Skips where it cannot be had."""
    script = ROOT / "Tests" / "postgres-server"
    process = subprocess.Popen([str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        if not line and process.wait(30) == 77:
            pytest.skip("PostgreSQL is not installed")
        assert line.startswith("ready "), "PostgreSQL does not start"
        yield line.removeprefix("ready ").strip()
    finally:
        process.stdin.close()
        process.wait(30)


def doubles_environment(address):
    """What points Parley at the stand-ins, as the program itself says it."""
    answer = subprocess.run(
        [str(BINARY), "doubles", "--env", "--at", address], capture_output=True, text=True, check=True, timeout=30
    )
    return dict(line.split("=", 1) for line in answer.stdout.splitlines() if "=" in line)
