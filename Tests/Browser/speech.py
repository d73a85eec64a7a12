"""Synthetic speech for the tests (flite, espeak-ng, sox), and what can be measured in it."""

import array
import math
import subprocess
import tempfile
import wave


def synthesise(text, voice="en-us", rate=16_000, words_per_minute=165):
    """PCM16 mono samples of `text` at `rate` hertz."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        speech = ["espeak-ng", "-v", voice, "-s", str(words_per_minute), "-w", file.name, text]
        subprocess.run(speech, check=True)
        return samples_of(file.name, rate)


def caller_says(text, rate):
    """The same by flite's slt voice, which PocketSphinx understands word for word; espeak-ng's it does not."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        subprocess.run(["flite", "-voice", "slt", "-t", text, "-o", file.name], check=True)
        return samples_of(file.name, rate)


def samples_of(path, rate):
    """The samples of a WAV file as PCM16 mono at `rate`."""
    # Two decibels of room, so that resampling does not clip; no dither: the same text gives the same samples.
    into = ["-t", "raw", "-e", "signed", "-b", "16", "-c", "1", "-r", str(rate), "-"]
    raw = subprocess.run(["sox", "-D", "-v", "0.8", str(path), *into], check=True, capture_output=True).stdout
    return array.array("h", raw)


def silence(seconds, rate):
    return array.array("h", bytes(2 * int(seconds * rate)))


def write_wave(path, samples, rate):
    """Writes PCM16 mono samples as a WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())


def pitch_of(samples, rate=16_000):
    """The median fundamental frequency in hertz over the voiced frames, by normalised autocorrelation; None if none."""
    # A quarter of the rate is enough for a pitch, and sixteen times quicker here.
    step = 4
    slow = [sum(samples[i : i + step]) / step for i in range(0, len(samples) - step + 1, step)]
    slow_rate = rate / step
    size = int(0.04 * slow_rate)
    shortest, longest = int(slow_rate / 400), int(slow_rate / 60)
    pitches = []
    for start in range(0, len(slow) - size - longest, size):
        frame = slow[start : start + size]
        energy = sum(x * x for x in frame)
        if energy / size < 300**2:
            continue
        scores = []
        for lag in range(shortest, longest + 1):
            other = slow[start + lag : start + lag + size]
            scores.append(
                sum(a * b for a, b in zip(frame, other)) / math.sqrt(energy * (sum(b * b for b in other) or 1))
            )
        best = max(scores)
        if best < 0.6:
            continue
        # Of the peaks nearly as good as the best, the shortest lag: multiples of the period score as well as it.
        for i in range(1, len(scores) - 1):
            if scores[i] >= 0.9 * best and scores[i] >= scores[i - 1] and scores[i] >= scores[i + 1]:
                pitches.append(slow_rate / (shortest + i))
                break
    return sorted(pitches)[len(pitches) // 2] if pitches else None
