"""How long a caller waits for the first sound of an answer, and where the time goes."""
import asyncio

from caller import Caller
from measuring import load_average, say, speak, table

PARTS = [
    ("endpointing_ms", "endpointing: end of speech → end of turn"),
    ("transcription_ms", "transcription: → final transcript"),
    ("ttft_ms", "ttft: → first word of the first agent"),
    ("sentence_ms", "sentence: → its first sentence"),
    ("ttfb_ms", "ttfb: → first audio of the synthesiser"),
    ("sending_ms", "sending: → handed to the transport"),
]

QUESTIONS = [
    ("slt", "How can I protect my investments against currency risk?"),
    ("rms", "What should I do about the dollar?"),
    ("slt", "Please make a plan for my stocks and bonds."),
    ("rms", "How much money can I lose when prices fall next year?"),
]


async def turns(server, seed, rounds, questions, results):
    async with Caller(server, seed) as caller:
        await asyncio.sleep(0.5)
        for turn in range(rounds):
            samples = questions[(seed + turn) % len(questions)]
            mark = len(caller.events)
            end = caller.speak(samples) + len(samples)
            try:
                _, heard, _ = await caller.wait("response.audio.delta", since=mark, timeout=20)
                _, _, metrics = await caller.wait("turn.metrics", since=mark, timeout=5)
                results.append((metrics, (heard - caller.time_of(end)) * 1000))
            except TimeoutError:
                results.append(None)
            await caller.send(type="input_audio_buffer.clear")
            await caller.settle()
            await asyncio.sleep(0.2)


async def measure(server, conversations, rounds):
    questions = [speak(text, voice) for voice, text in QUESTIONS]
    results = []
    async with asyncio.TaskGroup() as group:
        for seed in range(conversations):
            group.create_task(turns(server, seed, rounds, questions, results))
            await asyncio.sleep(1.3)
    return results


def run(server, quick, conversations, silence):
    rounds = 2 if quick else 12
    say(f"first audio: {conversations} conversations at a time, {rounds} turns each")
    results = asyncio.run(measure(server, conversations, rounds))
    found = [result for result in results if result]
    print(f"\nTime to first audio (TTFA) of spoken turns, {conversations} at a time; the turn ends after {silence} ms of silence")
    if found:
        table(
            [(name, [metrics[key] for metrics, _ in found]) for key, name in PARTS]
            + [("TTFA, by the server: the sum", [metrics["ttfa_ms"] for metrics, _ in found])]
            + [("the speech ends later for the server by", [client - metrics["ttfa_ms"] for metrics, client in found])]
            + [("TTFA, by the client: both together", [client for _, client in found])],
            columns=("mean", "p50", "p99", "least", "most"),
        )
        off = max(abs(sum(m[key] for key, _ in PARTS) - m["ttfa_ms"]) for m, _ in found)
        print(f"  The parts of every turn sum to its TTFA within {off:.1f} ms; speech ends for the")
        print("  server when Silero says so, for the client with the last sample above 3 % of the peak; wire included.")
    print(f"  {len(results)} turns, {len(results) - len(found)} without an answer within 20 s; {load_average()}.")
    print("  Method: flite asks in real time, PocketSphinx hears, Local/Planner writes, flite answers; when the first audio")
    print("  is there the answer is cancelled and the next question asked.")
