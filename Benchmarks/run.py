#!/usr/bin/env python3
"""Runs the benchmarks and prints what they measured: `./dev bench [--quick] [PART…]`.

The parts are vad, graph, speech, voices, barge-in, first-audio, load, pipeline, cancel, seed and hosted-load; without a name, all of them.
Everything happens on this machine, over the loopback, against servers of this script's own. docs/benchmarks.md explains
the numbers.
"""
import argparse
import datetime
import re
import time
from pathlib import Path

import barge_in
import cancel
import first_audio
import graph
import hosted_load
import load
import pipeline
import seed
import speech
import speech_synthesis
import vad
from measuring import PARLEY, PROJECTS, Server, load_average, say

# The last four talk to hosted providers that stand-ins play.
PARTS = ("vad", "graph", "speech", "voices", "barge-in", "first-audio", "load", "pipeline", "cancel", "seed", "hosted-load")


def processor():
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1] if found else "unknown processor"


def main():
    arguments = argparse.ArgumentParser(prog="./dev bench", description="Measures Parley on this machine.")
    arguments.add_argument("parts", nargs="*", metavar="PART", help=f"what to measure: {', '.join(PARTS)} (all)")
    arguments.add_argument("--quick", action="store_true", help="fewer rounds: four minutes instead of a quarter of an hour")
    chosen = arguments.parse_args()
    for part in chosen.parts:
        if part not in PARTS:
            arguments.error(f"there is no part '{part}'; there are: {', '.join(PARTS)}")
    parts, began = chosen.parts or PARTS, time.monotonic()
    print(f"{datetime.date.today()}, {processor()}, {load_average()}{', quick' if chosen.quick else ''}", flush=True)
    if "vad" in parts:
        say("voice activity beside ONNX Runtime")
        vad.run(PARLEY.parent / "bench-vad", rounds=2 if chosen.quick else vad.ROUNDS)
    if "graph" in parts:
        graph.run(chosen.quick)
    if "speech" in parts:
        speech.run(chosen.quick)
    if "voices" in parts:
        speech_synthesis.run(chosen.quick)
    if "barge-in" in parts or "first-audio" in parts:
        with Server("--log-level", "warning") as server:
            if "barge-in" in parts:
                barge_in.run(server, chosen.quick)
            if "first-audio" in parts:
                silence = re.search(r"silence_duration_ms: (\d+)", (PROJECTS / "bench.yaml").read_text())[1]
                first_audio.run(server, chosen.quick, 2, silence)
    if "load" in parts:
        load.run(chosen.quick)
    for name, part in {"pipeline": pipeline, "cancel": cancel, "seed": seed, "hosted-load": hosted_load}.items():
        if name in parts:
            part.run(chosen.quick)
    print(f"\nTook {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    main()
