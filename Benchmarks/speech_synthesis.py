"""How well the local voices are understood, and what they cost: `./dev bench voices`.

Each voice says the same sentences, and Moonshine writes down what it hears. The time of a sentence is measured in the same run.
"""
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import speech
from measuring import RATE, ROOT, say

PROGRAM = ROOT / ".build" / "release" / "bench-voices"
VOICES = [
    ("hibari", "-"), ("hibari", "en-US-JennyNeural"), ("hibari", "en-AU-WilliamNeural"), ("hibari", "en-US-GuyNeural"),
    ("flite", "slt"), ("flite", "rms"), ("flite", "awb"), ("espeak", "-"),
]
SENTENCES = """\
Your room is booked for three nights from the second of June.
I have moved your appointment to Thursday at half past four in the afternoon.
The water is better in the city, and the orange juice is in the kitchen.
Would you like me to send a confirmation to your email address?
The train to Manchester leaves from platform nine in twenty-five minutes.
I'm sorry, but the restaurant on the fourth floor is closed on Mondays.
Please hold the line while I look for a cheaper flight to Lisbon.
Your order of two pizzas and a salad will arrive within forty minutes.
The museum opens at ten in the morning and closes at six in the evening.
There is a small pharmacy just around the corner from the station.
Take one tablet after breakfast and another before you go to bed.
It will rain in the morning, but the sun comes out later in the day.
The nearest charging point is at the supermarket on Church Street.
We should water the roses early, before the day gets too warm.
Our technicians will check the boiler on Friday between eight and twelve.
The password must have at least twelve characters and one number.
He said that the meeting was moved because the manager is away.
A quiet room with a view of the garden costs ninety dollars a night.
The doctor can see you on Tuesday, or would you rather wait until Wednesday?
Thank you for calling, and have a wonderful weekend.
""".splitlines()


def decibels(sounds):
    """The level of the speech without its pauses, and the loudest sample, both below full scale."""
    frames = np.concatenate([sound[: len(sound) // 320 * 320].reshape(-1, 320) for sound in sounds]) / 32768
    power = (frames**2).mean(1)
    speech_power = power[power > power.max() * 1e-4].mean()
    return 10 * np.log10(speech_power), 20 * np.log10(np.abs(frames).max())


def run(quick):
    if not PROGRAM.exists():
        sys.exit(f"speech_synthesis.py: {PROGRAM} is missing; build it with: swift build -c release --product bench-voices")
    sentences = SENTENCES[:: 4 if quick else 1]
    said = [speech.words(sentence) for sentence in sentences]
    total = sum(map(len, said))
    print(f"\nText to speech: {len(sentences)} sentences, {total} words, written down by Moonshine")
    print(f"  {'':28}{'words wrong, %':>15}{'first audio, ms':>17}{'whole, ms':>11}{'CPU, ms':>9}{'CPU s/s':>9}{'dB':>7}{'peak':>6}")
    for engine, voice in VOICES:
        say(f"{engine} {voice}")
        with tempfile.TemporaryDirectory() as folder:
            output = subprocess.run(
                [PROGRAM, engine, voice, speech.models(), folder], input="\n".join(sentences), text=True, check=True,
                stdout=subprocess.PIPE).stdout
            rows = [[float(cell) for cell in line.split("\t")] for line in output.splitlines()]
            sounds = [np.fromfile(Path(folder) / f"{number}.s16", "<i2").astype(float) for number in range(len(sentences))]
        quiet = [speech.heard(sound, seed, False, 0.7) for seed, sound in enumerate(sounds)]
        texts, *_ = speech.listen("moonshine", 1, "all", quiet)
        wrong = sum(speech.errors(a, speech.words(b)) for a, b in zip(said, texts))
        first, whole, work = (statistics.median(row[column] for row in rows) for column in (1, 2, 3))
        seconds = sum(map(len, sounds)) / RATE
        level, peak = decibels(sounds)
        print(
            f"  {engine + ' ' + voice:28}{100 * wrong / total:15.1f}{first:17.1f}{whole:11.1f}{work:9.1f}"
            f"{sum(row[3] for row in rows) / 1000 / seconds:9.3f}{level:7.1f}{peak:6.1f}", flush=True)
