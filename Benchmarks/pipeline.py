"""Parley's own share of the time to first audio, when everybody else is played by stand-ins with scripted times."""
import asyncio
import bisect

import numpy as np

import bare
from hosted import ANSWER, HEARD, SILENCE, VOICE, Company, Doubles, Shares, rule, serving
from measuring import load_average, say, table

FINAL, FIRST, BETWEEN, AUDIO = 50, 100, 10, 60  # ms
SENTENCE = FIRST + BETWEEN * (len(ANSWER.split()) - 1)
SCRIPT = [
    rule("deepgram.listen", text=HEARD, finalMs=FINAL),
    rule("openai.chat", text=ANSWER, firstMs=FIRST, betweenMs=BETWEEN),
    rule(VOICE, firstMs=AUDIO),
]
# Conversations, seconds between two turns of each, turns of each that count.
ROWS = [(1, 6.0, 16), (10, 6.0, 6), (50, 8.0, 5), (100, 12.5, 4)]
QUICK = [(1, 6.0, 3), (10, 6.0, 1), (50, 8.0, 1), (100, 12.5, 1)]

SHARE = "Parley's share, between events on the wire"
SCRIPTED = "Parley's share, against the script"
SERVED = "Parley's share, server's clock and script"
PARTS = [
    "chunk that ends the turn → decision",
    "decision → transcript",
    "transcript at the client → chat request in",
    "stand-in late with the sentence ¹",
    "sentence out → synthesis request in",
    "stand-in late with the audio ¹",
    "audio out → client has it",
]
ADDED = "of it: transcript → audio, the wire's events"


class Chains:
    """Puts what happened at the stand-ins to the turns it belongs to.

    Nothing in the journal names a conversation. Turns end further apart than the parts last that are measured, so what
    follows next belongs together; what two turns lay claim to is counted for neither.
    """

    def __init__(self, journal):
        self.asked = journal.times("openai.chat", "request")
        self.written = journal.times("openai.chat", "finished")
        contexts = journal.named(VOICE, "request")
        first = journal.named(VOICE, "firstPiece")
        self.voices = sorted((at, first[name]) for name, at in contexts.items() if name in first)
        self.claims = {}

    def of(self, turn):
        """(chat request, sentence, synthesis request, audio), or None. Events are noted just after they happened."""
        # The client may see the transcript a little after the model sees the request.
        number = bisect.bisect(self.asked, turn.transcript - 5)
        if number >= len(self.asked):
            return None
        # An answer that was interrupted has no end; none ends before its time.
        asked = self.asked[number]
        end = bisect.bisect(self.written, asked + SENTENCE - 1)
        if end >= len(self.written):
            return None
        written = self.written[end]
        voice = bisect.bisect(self.voices, (written - 1,))
        if voice >= len(self.voices) or self.voices[voice][1] > turn.audio + 1:
            return None
        for claim in (("chat", number), ("sentence", end), ("voice", voice)):
            self.claims.setdefault(claim, []).append(turn)
        return asked, written, *self.voices[voice]

    def contested(self):
        return {turn for turns in self.claims.values() if len(turns) > 1 for turn in turns}


def taken_apart(turn, chain):
    """One turn in ms: the shares, and the parts."""
    asked, written, ordered, spoken = chain
    metrics = turn.metrics
    decision = metrics["endpointing_ms"] - SILENCE
    # The server's clock says how long ago it had the chunk; the client knows when it sent which. The words are asked for in
    # the silence, so that they are there when the turn ends: their scripted delay is no part of the wait.
    ended = turn.transcript - metrics["transcription_ms"] - decision
    chunks = [sent for sent in turn.sent if sent <= ended + 8]
    if not chunks:
        return None
    whole = turn.audio - chunks[-1]
    return {
        SHARE: whole - (written - asked) - (spoken - ordered),
        SCRIPTED: whole - SENTENCE - AUDIO,
        SERVED: metrics["ttfa_ms"] - SILENCE - SENTENCE - AUDIO,
        ADDED: (asked - turn.transcript) + (ordered - written) + (turn.audio - spoken),
        PARTS[0]: decision,
        PARTS[1]: metrics["transcription_ms"],
        PARTS[2]: asked - turn.transcript,
        PARTS[3]: written - asked - SENTENCE,
        PARTS[4]: ordered - written,
        PARTS[5]: spoken - ordered - AUDIO,
        PARTS[6]: turn.audio - spoken,
    }


async def talked(server, doubles, count, period, rounds):
    """Everybody's turns, the first of each to warm up, the journal of the others, and what they took."""
    company, shares = Company(count, period), Shares(server, doubles)
    await company.open(server)
    await company.talk(1)
    company.late = 0.0
    doubles.forget()
    shares.begin()
    await company.talk(rounds, silence=0.1)
    shares.end()
    journal = doubles.journal()
    company.close()
    return company, journal, shares


def report(count, period, company, journal, shares, floor):
    turns = company.turns(first=1)
    whole = [turn for turn in turns if turn.transcript and turn.audio and turn.metrics]
    chains = Chains(journal)
    found = [(turn, chains.of(turn)) for turn in whole]
    contested = chains.contested()
    clear = [(turn, chain) for turn, chain in found if chain and turn not in contested]
    apart = [parts for parts in (taken_apart(turn, chain) for turn, chain in clear) if parts]
    print(f"\n  {count} at once, a turn each {period:g} s ({count / period:.1f} turns a second)")
    if apart:
        columns = ("mean", "p50", "p99", "least", "most")
        table([(name, [parts[name] for parts in apart]) for name in (SHARE, SCRIPTED, SERVED, ADDED)], columns)
        table([(name, [parts[name] for parts in apart]) for name in PARTS], columns)
        net = float(np.median([parts[SHARE] for parts in apart])) - floor
        print(f"  The share's median less the bare client's medians, {floor:.1f} ms: {net:.1f} ms.")
    print(
        f"  {len(turns)} turns, {len(turns) - len(whole)} without an answer, {len(whole) - len(apart)} not told apart, "
        f"{len(company.troubles())} warnings or interruptions, {company.gone} lost; client late at most "
        f"{1000 * company.late:.0f} ms"
    )
    for trouble in company.troubles()[:3]:
        print(f"    {trouble}")
    print(f"  {shares}; {load_average()}")
    if not journal.is_whole:
        print("  The journal was full: its beginning is missing.")


def run(quick):
    print("\nParley's own share of the time to first audio (TTFA), hosted providers played by stand-ins")
    print(
        f"  Scripted: {FINAL} ms to the final transcript, {FIRST} ms to the first word, {BETWEEN} ms a word, so {SENTENCE} ms "
        f"to the first sentence,\n  {AUDIO} ms to the first audio; {SILENCE} ms of silence end a turn, and the words are asked for within it. "
        "Goal: 5 ms (p50), 15 ms (p99)."
    )
    say("pipeline: the stand-ins without Parley")
    floor = bare.floor(SCRIPT, 8 if quick else 40, "Keep most of it at home. ", FINAL)
    print("\n  For comparison: the stand-ins and a bare client, one request at a time, nothing of Parley ²")
    table([(name, values) for name, values in floor.items()], columns=("mean", "p50", "p99", "least", "most"))
    # The transcript is late within the silence.
    floor = sum(float(np.median(values)) for name, values in floor.items() if name != "transcript")
    print(f"  medians added: {floor:.1f} ms; {load_average()}")
    for count, period, rounds in QUICK if quick else ROWS:
        say(f"pipeline: {count} conversations, {rounds} turns each")
        # Their own stand-ins for every row, for an empty journal, and their own server.
        with Doubles(SCRIPT) as doubles, serving(doubles) as server:
            company, journal, shares = asyncio.run(talked(server, doubles, count, period, rounds))
            report(count, period, company, journal, shares, floor)
    print("  ¹ not Parley's; the first row leaves it out. ² how late the transcript is, requests arrive, the last word and the")
    print("  first audio come; their sum leaves out the transcript, which comes within the silence. docs/benchmarks.md.")
