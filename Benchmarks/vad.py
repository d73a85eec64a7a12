#!/usr/bin/env python3
"""Compares the native Silero network with ONNX Runtime: the same audio, one thread each, in the same run.

usage: vad.py [PATH/TO/bench-vad]     (default: .build/release/bench-vad)

Needs the packages of Tests/requirements.txt (`.dev/venv/bin/python Benchmarks/vad.py`).
"""
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "Tests" / "Tools"))
import silero_reference as silero  # noqa: E402

ROUNDS = 15


def runtime_single(network, pcm):
    seconds = []
    silero.reference(network, pcm, seconds)
    return seconds


def runtime_batch(network, pcm, sessions):
    """ONNX Runtime on `sessions` windows at once; seconds a window."""
    samples = (pcm / np.float32(32768)).astype(np.float32)
    count = len(samples) // silero.WINDOW
    windows = samples[: count * silero.WINDOW].reshape(count, silero.WINDOW)
    state, rate, seconds = np.zeros((2, sessions, 128), np.float32), np.array(silero.RATE, np.int64), []
    context = np.zeros((sessions, silero.CONTEXT), np.float32)
    offsets = np.arange(sessions) * count // sessions
    for step in range(count // sessions):
        batch = np.concatenate([context, windows[(offsets + step) % count]], 1)
        feed = {"input": batch, "state": state, "sr": rate}
        began = time.perf_counter()
        _, state = network.run(None, feed)
        seconds.append((time.perf_counter() - began) / sessions)
        context = batch[:, -silero.CONTEXT :]
    return seconds


def run(program, rounds=ROUNDS):
    if not program.exists():
        sys.exit(f"vad.py: {program} is missing; build it with: swift build -c release --product bench-vad")
    network = silero.load(ROOT / "Sources" / "SileroKernel" / "weights" / "silero_vad_16k_op15.onnx")
    pcm = silero.cases()["speech"]
    times = {}

    def note(name, median, least):
        times.setdefault(name, []).append((median, least))

    with tempfile.NamedTemporaryFile(suffix=".s16") as file:
        pcm.tofile(file.name)
        for _ in range(rounds):
            for name, seconds in (
                ("ONNX Runtime single", runtime_single(network, pcm)),
                ("ONNX Runtime batch 16", runtime_batch(network, pcm, 16)),
            ):
                note(name, np.median(seconds) * 1e6, np.min(seconds) * 1e6)
            output = subprocess.run([program, file.name], capture_output=True, text=True, check=True).stdout
            for line in output.splitlines():
                name, median, least = line.split("\t")
                note(f"Parley {name}", float(median), float(least))

    table = {name: (np.median([m for m, _ in t]), min(l for _, l in t)) for name, t in times.items()}
    single, batch = table["ONNX Runtime single"], table["ONNX Runtime batch 16"]
    print("\nVoice activity: µs for a window of 32 ms, on one thread")
    print(f"  {'':26}{'median':>9}{'least':>9}   {'× ORT single, of medians':>26}{'of leasts':>11}{'× ORT batch 16':>16}")
    for name, (median, least) in table.items():
        print(
            f"  {name:26}{median:9.2f}{least:9.2f}   {single[0] / median:26.1f}{single[1] / least:11.1f}"
            f"{batch[0] / median:16.1f}"
        )
    print(f"  Method: {len(pcm) / silero.RATE:.0f} s of speech; {rounds} rounds, in each all rows one after the other, so that what else the")
    print("  machine does hits all alike. Every call is timed by itself. median: of the rounds' medians; least: of all calls.")


if __name__ == "__main__":
    run(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / ".build" / "release" / "bench-vad")
