"""Measures projects of many agents: loading them, and the scheduler's own cost for each step of an agent."""
import subprocess
import sys

from measuring import PARLEY, say

ROUNDS = 30
# What is aimed at.
LONGEST_LOAD_MS = 50
LONGEST_STEP_US = 20


def verdict(value, bound, unit):
    return f"{'within' if value <= bound else 'MISSES'} {bound} {unit}"


def run(quick):
    say("projects of many agents")
    program = PARLEY.parent / "bench-graph"
    if not program.exists():
        sys.exit(f"graph.py: {program} is missing; build it with: swift build -c release --product bench-graph")
    rounds = 10 if quick else ROUNDS
    output = subprocess.run([program, str(rounds)], capture_output=True, text=True, check=True).stdout
    head, *lines = [line.split("\t") for line in output.splitlines()]
    table = [(unit, name, float(median), float(least)) for unit, name, median, least in lines]

    loads = [row for row in table if row[0] == "ms"]
    reference = loads[-1][2]
    print(f"\nLoading a project of {head[1]} agents ({int(head[2]) / 1024:.0f} KiB of YAML, {int(head[3]) / 1024:.0f} KiB as JSON), ms")
    print(f"  {'':34}{'median':>9}{'least':>9}{'× JSON':>9}")
    for _, name, median, least in loads:
        print(f"  {name:34}{median:9.2f}{least:9.2f}{median / reference:9.1f}")
    print(f"  {loads[0][1]}: {verdict(loads[0][2], LONGEST_LOAD_MS, 'ms')}")

    steps = [row for row in table if row[0] == "µs"]
    print("\nThe scheduler's own time for one step of an agent, µs")
    print(f"  {'':34}{'median':>9}{'least':>9}{'× count':>9}")
    for (_, name, median, least), (_, _, counted, _) in zip(steps[::2], steps[1::2]):
        print(f"  {name:34}{median:9.2f}{least:9.2f}{median / counted:9.1f}   {verdict(median, LONGEST_STEP_US, 'µs')}")
    print(f"  Method: {rounds} rounds on one thread, in each all rows one after the other. JSON: the same values, parsed by")
    print("  Foundation. count: only counts down how many parents each agent waits for, the least that a scheduler must do.")
    print("  A chain runs one agent after the other, a fan all but the last at once, layers ten at once.")
