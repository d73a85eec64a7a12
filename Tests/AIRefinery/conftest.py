"""AI Refinery's own client, unchanged, over real sockets. It needs Python 3.12: `./dev` gives it an environment of its own."""

import asyncio
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
# How to start servers; the speech of the benchmarks.
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parents[1] / "Benchmarks")]


@pytest.fixture(scope="module")
def loop():
    """One event loop for the tests of a module."""
    with asyncio.Runner() as runner:
        yield lambda work, seconds=30: runner.run(asyncio.wait_for(work, seconds))
