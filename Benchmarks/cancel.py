"""How soon after an interruption the providers are told to stop."""
import asyncio
import bisect
import time

from caller import Caller
from hosted import VOICE, Doubles, now, rule, serving
from measuring import load_average, say, speak, table

# Written and spoken for longer than anyone listens: 16 words a second, audio in real time.
STORY = " ".join(
    f"This is sentence number {number} of a long story that nobody has asked for and everyone has to hear." for number in (
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
)
SCRIPT = [
    rule("deepgram.listen", text="wait a moment please", finalMs=50),
    rule("openai.chat", text=STORY, firstMs=50, betweenMs=60),
    rule(VOICE, firstMs=50, betweenMs=250),
]
# Without a pause, so that they do not become a turn while they are measured.
WORDS = [
    ("slt", "I would like to ask you something else about my money now"),
    ("rms", "Never mind all that and tell me what became of my shares"),
]
# How long a request may outlive the interruption before it counts as kept.
PATIENCE = 1.0


class Interruption:
    """When it was decided, by what this side saw: between the chunk that brought it about and the event."""

    def __init__(self, chunk, received, ended):
        self.chunk, self.received, self.ended = chunk, received, ended


async def interruptions(server, doubles, rounds):
    phrases = [speak(text, voice) for voice, text in WORDS]
    found = []
    async with Caller(server, 5, project="hosted") as caller:
        await asyncio.sleep(0.8)  # silero_min_samples_seconds
        for turn in range(rounds):
            mark = len(caller.events)
            await caller.send(type="input_text", text="Tell me a long story.")
            await caller.wait("response.audio.delta", since=mark)
            await caller.send(type="playback.started")
            await asyncio.sleep(0.6 + 0.037 * (turn % 20))  # the lockout is 0.3 s
            mark = len(caller.events)
            caller.speak(phrases[turn % len(phrases)])
            try:
                _, received, _ = await caller.wait("response.interrupted", since=mark, timeout=5)
            except TimeoutError:
                found.append(None)
            else:
                shift = now() - time.perf_counter() * 1000
                chunk = caller.sent[bisect.bisect(caller.sent, received) - 1]
                await asyncio.sleep(PATIENCE)
                found.append(Interruption(chunk * 1000 + shift, received * 1000 + shift, now()))
                await caller.send(type="response.cancel")
            # What was said is not to be answered: the next round begins with silence.
            caller.hush()
            await caller.send(type="playback.stopped")
            await asyncio.sleep(0.06)
            await caller.send(type="input_audio_buffer.clear")
            await caller.settle()
            await asyncio.sleep(0.3)
    return found, doubles.journal()


def heard(journal, interruption):
    """When the first words of the interruption were sent; None: there were none."""
    sent = [at for at in journal.times("deepgram.listen", "firstPiece") if interruption.chunk <= at < interruption.ended]
    return min(sent, default=None)


def of_chat(journal, interruption):
    """When the chat that was being written was cancelled; None: not in time; False: there was none."""
    asked = [at for at in journal.times("openai.chat", "request") if at < interruption.chunk]
    ends = [at for event in ("finished", "cancelled") for at in journal.times("openai.chat", event)]
    if not asked or any(asked[-1] < at < interruption.chunk for at in ends):
        return False
    cancelled = [at for at in journal.times("openai.chat", "cancelled") if interruption.chunk <= at < interruption.ended]
    return min(cancelled, default=None)


def of_voice(journal, interruption):
    """The last of the contexts that were being spoken, likewise."""
    ended = journal.named(VOICE, "finished")
    cancelled = journal.named(VOICE, "cancelled")
    open_ = [
        name for name, at in journal.named(VOICE, "request").items()
        if at < interruption.chunk
        and interruption.chunk <= min(cancelled.get(name, float("inf")), ended.get(name, float("inf")))
        # One that was never told of again is too old to be of this interruption.
        and interruption.chunk - at < 30_000
    ]
    if not open_:
        return False
    last = max(cancelled.get(name, float("inf")) for name in open_)
    return last if last < interruption.ended else None


def run(quick):
    rounds = 6 if quick else 32
    say(f"cancel: {rounds} interruptions")
    with Doubles(SCRIPT) as doubles, serving(doubles) as server:
        found, journal = asyncio.run(interruptions(server, doubles, rounds))
    print("\nFrom an interruption to the providers' cancelled requests; goal: 20 ms")
    seen = [interruption for interruption in found if interruption]
    rows, notes = [], []
    for name, of in (("chat", of_chat), ("synthesis", of_voice)):
        ends = [(interruption, of(journal, interruption)) for interruption in seen]
        stopped = [(interruption, at) for interruption, at in ends if at]
        rows.append((f"{name}: after `response.interrupted`", [at - i.received for i, at in stopped]))
        rows.append((f"{name}: after the chunk that interrupts", [at - i.chunk for i, at in stopped]))
        # The client is told at once; the providers are cancelled when words say that it is a turn.
        words = [(at, heard(journal, i)) for i, at in stopped]
        rows.append((f"{name}: after the words were sent to Parley", [at - word for at, word in words if word and word <= at]))
        kept = sum(at is None for _, at in ends)
        notes.append(f"{name}: {kept} kept for longer than {PATIENCE:g} s, {sum(at is False for _, at in ends)} not at work")
    table([row for row in rows if row[1]], columns=("mean", "p50", "p99", "least", "most"))
    print(f"  {len(found)} interruptions, {len(found) - len(seen)} not noticed; {load_average()}.\n  {'; '.join(notes)}.")
    print("  Method: speech over an answer that is being written and spoken. The server decides after the chunk has left and")
    print("  before `response.interrupted` is here; less than nothing: the provider knew before the client.")
