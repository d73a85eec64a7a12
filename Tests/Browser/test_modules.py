"""The page's pure modules, each run in the browser that will run them."""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).parents[2] / "Sources" / "ConsolePage"


@pytest.fixture
def modules(browse, stand_in):
    """`modules(name, body)` evaluates `body` with the module as `m`."""
    page = browse(stand_in)
    return lambda name, body: page.evaluate(f"import('/{name}.js').then((m) => {{ {body} }})")


def test_every_file_of_the_page_is_embedded():
    table = (ROOT / "ConsolePage.c").read_text()
    files = {file.name for file in (ROOT / "site").iterdir()}
    assert set(re.findall(r'#embed "site/(.+)"', table)) == files
    assert set(re.findall(r'FILE_AT\("/(.+?)"', table)) == files


def test_samples_survive_base64(modules):
    assert modules(
        "pcm",
        "const s = Int16Array.from({length: 70000}, (_, i) => (i * 7919) % 65536 - 32768);"
        "const back = m.samplesFromBase64(m.base64FromSamples(s));"
        "return s.length === back.length && s.every((v, i) => v === back[i]);",
    )


def test_base64_is_little_endian(modules):
    assert modules("pcm", "return m.base64FromSamples(Int16Array.of(1, -2));") == "AQD+/w=="


def test_half_a_sample_is_refused(modules):
    assert modules("pcm", "try { m.samplesFromBase64('AQ=='); } catch (e) { return e.name; }") == "RangeError"


def test_meter_runs_from_sixty_to_six_decibels_below_full_scale(modules):
    assert modules("pcm", "return [0, 0.001, 0.5012, 1].map((x) => Math.round(100 * m.meterShare(x)));") == [0, 0, 100, 100]


@pytest.mark.parametrize("rate", [44_100, 48_000, 22_050, 8_000])
def test_resampler_keeps_what_is_below_and_removes_what_is_above(modules, rate):
    levels = modules(
        "capture-worklet",
        f"""const level = (hertz) => {{
          const input = Float32Array.from({{length: {rate}}}, (_, i) => Math.sin(2 * Math.PI * hertz * i / {rate}));
          const out = new m.Resampler({rate}, 16000).process(input).slice(400, -400);
          return [out.length, Math.sqrt(2 * out.reduce((sum, x) => sum + x * x, 0) / out.length)];
        }};
        return [level(300), level(3000), level(10500)];""",
    )
    for length, level in levels[:2]:
        assert abs(length - (16_000 - 800)) < 60
        assert abs(level - 1) < 0.01
    if rate > 24_000:
        assert levels[2][1] < 0.01, "10.5 kHz may not fold back to 5.5 kHz"


def test_chunking_never_changes_resampling(modules):
    assert modules(
        "capture-worklet",
        """const input = Float32Array.from({length: 9000}, (_, i) => Math.sin(i * i / 9000));
        const whole = new m.Resampler(44100, 16000).process(input);
        for (const size of [1, 7, 128, 1024]) {
          const parts = new m.Resampler(44100, 16000);
          const pieces = [];
          for (let i = 0; i < input.length; i += size) pieces.push(...parts.process(input.slice(i, i + size)));
          if (pieces.length !== whole.length || pieces.some((x, i) => x !== whole[i])) return size;
        }
        return 'same';""",
    ) == "same"


def test_blocks_clip_instead_of_wrapping_round(modules):
    assert modules(
        "capture-worklet",
        "const out = []; const b = new m.Blocker(3); b.push([2, -2, 0.5, 1], (x) => out.push([...x])); return out;",
    ) == [[32767, -32768, 16384]]


def test_schedule_plays_without_gaps_and_counts_what_was_heard(modules):
    assert modules(
        "schedule",
        """const s = new m.PlaybackSchedule({lead: 0.5, rate: 16000});
        const a = s.place(1, 'A', 'r', 10), b = s.place(2, 'B', 'r', 10.1);
        return [a.start, a.end === b.start, s.at(10.2), s.at(11).role, s.at(12).role, s.playedMilliseconds(12.5),
                s.secondsByRole(12.5), s.isDrained(13.4), s.isDrained(13.5)];""",
    ) == [10.5, True, None, "A", "B", 2000, {"A": 1, "B": 1}, False, True]


def test_schedule_begins_again_after_a_pause(modules):
    assert modules(
        "schedule",
        """const s = new m.PlaybackSchedule({lead: 0.5}); s.place(1, 'A', 'r', 10);
        return s.place(1, 'A', 'r', 20).start;""",
    ) == 20.5


def test_clearing_the_schedule_forgets_what_was_not_heard(modules):
    assert modules(
        "schedule",
        """const s = new m.PlaybackSchedule({lead: 0}); s.place(1, 'A', 'r', 0); s.place(1, 'B', 'r', 0);
        const removed = s.clear(0.25).map((x) => x.role);
        return [removed, s.at(0.3), s.secondsByRole(5), s.place(1, 'C', 'q', 5).start];""",
    ) == [["A", "B"], None, {"A": 0.25, "B": 0}, 5]


def test_skipping_a_role_moves_the_next_one_up(modules):
    assert modules(
        "schedule",
        """const s = new m.PlaybackSchedule({lead: 0});
        s.place(1, 'A', 'r', 0); s.place(1, 'A', 'r', 0); s.place(1, 'B', 'r', 0);
        const {removed, moved} = s.removeWhere((x) => x.role === 'A', 0.5);
        return [removed.length, moved.map((x) => [x.role, x.start, x.end]), s.secondsByRole(1)];""",
    ) == [2, [["B", 0.5, 1.5]], {"A": 0.5, "B": 0.5}]


def run_states(modules, events):
    return modules(
        "state",
        f"""let s = m.initialState;
        return {events}.map((e) => (s = m.next(s, typeof e === 'string' ? {{type: e}} : e), m.phaseOf(s)));""",
    )


def test_states_of_an_interrupted_answer(modules):
    events = """['connecting', {type: 'connected', bargeIn: true}, {type: 'microphone', microphone: 'open'},
      'caller.interim', {type: 'caller.final', isEmpty: false}, 'response.created', {type: 'speaker', role: 'A'},
      'caller.interim', 'response.interrupted', 'response.done', 'caller.interim',
      {type: 'caller.final', isEmpty: true}, {type: 'disconnected', connection: 'waiting'}]"""
    assert run_states(modules, events) == [
        "connecting", "ready", "listening", "hearing", "thinking", "thinking", "speaking", "speaking",
        "interrupted", "interrupted", "hearing", "listening", "disconnected",
    ]  # fmt: skip


def test_states_of_an_answer_that_pauses_and_goes_on(modules):
    events = """[{type: 'connected', bargeIn: true}, {type: 'microphone', microphone: 'open'}, 'caller.started',
      'caller.stopped', {type: 'caller.final', isEmpty: false}, 'response.created', {type: 'speaker', role: 'A'},
      'response.paused', 'caller.started', 'caller.stopped', {type: 'caller.final', isEmpty: true}, 'response.resumed',
      {type: 'speaker', role: 'A'}, 'response.paused', 'response.interrupted', 'caller.stopped',
      {type: 'caller.final', isEmpty: false}]"""
    assert run_states(modules, events) == [
        "ready", "listening", "hearing", "thinking", "thinking", "thinking", "speaking", "paused", "paused", "paused",
        "paused", "thinking", "speaking", "paused", "interrupted", "interrupted", "thinking",
    ]  # fmt: skip


def test_push_to_talk_is_deaf_while_an_answer_is_open(modules):
    assert modules(
        "state",
        """let s = m.initialState; const streams = [];
        for (const e of [{type: 'connected', bargeIn: false}, {type: 'microphone', microphone: 'open'}, {type: 'hold'},
          {type: 'release'}, {type: 'response.created'}, {type: 'hold'}, {type: 'speaker', role: 'A'},
          {type: 'response.done'}, {type: 'hold'}, {type: 'speaker', role: null}, {type: 'hold'}]) {
          s = m.next(s, e); streams.push(m.streams(s));
        }
        return streams;""",
    ) == [False, False, True, False, False, False, False, False, False, False, True]


def test_reconnecting_waits_longer_each_time_and_never_for_ever(modules):
    assert modules("bridge", "return [0, 1, 2, 9].map((n) => [m.backOff(n, 0), m.backOff(n, 1)]);") == [
        [375, 625],
        [750, 1250],
        [1500, 2500],
        [11250, 18750],
    ]


def test_close_codes_after_which_the_page_tries_again(modules):
    assert modules("bridge", "return [1000, 1001, 1006, 1012, 1013, 4503].every(m.retries);")
    assert not modules("bridge", "return [1002, 1003, 1007, 1008, 1009, 4404, 4409].some(m.retries);")
    assert modules("bridge", "return ['full', 'draining', 'replaced', 'unknown_project'].map(m.passesByItself);") == [
        True,
        True,
        False,
        False,
    ]


def test_words_for_a_drain(modules):
    assert modules("words", "return [8000, 0].map((ms) => m.drainingWords({closes_in_ms: ms}));") == [
        "The server is going down: this conversation ends in 8 s at the latest.",
        "The server is going down: this conversation ends now.",
    ]


def test_bridge_address(modules):
    assert modules(
        "bridge",
        """return [m.bridgeAddress({protocol: 'https:', host: 'h:1'}, 'a b'), m.bridgeAddress({protocol: 'http:', host: 'h'}, null)];""",
    ) == ["wss://h:1/bridge/a%20b", "ws://h/"]


@pytest.mark.parametrize(
    "text, heard, expected",
    [
        ("Spread them, over several.", "spread them", {"heard": "Spread them,", "rest": " over several."}),
        ("Spread them.", "", {"heard": "", "rest": "Spread them."}),
        ("Pay $5 now.", "pay five dollars", None),
        ("Short.", "short and more", None),
    ],
)
def test_heard_words_are_found_in_the_text(modules, text, heard, expected):
    assert modules("transcript", f"return m.splitHeard({text!r}, {heard!r});") == expected


def test_deltas_join_verbatim_but_sentences_keep_apart(modules):
    assert modules(
        "transcript", "return ['invest', 'ments.', 'Then', ' 3.', '5'].reduce(m.append);"
    ) == "investments. Then 3.5"


def test_interim_words_are_replaced_and_an_empty_turn_leaves_nothing(modules):
    assert modules(
        "transcript",
        """const t = new m.Transcript(() => {}); const seen = [];
        const note = () => seen.push(t.entries.map((e) => `${e.status} ${e.text}`));
        t.callerInterim('how'); t.callerInterim('how can I'); note(); t.callerFinal('How can I?'); note();
        t.callerInterim('uh'); t.callerFinal(''); note();
        return seen;""",
    ) == [["interim how can I"], ["final How can I?"], ["final How can I?"]]


def test_interruption_tells_heard_from_unheard(modules):
    assert modules(
        "transcript",
        """const t = new m.Transcript(() => {});
        t.responseCreated('r'); t.agentDelta('A', 'First.'); t.agentDelta('B', 'Second.'); t.agentDelta('S', 'Silent.');
        t.interrupted('A', 'First', (role) => role === 'A', (role) => role !== 'S');
        return t.entries.map((e) => [e.role, e.status]);""",
    ) == [["A", "interrupted"], ["B", "unheard"], ["S", "written"]]


@pytest.mark.parametrize(
    "heard, rest, kept",
    [
        ("spread them", "over several.", "Spread them, over several. "),
        ("spread them over", "them, over several.", "Spread them, over several. "),
        ("Spread them, over several.", "", "Spread them, over several. "),
        ("", "", ""),
        ("something else", "over several.", None),
        ("spread them", "words that are not there", None),
    ],
)
def test_what_stays_of_an_answer_that_goes_on(modules, heard, rest, kept):
    text = "Spread them, over several. Then sell."
    assert modules("transcript", f"return m.throughRest({text!r}, {heard!r}, {rest!r});") == kept


def test_a_sentence_that_comes_again_is_not_there_twice(modules):
    assert modules(
        "transcript",
        """return [m.rejoin('One. Two of', 'Two of three.'), m.rejoin('One.', 'Two.'), m.rejoin('', 'Two.')];""",
    ) == ["One. Two of three.", "One. Two.", "Two."]


def test_a_pause_marks_what_was_heard_and_takes_it_back(modules):
    assert modules(
        "transcript",
        """const t = new m.Transcript(() => {}); const seen = [];
        const note = () => seen.push(t.entries.map((e) => `${e.role} ${e.status}: ${e.text}`));
        t.responseCreated('r'); t.agentDelta('A', 'One two three.'); t.agentDone('A', 'One two three.');
        t.agentDelta('B', 'Four.');
        t.paused('A', 'One', (role) => role === 'A', () => true); note();
        t.resumed('A', 'two three.'); note();
        t.agentDelta('B', 'Four.'); note();
        t.paused('B', '', () => true, () => true); t.responseDone(); note();
        return seen;""",
    ) == [
        ["A paused: One two three.", "B unheard: Four."],
        ["A written: One two three."],
        ["A written: One two three.", "B writing: Four."],
        ["A written: One two three.", "B interrupted: Four."],
    ]


def test_another_conversation_never_goes_on_in_an_old_entry(modules):
    assert modules(
        "transcript",
        """const t = new m.Transcript(() => {});
        t.conversationEnded(); t.callerTyped('First'); t.responseCreated('resp_1'); t.agentDelta('A', 'One.');
        t.callerInterim('and'); t.conversationEnded(); t.conversationEnded();
        t.callerTyped('Second'); t.responseCreated('resp_1'); t.agentDelta('A', 'Two.');
        return t.entries.map((e) => `${e.status} ${e.text}`);""",
    ) == ["typed First", "cut One.", "divider A new conversation", "typed Second", "writing Two."]


def test_layers_of_a_diamond_and_of_a_cycle(modules):
    nodes = "['a', 'b', 'c', 'd'].map((id) => ({id}))"
    diamond = "[['a','b'],['a','c'],['b','d'],['c','d']].map(([from, to]) => ({from, to}))"
    cycle = "[['a','b'],['b','a'],['b','gone']].map(([from, to]) => ({from, to}))"
    layers = "return m.layersOf({}, {}).map((layer) => layer.map((node) => node.id));"
    assert modules("graph-layout", layers.format(nodes, diamond)) == [["a"], ["b", "c"], ["d"]]
    assert sum(len(layer) for layer in modules("graph-layout", layers.format(nodes, cycle))) == 4


@pytest.mark.parametrize(
    "fallback, words",
    [
        ("'as it is'", "as it is"),
        ("{wanted: 'Azure/AI-Speech', used: 'local voice', reason: 'no AZURE_SPEECH_KEY'}",
         "local voice instead of Azure/AI-Speech: no AZURE_SPEECH_KEY"),
        ("null", ""),
    ],
)  # fmt: skip
def test_fallbacks_in_words(modules, fallback, words):
    assert modules("words", f"return m.fallbackWords({fallback});") == words
