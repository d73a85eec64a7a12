"""A published table of latencies, and what Parley makes of providers that are exactly as fast."""
import asyncio

import numpy as np

from caller import Caller
from hosted import HEARD, QUESTION, SILENCE, VOICE, Doubles, rule, serving
from measuring import load_average, say, speak

# The first word that shows the first sentence to be over is number 11: 143 ms at 13 ms a word.
STEPS, STEP = 11, 13
SENTENCE = "You should keep most of your money in your own currency. Good luck with that."

# What was published (Table 4, P50 in ms; the whole is not the sum of the medians), and the script that plays it.
SPOKEN = [
    ("With cloud OpenAI API (GPT-4.1-mini)", {"Deepgram STT": 402, "LLM TTFT": 457, "ElevenLabs TTS TTFB": 221}, 958, 715),
    (
        "With self-hosted vLLM (Qwen2.5-7B-Instruct on H200)",
        {"Deepgram STT": 337, "LLM TTFT": 337, "ElevenLabs TTS TTFB": 219}, 947, 729,
    ),
]
TYPED = ("Pipeline test (streaming, measured end-to-end)", {"LLM TTFT": 296, "Sentence detection": 143, "TTS synthesis": 316}, 755)


async def turns(server, rounds, spoken):
    """The parts of every turn by the server, and the time to the first audio by the client where it knows it."""
    question, found = speak(QUESTION), []
    async with Caller(server, 3, project="hosted") as caller:
        await asyncio.sleep(0.8)
        for turn in range(rounds + 1):
            mark = len(caller.events)
            began = asyncio.get_running_loop().time()
            if spoken:
                caller.speak(question)
            else:
                await caller.send(type="input_text", text=QUESTION)
            await caller.wait("response.audio.delta", since=mark)
            heard = (asyncio.get_running_loop().time() - began) * 1000
            _, _, metrics = await caller.wait("turn.metrics", since=mark)
            if turn:  # the first one warms up
                found.append((metrics, heard))
            await caller.settle()
            await asyncio.sleep(0.3)
    return found


def measured(script, rounds, spoken):
    with Doubles(script) as doubles, serving(doubles) as server:
        return asyncio.run(turns(server, rounds, spoken))


def median(found, *parts):
    return float(np.median([sum(metrics[part] for part in parts) for metrics, _ in found]))


def line(name, published, scripted="", ours=None, added=None):
    numbers = "".join(f"{'' if n is None else n if isinstance(n, str) else format(n, '.1f'):>12}" for n in (scripted, ours, added))
    print(f"  {name:30}{published:>16}{numbers}")


def run(quick):
    rounds = 3 if quick else 12
    print("\nA published table (latencies in ms; TTFA estimated as STT + LLM TTFT + TTS TTFB), and Parley with providers that")
    print("take exactly as long")
    line("Component", "published P50", "scripted", "Parley P50", "added")
    for title, delays, whole, best in SPOKEN:
        say(f"seed: {title}")
        hears, writes, speaks = delays.values()
        script = [
            rule("deepgram.listen", text=HEARD, finalMs=hears), rule("openai.chat", text=SENTENCE, firstMs=writes),
            rule(VOICE, firstMs=speaks),
        ]
        found = measured(script, rounds, spoken=True)
        print(f"  {title}")
        parts = [("transcription_ms",), ("ttft_ms",), ("ttfb_ms",)]
        for (name, delay), part in zip(delays.items(), parts):
            ours = median(found, *part)
            line(name, str(delay), str(delay), ours, ours - delay)
        ours, planned = median(found, "sentence_ms"), hears + writes + speaks
        line("Sentence detection", "–", "0", ours, ours)
        ours = median(found, "transcription_ms", "ttft_ms", "sentence_ms", "ttfb_ms", "sending_ms")
        line("E2E TTFA, from the turn's end", f"{whole} (best {best})", str(planned), ours, ours - planned)
    title, delays, whole = TYPED
    say(f"seed: {title}")
    writes, detects, speaks = delays.values()
    script = [rule("openai.chat", text=SENTENCE, firstMs=writes, betweenMs=STEP), rule(VOICE, firstMs=speaks)]
    found = measured(script, rounds, spoken=False)
    print(f"  {title}")
    for (name, delay), part in zip(delays.items(), ("ttft_ms", "sentence_ms", "ttfb_ms")):
        ours = median(found, part)
        line(name, str(delay), str(delay), ours, ours - delay)
    heard = float(np.median([heard for _, heard in found]))
    line("Measured TTFA, by the server", str(whole), str(sum(delays.values())), median(found, "ttfa_ms"), median(found, "ttfa_ms") - whole)
    line("Measured TTFA, by the client", str(whole), str(sum(delays.values())), heard, heard - whole)
    print(f"  {rounds} turns each, after one to warm up; {load_average()}.")
    print("  Method: stand-ins take exactly the published time of each component (the published wholes are not the sums of")
    print(f"  their medians). Spoken turns count from the turn's end, {SILENCE} ms after the speech; the pipeline test is typed, its")
    print(f"  sentence comes {STEPS} words after the first, {STEP} ms each. Text is passed on in whole words, so the first one counts when")
    print("  the second begins: what TTFT has too much there, the sentence has too little. Words are asked for in the silence before")
    print("  the turn ends, so STT costs less than it takes.")
