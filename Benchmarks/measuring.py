"""A server to measure, the speech to measure it with, and tables of what came out."""
import os
import re
import signal
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
PARLEY = Path(os.environ.get("PARLEY_BINARY", ROOT / ".build" / "release" / "parley"))
PROJECTS = Path(__file__).resolve().parent / "projects"
RATE = 16000
TICKS = os.sysconf("SC_CLK_TCK")


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


class Program:
    """The binary with a command that serves on a free port of the loopback, for the length of a `with`."""

    def __init__(self, *arguments, environment=None):
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [PARLEY, *arguments, "--port", "0"],
            stdout=subprocess.PIPE, stderr=self.log, text=True, env=os.environ | (environment or {}),
        )
        line = self.process.stdout.readline()
        found = re.match(r"ready http://(.*):(\d+)", line)
        if not found:
            self.process.kill()
            self.log.seek(0)
            sys.exit(f"bench: parley {arguments[0]} does not start: {line}{self.log.read().decode(errors='replace')}")
        self.host, self.port = found[1], int(found[2])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def cpu(self):
        """Seconds of processor time so far, of all threads."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self):
        """Resident bytes now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024


class Server(Program):
    """A server of our own."""

    def __init__(self, *arguments, projects=PROJECTS, environment=None):
        super().__init__("serve", "--projects", projects, "--drain-seconds", "0", *arguments, environment=environment)


def speak(text, voice="slt"):
    """`text` in a flite voice: PCM16 at 16 kHz that starts with the first and ends with the last sample of the speech.

    An edge is where the signal first (last) reaches 3 % of its peak.
    """
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        subprocess.run(["flite", "-voice", voice, "-t", text, "-o", file.name], check=True, timeout=60)
        with wave.open(file.name) as audio:
            rate = audio.getframerate()
            samples = np.frombuffer(audio.readframes(audio.getnframes()), "<i2").astype(np.float64)
    if rate != RATE:
        times = np.arange(int(len(samples) * RATE / rate)) * (rate / RATE)
        samples = np.interp(times, np.arange(len(samples)), samples)
    loud = np.flatnonzero(np.abs(samples) > 0.03 * np.abs(samples).max())
    samples = samples[loud[0] : loud[-1] + 1]
    return (samples * (16000 / np.abs(samples).max())).astype("<i2")


def room(samples, seed=1):
    """The faint noise of a microphone in a quiet room."""
    return np.random.default_rng(seed).normal(0, 4, samples).astype("<i2")


def table(rows, columns=("p50", "p99", "least", "most"), unit="ms"):
    """Prints the distribution of every list of numbers."""
    print(f"  {unit:44}" + "".join(f"{column:>9}" for column in columns) + f"{'n':>6}")
    for name, values in rows:
        values = np.asarray(values, float)
        marks = {
            "mean": np.mean(values), "p50": np.percentile(values, 50), "p99": np.percentile(values, 99),
            "least": values.min(), "most": values.max(),
        }
        print(f"  {name:44}" + "".join(f"{marks[column]:9.1f}" for column in columns) + f"{len(values):6}")


def load_average():
    return f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
