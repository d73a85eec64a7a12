"""How soon speech over an answer silences it, and where the time goes."""
import asyncio
import bisect
import random

import numpy as np

from caller import CHUNK, Caller
from measuring import load_average, say, speak, table

# The project's settings, and the network's window, in samples.
FRAME, THRESHOLD, WINDOW_FRAMES, WINDOW = 480, 15, 24, 512
PROBABILITY = 0.5
PER_MS = 16

PHRASES = [
    ("slt", "Wait a moment please, I would like to ask something else"),
    ("rms", "Hold on, hold on, that is not at all what I wanted to know"),
    ("awb", "Never mind the stocks, tell me about my currency risk"),
    ("kal16", "Could you please stop, I have got another question for you"),
    ("slt", "But what about the dollar and the pound in the coming year"),
    ("rms", "No, no, no, let me finish what I was going to say to you"),
]


def parts(caller, onset, mark, received):
    """One reaction in parts that sum to it, in ms; None when the frames do not show what triggered."""
    frames = [e for _, e in caller.events[mark:] if e["type"] == "vad.frame"]
    positives = []
    for number, frame in enumerate(frames):
        end = frame["start_sample"] + FRAME
        if end <= onset - WINDOW or frame["probability"] < PROBABILITY:
            continue
        positives = [p for p in positives if p[0] > number - WINDOW_FRAMES] + [(number, frame["start_sample"])]
        if len(positives) == THRESHOLD:
            break
    else:
        return None
    first = positives[0][1]
    # What the server had to have: the frame's last sample, at times also the network's window around it.
    chunk = max(-(-end // CHUNK), bisect.bisect_left(caller.sent, received))
    delivered, sent = caller.time_of(chunk * CHUNK), caller.sent[chunk - 1]
    return {
        "floor: threshold × frame_ms": THRESHOLD * FRAME / PER_MS,
        "onset → first speech frame begins": (first - onset) / PER_MS,
        "frames that were not speech": (end - first) / PER_MS - THRESHOLD * FRAME / PER_MS,
        "waiting for a full chunk, a full window": (chunk * CHUNK - end) / PER_MS,
        "client late with the chunk": (sent - delivered) * 1000,
        "server, both ways on the wire, client": (received - sent) * 1000,
    }


async def interruptions(server, seed, rounds, phrases, results):
    chance = random.Random(seed)
    async with Caller(server, seed) as caller:
        await asyncio.sleep(1.2)  # silero_min_samples_seconds
        for turn in range(rounds):
            words, samples = phrases[(seed + turn) % len(phrases)]
            mark = len(caller.events)
            await caller.send(type="input_text", text="How can I protect my investments against currency risk?")
            await caller.wait("response.audio.delta", since=mark)
            await caller.send(type="playback.started")
            await asyncio.sleep(0.9 + chance.random() * 0.3)  # the lockout is 0.5 s
            mark = len(caller.events)
            onset = caller.speak(samples)
            try:
                number, received, _ = await caller.wait("response.interrupted", since=mark, timeout=5)
            except TimeoutError:
                results.append((words, None, None))
            else:
                reaction = (received - caller.time_of(onset)) * 1000
                await asyncio.sleep(0.05)  # the frames of the same window follow the event
                results.append((words, reaction, parts(caller, onset, mark, received)))
            # What was said is not to be answered: the next round begins with silence.
            caller.hush()
            await caller.send(type="playback.stopped")
            await caller.send(type="input_audio_buffer.clear")
            await caller.settle()


def attack(samples):
    """How long a sentence takes from its first sample to 10 % of its peak, in ms: a breath before the voice."""
    level = np.abs(samples.astype(int))
    return int(np.argmax(level >= level.max() / 10)) / PER_MS


async def measure(server, conversations, rounds, phrases):
    results = []
    async with asyncio.TaskGroup() as group:
        for seed in range(conversations):
            group.create_task(interruptions(server, seed, rounds, phrases, results))
            await asyncio.sleep(0.37)
    return results


def run(server, quick):
    conversations, rounds = (4, 3) if quick else (4, 15)
    say(f"barge-in: {conversations} conversations at a time, {rounds} interruptions each")
    phrases = [(f"{voice}: {text[:20]}…", speak(text, voice)) for voice, text in PHRASES]
    attacks = {words: attack(samples) for words, samples in phrases}
    results = asyncio.run(measure(server, conversations, rounds, phrases))
    reactions = [reaction for _, reaction, _ in results if reaction is not None]
    print("\nBarge-in reaction: first sample of the speech → `response.interrupted` received")
    if not reactions:
        print(f"  none of {len(results)} interruptions was noticed")
        return
    floor = THRESHOLD * FRAME / PER_MS
    table(
        [
            ("reaction", reactions),
            (f"above the floor of {THRESHOLD} × {FRAME // PER_MS} = {floor:.0f} ms", np.array(reactions) - floor),
            (
                "above the floor, from 10 % of the peak on",
                [reaction - floor - attacks[words] for words, reaction, _ in results if reaction is not None],
            ),
        ]
    )
    shown = [p for _, _, p in results if p]
    if shown:
        print("  in parts that sum to it:")
        table([(name, [p[name] for p in shown]) for name in shown[0]], columns=("mean", "p50", "p99", "least", "most"))
    print("  above the floor, by what is said:")
    rows = {}
    for words, reaction, _ in results:
        if reaction is not None:
            rows.setdefault(words, []).append(reaction - floor)
    table(sorted(rows.items()))
    missed = len(results) - len(reactions)
    print(f"  {len(results)} interruptions, {missed} not noticed within 5 s; {len(shown)} taken apart; {load_average()}.")
    print("  Method: typed question; more than the lockout into the answer a flite voice speaks over it, in real time, in")
    print("  chunks of 30 ms that are sent when their last sample is spoken; its beginning lies anywhere in a chunk. Parts")
    print("  are read from the `vad.frame` reports; the last one counts from the chunk that was sent last before the event.")
