#!/usr/bin/env python3
"""Writes audio and what ONNX Runtime makes of it: the reference that the native network is held against.

usage: silero_reference.py MODEL.onnx FOLDER

For each case FOLDER receives NAME.s16 (PCM16, 16 kHz, little-endian) and NAME.f32 (one probability a window of 512
samples). `load`, `cases` and `reference` also serve Benchmarks/vad.py.
"""
import io
import subprocess
import sys
import time
import wave
from pathlib import Path

import numpy as np
import onnxruntime

RATE, WINDOW, CONTEXT = 16000, 512, 64

SPOKEN = [
    ("en-us", "How can I protect my investments against currency risk? I have about forty thousand dollars to spend."),
    ("en-gb+f3", "The quick brown fox jumps over the lazy dog; never mind, let us start again from the beginning."),
    ("en-us+m5", "Wait. Stop, please. No, I meant the other account, the one that ends in seven seven three."),
    ("de", "Guten Morgen, ich möchte gern wissen, wie viel Geld auf meinem Konto liegt und was es kostet."),
    ("fr+f2", "Bonjour, je voudrais prendre rendez-vous demain matin, si c'est encore possible."),
    ("es+m3", "Buenos días, necesito ayuda con mi cuenta, porque ayer no pude entrar."),
    ("it+f4", "Buongiorno, vorrei sapere a che ora parte il prossimo treno per Milano."),
    ("hi", "नमस्ते, मुझे अपने खाते के बारे में जानकारी चाहिए।"),
    ("en-us+whisper", "This is whispered, as softly as anyone would whisper into a telephone at night."),
]


def speak(voice, text):
    """One utterance as floats on the scale of PCM16, at 16 kHz."""
    run = subprocess.run(["espeak-ng", "-v", voice, "--stdout", text], capture_output=True, check=True)
    with wave.open(io.BytesIO(run.stdout)) as file:
        rate = file.getframerate()
    # What comes through a pipe has no true length in its header, so the samples are taken from the bytes.
    samples = np.frombuffer(run.stdout[44 : 44 + (len(run.stdout) - 44) // 2 * 2], "<i2").astype(np.float64)
    times = np.arange(int(len(samples) * RATE / rate)) * (rate / RATE)
    return np.interp(times, np.arange(len(samples)), samples)


def cases():
    """Name → PCM16; the speech alone is more than a minute."""
    random = np.random.default_rng(20)
    pause = np.zeros(RATE // 2)
    speech = np.concatenate([part for spoken in SPOKEN for part in (speak(*spoken), pause)])
    speech = np.concatenate([speech, speech[::-1] * 0.5])  # backwards: just as voiced, other onsets
    signals = {
        "speech": speech,
        "faint": speech * 0.05,
        "loud": speech * 6,
        "noisy": speech + random.normal(0, 1500, len(speech)),
        "silence": np.zeros(5 * RATE),
        "hum": 8000 * np.sin(2 * np.pi * 50 * np.arange(5 * RATE) / RATE),
        "white": random.uniform(-32768, 32767, 5 * RATE),
        "hiss": random.normal(0, 3, 5 * RATE),
    }
    return {name: np.clip(np.round(x), -32768, 32767).astype("<i2") for name, x in signals.items()}


def load(model):
    """The network in ONNX Runtime on one thread, one operator after another."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def reference(network, pcm, seconds=None):
    """One probability a window; `seconds` receives what each call took."""
    samples = (pcm / np.float32(32768)).astype(np.float32)
    state, context = np.zeros((2, 1, 128), np.float32), np.zeros(CONTEXT, np.float32)
    rate, result = np.array(RATE, np.int64), []
    for start in range(0, len(samples) - WINDOW + 1, WINDOW):
        window = np.concatenate([context, samples[start : start + WINDOW]])
        feed = {"input": window[None], "state": state, "sr": rate}
        began = time.perf_counter()
        probability, state = network.run(None, feed)
        if seconds is not None:
            seconds.append(time.perf_counter() - began)
        context = window[-CONTEXT:]
        result.append(probability[0, 0])
    return np.array(result, "<f4")


def main(model, folder):
    network, folder = load(model), Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, pcm in cases().items():
        pcm.tofile(folder / f"{name}.s16")
        reference(network, pcm).tofile(folder / f"{name}.f32")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
