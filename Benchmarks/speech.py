"""What the local recognisers make of people's speech, and what that costs: `./dev bench speech`.

The recordings are Debian's: numbers, days and months of a telephone exchange (one woman), sentences of a novel and playing
cards (two men), names of loudspeakers (a woman). The packages, or the names of the files, say what is said.
"""
import os
import re
import statistics
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

import numpy as np

from measuring import RATE, ROOT, say

PROGRAM = ROOT / ".build" / "release" / "bench-speech"
PROMPTS = Path("/usr/share/asterisk/sounds/en_US_f_Allison/digits")
SPHINX = Path("/usr/share/pocketsphinx/test/data")
SPEAKERS = Path("/usr/share/sounds/alsa")
NUMBERS = dict(
    enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen".split()
    )
) | dict(zip(range(20, 100, 10), "twenty thirty forty fifty sixty seventy eighty ninety".split()))
DAYS = "sunday monday tuesday wednesday thursday friday saturday".split()
MONTHS = "january february march april may june july august september october november december".split()
# What each of the exchange's files says.
PROMPT_WORDS = (
    {str(number): word for number, word in NUMBERS.items()}
    | {f"day-{index}": word for index, word in enumerate(DAYS)}
    | {f"mon-{index}": word for index, word in enumerate(MONTHS)}
)
ENGINES = {"Moonshine": "moonshine", "PocketSphinx": "pocketsphinx"}


def models():
    data = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share"))
    return Path(os.environ.get("PARLEY_MODELS", data / "parley" / "models"))


def words(text):
    """What is compared: small letters, no punctuation, small numbers in words."""
    text = re.sub(r"[-–]", " ", text.lower().replace("’", "'").replace("#", " pound ").replace("*", " star "))
    text = text.replace("log in", "login").replace("voice mail", "voicemail").replace("touch tone", "touchtone")
    return [NUMBERS[int(word)] if word.isdecimal() and int(word) in NUMBERS else word for word in re.sub(r"[^a-z0-9' ]", "", text).split()]


def errors(said, heard):
    """How many words must be put in, taken out or changed to make one of the other."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said):
        corner, row[0] = row[0], i + 1
        for j, other in enumerate(heard):
            corner, row[j + 1] = row[j + 1], min(corner + (word != other), row[j] + 1, row[j + 1] + 1)
    return row[-1]


def read(path):
    """A WAV file as floats at 16 kHz."""
    with wave.open(str(path)) as file:
        pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64)
        pcm, rate = pcm.reshape(-1, file.getnchannels()).mean(1), file.getframerate()
    length = len(pcm) * RATE // rate
    # What lies above the new rate's half is left out.
    return np.fft.irfft(np.fft.rfft(pcm)[: length // 2 + 1], length) * length / len(pcm)


def recordings(quick):
    """Pairs of what is said and the sound."""
    from G722 import G722

    found = []
    for name, said in list(PROMPT_WORDS.items())[:: 4 if quick else 1]:
        decoded = G722(RATE, 64000).decode((PROMPTS / f"{name}.g722").read_bytes())
        found.append((words(said), np.array(decoded, np.float64)))
    for folder, list_name in (("librivox", "transcription"), ("cards", "cards.transcription")):
        for said, name in re.findall(r"<s>(.*?)</s> \((.*?)\)", (SPHINX / folder / list_name).read_text()):
            found.append((words(said), read(SPHINX / folder / f"{name}.wav")))
    for path in sorted(SPEAKERS.glob("*_*.wav")):
        found.append((words(path.stem.replace("_", " ")), read(path)))
    return found


def pink(length, seed):
    """Noise with as much in each octave, of level 1."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(length))
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(1, np.arange(len(spectrum)))), length)
    return noise / np.sqrt((noise**2).mean())


def heard(sound, seed, noise, behind):
    """What the microphone brings: 0.3 s before the speech, `behind` seconds after it; noise 10 dB below the speech."""
    level = np.sqrt((sound[np.abs(sound) > 300] ** 2).mean())
    loud = np.nonzero(np.abs(sound) > 0.03 * np.abs(sound).max())[0]
    sound = sound[loud[0] : loud[-1] + 1]
    sound = np.concatenate([np.zeros(int(0.3 * RATE)), sound, np.zeros(int(behind * RATE))])
    sound = sound + pink(len(sound), seed) * (level * 10**-0.5 if noise else 3)
    return np.clip(np.round(sound), -32768, 32767).astype("<i2")


def listen(engine, callers, pace, sounds):
    """The transcripts and latencies in the order of `sounds`; seconds of processor time a second of audio; megabytes."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{index}.s16" for index in range(len(sounds))]
        for path, sound in zip(paths, sounds):
            sound.tofile(path)
        command = [PROGRAM, engine, models(), str(callers), pace, *paths]
        output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    lines = [line.split("\t") for line in output.splitlines()]
    rows = sorted((int(line[0]), float(line[1]), line[2]) for line in lines if line[0] != "total")
    _, processor, seconds, memory = lines[-1]
    return [row[2] for row in rows], [row[1] for row in rows], float(processor) / float(seconds), float(memory)


def run(quick):
    if not PROGRAM.exists():
        sys.exit(f"speech.py: {PROGRAM} is missing; build it with: swift build -c release --product bench-speech")
    said, sounds = zip(*recordings(quick))
    total = sum(map(len, said))
    minutes = sum(map(len, sounds)) / RATE / 60
    print(f"\nSpeech to text: {len(said)} recordings of people, {total} words, {minutes:.1f} min")
    print(f"  {'':14}{'':9}{'words wrong, %':>16}{'CPU s/s of audio':>18}{'MB':>6}")
    for name, engine in ENGINES.items():
        for label, noise in (("clean", False), ("10 dB", True)):
            say(f"{name}, {label}")
            heard_sounds = [heard(sound, seed, noise, 0.7) for seed, sound in enumerate(sounds)]
            texts, _, cost, memory = listen(engine, 1, "all", heard_sounds)
            wrong = sum(errors(a, words(b)) for a, b in zip(said, texts))
            print(f"  {name:14}{label:9}{100 * wrong / total:16.1f}{cost:18.3f}{memory:6.0f}", flush=True)
    some = sorted(range(len(sounds)), key=lambda index: abs(len(sounds[index]) - 3.3 * RATE))[: 4 if quick else 12]
    print("\nIn real time, utterances of about 3.3 s: from the end of the audio to the final transcript, ms")
    print(f"  {'':14}{'callers':>8}{'silence at the end, s':>23}{'median':>9}{'longest':>9}{'CPU s/s of audio':>18}")
    for name, engine in ENGINES.items():
        for callers in (1, 4):
            for behind in (0, 0.3):
                say(f"{name}, {callers} at once, {behind} s of silence")
                live = [heard(sounds[index], index, False, behind) for index in some] * (1 if callers == 1 else 4)
                _, latencies, cost, _ = listen(engine, callers, "live", live)
                print(
                    f"  {name:14}{callers:8}{behind:23}{statistics.median(latencies):9.1f}{max(latencies):9.1f}"
                    f"{cost:18.3f}", flush=True)
    print("  Method: clean is noise at 3 of 32768, 10 dB is pink noise as far below the speech. Above, each recording comes at")
    print("  once, so nothing is decoded for interim transcripts; below it comes as a microphone brings it.")
