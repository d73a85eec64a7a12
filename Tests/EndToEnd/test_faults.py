"""Everything that can go wrong with a provider, one thing after another: what the caller hears, what is logged and counted, and
what it costs. docs/faults.md is written from what is seen here; with PARLEY_WRITE_FAULTS=1 it is written anew.
"""

import os
from collections import Counter
from pathlib import Path

import pytest

from lanes import CHAINS, DEADLINE, ENGINES, FAULTS, LATE, PAUSE, SAID, SENTENCE, SENTENCES
from servers import ROOT

DOCUMENT = ROOT / "docs" / "faults.md"
PAGE = Path(__file__).parent / "faults.md.in"


def _cases():
    for engine, alone in CHAINS:
        for fault in FAULTS:
            if fault in LATE and engine.kind != "recognition":
                continue
            yield pytest.param(engine, alone, fault, id=f"{engine.model}-{'alone' if alone else 'second'}-{fault}")


def _answer(lane):
    return SENTENCES if lane.engine.kind == "generation" else SENTENCE


@pytest.mark.parametrize("engine, alone, fault", list(_cases()))
def test_is_survived(engine, alone, fault, seen):
    lane = seen[engine, alone]
    whole = _answer(lane)
    for (_, lasting), (turn, after) in ((key, turns) for key, turns in lane.turns.items() if key[0] == fault):
        # Nothing is said twice, and what was said is of the answer.
        assert whole.startswith(turn.words), (lasting, turn)
        assert len(turn.transcripts) <= 1, (lasting, turn)
        assert turn.audio <= 1.45 * lane.healthy.audio + 2 * 16000 * (turn.fillers + 3 * turn.apologies), (lasting, turn)
        # Either the caller gets everything, or is told; what a silent recogniser does not hear is no turn.
        told = {"recognition_failed", "agent_failed", "synthesis_failed"} & set(turn.warnings)
        if not told and turn.transcripts != [""]:
            assert turn.status == "completed" and turn.words == whole, (lasting, turn)
            assert turn.audio >= 0.75 * lane.healthy.audio and turn.apologies == 0, (lasting, turn)
        # Who is owed an answer hears something.
        if {"recognition_failed", "agent_failed"} & set(turn.warnings):
            assert turn.apologies == 1, (lasting, turn)
        assert turn.audio > 0 or turn.transcripts == [""], (lasting, turn)
        # The log, the metrics and the caller agree.
        failures = {key: count for key, count in turn.attempts.items() if key[1] not in ("completed", "skipped", "cancelled")}
        assert failures == dict(turn.logged), (lasting, turn)
        for code, name in (
            ("recognition_failed", "parley_recognition_failures_total"), ("agent_failed", "parley_agent_failures_total"),
            ("synthesis_failed", "parley_synthesis_failures_total"),
            ("provider_failover", "parley_provider_failovers_total"),
        ):
            assert turn.counted[name] == turn.warnings.count(code), (name, turn)
        assert turn.counted["parley_fillers_total"] == turn.fillers + turn.apologies
        took_over = any(provider != engine.model for provider, _ in turn.attempts)
        assert took_over == ("provider_failover" in turn.warnings), (lasting, turn)
        # It is over.
        assert (after.words, after.status, after.warnings) == (whole, "completed", []), (lasting, after)
        assert after.transcripts == [SAID]
        # The words may be settled before the final transcript: the report of the turn before comes with that, in this turn.
        attempts = [1, 2] if engine.kind == "recognition" else [1]
        assert after.attempts in [{(engine.model, "completed"): count} for count in attempts]
        assert after.audio >= 0.75 * lane.healthy.audio


@pytest.mark.parametrize("engine, alone", CHAINS, ids=lambda value: getattr(value, "model", value))
def test_is_not_noticed_beside(engine, alone, seen):
    lane = seen[engine, alone]
    assert len(lane.beside) == len(lane.turns) > 0
    for turn in lane.beside:
        assert (turn.words, turn.status, turn.warnings) == (_answer(lane), "completed", []), turn
        assert turn.audio > 0


def test_is_what_the_document_says(seen):
    page = PAGE.read_text()
    for kind in ENGINES:
        page = page.replace(f"<!-- {kind} -->", _table(kind, seen))
    if os.environ.get("PARLEY_WRITE_FAULTS"):
        DOCUMENT.write_text(page)
    written = DOCUMENT.read_text() if DOCUMENT.exists() else ""
    (prose, rows), (prose_seen, rows_seen) = _rows(written), _rows(page)
    assert (prose, sorted(rows - rows_seen), sorted(rows_seen - rows)) == (prose_seen, [], []), (
        "run this test with PARLEY_WRITE_FAULTS=1 to write docs/faults.md anew")


def _rows(page):
    """The page without what varies from run to run: the costs, and the providers that share a row for them."""
    lines = page.splitlines()
    prose = [line for line in lines if not line.startswith("|")]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("|")]
    return prose, {(fault, way, *cells) for fault, way, _provider, *cells, _costs in rows}


# The table.

COUNTS = ["no", "one", "two", "three", "four", "five", "six"]
WAYS = {"alone": "alone", "once": "alone, only once", "second": "with a second engine"}


def _table(kind, seen):
    rows = {}  # (fault, way) → cells → engines
    for (engine, alone), lane in seen.items():
        if engine.kind == kind:
            for (fault, lasting), (turn, _) in lane.turns.items():
                way = "second" if not alone else "alone" if lasting else "once"
                rows.setdefault((fault, way), {}).setdefault(_cells(lane, fault, turn), []).append(engine)
    lines = ["| fault | | provider | the caller | attempts | counted | when | costs |", "|---|---|---|---|---|---|---|---|"]
    for fault in FAULTS:
        for way, shown in WAYS.items():
            by_cells = rows.get((fault, way), {})
            for cells, engines in by_cells.items():
                names = "all" if len(by_cells) == 1 and len(engines) == len(ENGINES[kind]) else ", ".join(
                    engine.provider for engine in engines)
                lines.append(f"| {' | '.join((fault, shown, names, *cells))} |")
    return "\n".join(lines)


def _cells(lane, fault, turn):
    when = _when(lane, fault, turn)
    # A busy machine may be slow enough for a filler; the page has those that the fault calls for.
    filled = turn.fillers > 0 and when != "at once"
    return (_caller(lane, turn, fault, filled), _attempts(lane, turn), _counted(turn, filled), when, _costs(lane, fault, turn))


def _caller(lane, turn, fault, filled):
    warned = set(turn.warnings)
    others = "provider_failover" in warned
    filler = "a filler, " if filled else ""
    match lane.engine.kind:
        case "recognition" if "recognition_failed" in warned:
            return "hears an apology, and is asked to type"
        case "recognition":
            return "is answered" if turn.words else "gets no answer, as if nothing had been said"
        case "generation" | "dialogue" if "agent_failed" in warned:
            return filler + ("the answer's beginning, then an apology" if turn.words else "an apology")
        case "synthesis" if "synthesis_failed" in warned:
            return "hears " + ("an apology in a local voice" if turn.apologies else "the beginning") + ", and reads all"
    whole = "the whole answer"
    if others:
        whole += ", the second engine's from midway on" if "midway" in fault else ", all of it the second engine's"
    return ("hears " if lane.engine.kind == "synthesis" else "") + filler + whole


def _attempts(lane, turn):
    parts = []
    for model in lane.chain:
        outcomes = [(outcome, count) for (provider, outcome), count in turn.attempts.items() if provider == model]
        # What succeeded came last.
        for outcome, count in sorted(outcomes, key=lambda pair: (pair[0] == "completed", pair[0])):
            parts.append(f"`{outcome}`" + (f" × {count}" if count > 1 else ""))
    return ", ".join(parts)


def _counted(turn, filled):
    names = set(turn.counted) - (set() if filled or turn.apologies else {"parley_fillers_total"})
    return ", ".join(sorted(name.removeprefix("parley_").removesuffix("_total") for name in names)) or "–"


def _when(lane, fault, turn):
    """In deadlines and pauses, not in seconds: what a busy machine adds is no matter."""
    outcomes = Counter()
    for (_, outcome), count in turn.attempts.items():
        outcomes[outcome] += count
    if expired := outcomes["timedOut"]:
        # A second attempt has twice the time for its first piece. Pieces that follow have the deadline, each time.
        both = 2 if "midway" in fault and lane.engine.kind != "recognition" else 3
        deadlines = expired // 2 * both + expired % 2
        # Words that were settled at a pause are answered at once; the deadline is that of the final transcript behind them.
        assert turn.settled >= 0.95 * deadlines * DEADLINE or (lane.engine.kind == "recognition" and turn.words), turn
        return "after the deadline" if deadlines == 1 else f"after {COUNTS[deadlines]} deadlines"
    if outcomes["rateLimited"] and turn.settled >= 0.9 * PAUSE:
        return "after the pause"
    return "when it comes" if fault == "late" else "at once"


def _costs(lane, fault, turn):
    if lane.engine.kind == "recognition":
        # How much an attempt that failed was given of the utterance is a matter of chance.
        return " + ".join(_at_most(lane, fault, turn, model) for model in lane.chain)
    usual = lane.healthy.spent[lane.engine.model]
    if not usual:
        return "–"
    return " + ".join(_multiple(turn.spent[model] / usual) for model in lane.chain)


def _at_most(lane, fault, turn, model):
    outcomes = {outcome: count for (provider, outcome), count in turn.attempts.items() if provider == model}
    tried = sum(outcomes.values()) - outcomes.get("skipped", 0)
    assert turn.spent[model] <= 1.1 * tried * lane.healthy.spent[lane.engine.model], turn
    if "midway" not in fault and not turn.spent[model]:
        return "0"
    return f"up to {tried}" if set(outcomes) - {"completed", "skipped"} else str(tried)


def _multiple(share):
    for most, words in ((0.01, "0"), (0.9, "a part"), (1.1, "1"), (1.9, "more than 1"), (2.1, "2")):
        if share < most:
            return words
    return "more than 2"
