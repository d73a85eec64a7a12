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
    events = """['connecting', {type: 'session.created', capabilities: {vad_enabled: true}}, {type: 'microphone', microphone: 'open'},
      'caller.interim', {type: 'caller.final', isEmpty: false}, 'response.created', {type: 'speaker', role: 'A'},
      'caller.interim', 'response.interrupted', 'response.done', 'caller.interim',
      {type: 'caller.final', isEmpty: true}, {type: 'disconnected', connection: 'waiting'}]"""
    assert run_states(modules, events) == [
        "connecting", "ready", "listening", "hearing", "thinking", "thinking", "speaking", "speaking",
        "interrupted", "interrupted", "hearing", "listening", "disconnected",
    ]  # fmt: skip


def test_words_that_come_after_the_end_of_a_turn_do_not_open_it_again(modules):
    events = """[{type: 'session.created', capabilities: {vad_enabled: true}}, {type: 'microphone', microphone: 'open'},
      'caller.started', 'caller.interim', 'caller.stopped', 'caller.interim', {type: 'caller.final', isEmpty: false},
      'caller.interim', 'caller.started']"""
    assert run_states(modules, events) == [
        "ready", "listening", "hearing", "hearing", "thinking", "thinking", "thinking", "thinking", "hearing",
    ]  # fmt: skip


def test_states_of_an_answer_that_pauses_and_goes_on(modules):
    events = """[{type: 'session.created', capabilities: {vad_enabled: true}}, {type: 'microphone', microphone: 'open'}, 'caller.started',
      'caller.stopped', {type: 'caller.final', isEmpty: false}, 'response.created', {type: 'speaker', role: 'A'},
      'response.paused', 'caller.started', 'caller.stopped', {type: 'caller.final', isEmpty: true}, 'response.resumed',
      {type: 'speaker', role: 'A'}, 'response.paused', 'response.interrupted', 'caller.stopped',
      {type: 'caller.final', isEmpty: false}]"""
    assert run_states(modules, events) == [
        "ready", "listening", "hearing", "thinking", "thinking", "thinking", "speaking", "paused", "paused", "paused",
        "paused", "thinking", "speaking", "paused", "interrupted", "interrupted", "thinking",
    ]  # fmt: skip


def test_push_to_talk_streams_while_the_button_is_held_and_over_an_answer_too(modules):
    assert modules(
        "state",
        """let s = m.initialState; const streams = [];
        for (const e of [{type: 'session.created'}, {type: 'microphone', microphone: 'open'}, {type: 'hold'},
          {type: 'release'}, {type: 'response.created'}, {type: 'speaker', role: 'A'}, {type: 'hold'},
          {type: 'disconnected', connection: 'waiting'}]) {
          s = m.next(s, e); streams.push(m.streams(s));
        }
        return streams;""",
    ) == [False, False, True, False, False, False, True, False]


def test_mute_holds_until_the_microphone_is_closed(modules):
    assert modules(
        "state",
        """let s = m.initialState; const seen = [];
        for (const e of [{type: 'mute', isMuted: true}, {type: 'session.created', capabilities: {vad_enabled: true}},
          {type: 'microphone', microphone: 'open'}, {type: 'mute', isMuted: true}, {type: 'mute', isMuted: false},
          {type: 'mute', isMuted: true}, {type: 'microphone', microphone: 'off'}, {type: 'microphone', microphone: 'open'}]) {
          s = m.next(s, e); seen.push([m.phaseOf(s), m.streams(s)]);
        }
        return seen;""",
    ) == [
        ["idle", False], ["ready", False], ["listening", True], ["muted", False], ["listening", True],
        ["muted", False], ["ready", False], ["listening", True],
    ]  # fmt: skip


def test_an_event_that_means_nothing_changes_nothing(modules):
    assert modules(
        "state",
        """const s = m.next(m.initialState, {type: 'session.created', session: {}});
        return ['PING', 'audio', 'vad.frame', 'response.audio.delta'].every((type) => m.next(s, {type}) === s);""",
    )


# How the agents of a flow stand after each event: two that speak, one that writes.
FLOW = """
  let f = m.nextFlow(m.initialFlow, {type: 'graph', nodes: [
    {id: 'a', name: 'A', speaks: true}, {id: 'b', name: 'B', speaks: true}, {id: 's', name: 'S', speaks: false}]});
  const seen = [];
  for (const e of EVENTS) { f = m.nextFlow(f, e); seen.push(Object.values(m.statesOf(f)).join(' ')); }
  return seen;"""


def flow(modules, events):
    return modules("flow-state", FLOW.replace("EVENTS", events))


def test_agents_write_wait_speak_and_have_spoken(modules):
    assert flow(
        modules,
        """[{type: 'response.created'}, {type: 'agent.started', agent: 'A', node: 'a'},
        {type: 'agent.started', agent: 'B', node: 'b'}, {type: 'agent.started', agent: 'S', node: 's'},
        {type: 'agent.finished', agent: 'B', node: 'b'}, {type: 'playback', isPlaying: true},
        {type: 'speaker', role: 'A'}, {type: 'agent.finished', agent: 'A', node: 'a'},
        {type: 'agent.finished', agent: 'S', node: 's'}, {type: 'speaker', role: 'B'},
        {type: 'response.done', status: 'completed'}, {type: 'speaker', role: null}, {type: 'playback', isPlaying: false}]""",
    ) == [
        "idle idle idle", "writing idle idle", "writing writing idle", "writing writing writing",
        "writing waiting writing", "writing waiting writing", "speaking waiting writing", "speaking waiting writing",
        "speaking waiting written", "spoken speaking written", "spoken speaking written", "spoken spoken written",
        "spoken spoken written",
    ]  # fmt: skip


def test_an_interruption_tells_who_was_heard(modules):
    begin = """{type: 'response.created'}, {type: 'agent.started', agent: 'A', node: 'a'},
        {type: 'agent.started', agent: 'B', node: 'b'}, {type: 'agent.finished', agent: 'A', node: 'a'},
        {type: 'agent.finished', agent: 'B', node: 'b'}, {type: 'playback', isPlaying: true}, {type: 'speaker', role: 'A'}"""
    for end in [
        "{type: 'response.interrupted', role: 'A'}",
        "{type: 'abandoned'}",
        "{type: 'disconnected', connection: 'waiting'}",
        "{type: 'response.done', status: 'cancelled'}, {type: 'speaker', role: null}",
    ]:
        assert flow(modules, f"[{begin}, {end}]")[-1] == "interrupted unheard idle", end
    assert flow(modules, f"[{begin}, {{type: 'skipped', role: 'A'}}, {{type: 'speaker', role: 'B'}}]")[-1] == (
        "skipped speaking idle"
    )


def test_a_voice_that_never_came_is_not_heard(modules):
    assert flow(
        modules,
        """[{type: 'response.created'}, {type: 'agent.started', agent: 'A', node: 'a'},
        {type: 'agent.finished', agent: 'A', node: 'a'}, {type: 'response.done', status: 'failed'}]""",
    )[-2:] == ["waiting idle idle", "unheard idle idle"]


def test_turns_join_what_belongs_together_and_are_bounded(modules):
    assert modules(
        "turns",
        """let t = m.initialTurns;
        const tell = (type, id, more) => (t = m.nextTurns(t, {type, response_id: id, ...more}));
        tell('turn.metrics', 'r1', {ttfa_ms: 10}); tell('turn.metrics', 'r2', {ttfa_ms: 20}); tell('turn.usage', 'r1', {cost: 1});
        tell('PING', 'r1');
        const joined = t.list.map((x) => [x.number, x.metrics?.ttfa_ms, x.usage?.cost ?? null]);
        for (let i = 0; i < m.turnLimit; i += 1) tell('turn.metrics', `s${i}`, {});
        return [joined, t.list.length === m.turnLimit, t.dropped, t.list[0].number];""",
    ) == [[[1, 10, 1], [2, 20, None]], True, 2, 3]


def test_the_parts_of_a_turn_leave_out_what_took_no_time(modules):
    assert modules(
        "turns",
        """return [m.partsOf({endpointing_ms: 700, ttft_ms: 0, ttfb_ms: 60, sending_ms: null}).map((p) => p.name),
                m.partsOf(null)];""",
    ) == [["End of turn", "First audio"], []]


def test_the_silence_of_a_turn_begins_with_the_first_frame_without_speech(modules):
    seen = modules(
        "quiet",
        """const vad = {speech_probability: 0.5}; let q = null; const seen = [];
        const frame = (probability, at) => ({type: 'vad.frame', probability, at});
        for (const [event, turn] of [[frame(0.1, 1), 'idle'], [frame(0.9, 2), 'hearing'], [frame(0.4, 3), 'hearing'],
          [frame(0.34, 4), 'hearing'], [{type: 'PING'}, 'hearing'], [frame(0.2, 603), 'hearing'], [frame(0.2, 604), 'hearing'],
          [frame(0.36, 700), 'hearing'], [frame(0.1, 800), 'hearing'], [{type: 'caller.stopped'}, 'understood']]) {
          q = m.nextQuiet(q, event, turn, vad); seen.push(q);
        }
        return seen;""",
    )
    pause, long = {"since": 4, "isLong": False}, {"since": 4, "isLong": True}
    again = {"since": 800, "isLong": False}
    assert seen == [None, None, None, pause, pause, pause, long, None, again, None]


def test_a_wait_is_told_in_shares_and_seconds(modules):
    assert modules(
        "quiet",
        """return [[null, 9, 1000], [0, 100, 1000], [0, 500, 1000], [0, 1500, 3500], [0, 4000, 3500], [0, 500, 0]]
          .map(([since, ...facts]) => m.waitOf(since === null ? null : {since}, ...facts));""",
    ) == [
        None,
        None,
        {"share": 0.5, "secondsLeft": 1},
        {"share": 1500 / 3500, "secondsLeft": 2},
        {"share": 1, "secondsLeft": 0},
        None,
    ]


def test_the_ribbon_shades_lockouts_grace_periods_and_silences(modules):
    # One letter a column: L locked, D detecting, P detecting while a piece of the answer comes, Q the caller is silent.
    assert modules(
        "ribbon-shades",
        """const states = {L: 'locked', D: 'detecting', P: 'detecting', C: 'closed', T: 'thinking'};
        const columns = (letters) => [...letters].map((letter) => ({
          frame: states[letter] ? {state: states[letter]} : null, isFed: letter === 'P', isQuiet: letter === 'Q'}));
        const told = (letters) => m.shadesOf(columns(letters)).map(({kind, from, to}) => `${kind} ${from} ${to}`);
        return ['-QQ-QQQ-QQQQQT', 'TLLPDDDPDDDDDDC', 'TDDDDDDDC', 'PDDDDDDCDDDDDD', ''].map(told);""",
    ) == [
        ["silence 4 7", "silence 8 13"],
        ["lockout 1 3", "grace 8 14"],
        [],
        ["grace 1 7"],
        [],
    ]


def test_sixteen_agents_have_a_colour_each(modules):
    assert modules(
        "voices",
        """const voices = new m.Voices(); voices.reset(Array.from({length: 16}, (_, i) => `Agent ${i}`));
        return [new Set(Array.from({length: 16}, (_, i) => voices.hueOf(`Agent ${i}`))).size, voices.hueOf('Agent 3'),
          voices.hueOf('another')];""",
    ) == [16, 3, 0]


def test_the_log_is_bounded_without_audio_and_joins_small_messages(modules):
    assert modules(
        "event-log",
        """const log = new m.EventLog();
        log.add('server', {type: 'response.audio.delta', delta: 'AAAA', role: 'A'}, 1);
        log.add('page', {type: 'playback.progress', played_ms: 1}, 2);
        log.add('server', {type: 'response.audio.delta', delta: 'AAAAAA', role: 'A'}, 3);
        log.add('server', {type: 'response.text.delta', text: 'x'}, 4);
        log.add('server', {type: 'response.audio.delta', delta: 'AA', role: 'A'}, 5);
        const first = log.entries.map((e) => [e.type, e.count, e.message.delta ?? null]);
        log.add('server', {type: 'warning', message: 'y'.repeat(10000)}, 6);
        const longest = JSON.stringify(log.entries.at(-1).message).length < 5000;
        for (let i = 0; i < m.logLimit; i += 1) log.add('server', {type: `t${i}`}, 7);
        return [first, longest, log.entries.length === m.logLimit, log.dropped, log.matching('T499').length,
                JSON.parse(m.logAsJSON(log.matching('t0')))[0]];""",
    ) == [
        [
            ["response.audio.delta", 2, "(6 characters of base64)"],
            ["playback.progress", 1, None],
            ["response.text.delta", 1, None],
            ["response.audio.delta", 1, "(2 characters of base64)"],
        ],
        True,
        True,
        5,
        1,
        {"at": "1970-01-01T00:00:00.007Z", "from": "server", "message": {"type": "t0"}},
    ]


def test_a_line_is_slow_when_sentences_come_in_pieces(modules):
    assert modules(
        "line",
        """let line = m.initialLine; const seen = [];
        for (const [segment, ranDry, at] of [['a', true, 0], ['a', true, 1], ['b', true, 2], ['b', true, 3], ['b', false, 4],
          ['b', true, 5], ['b', true, 6], [undefined, true, 7], [undefined, true, 8], ['c', true, 9], ['c', true, 10],
          ['c', true, 30000], ['c', true, 30001], ['c', true, 30002]]) {
          const result = m.nextLine(line, {segment, ranDry, at}); line = result.line; seen.push(result.isSlow);
        }
        return seen;""",
    ) == [False] * 5 + [True] + [False] * 7 + [True]


@pytest.mark.parametrize(
    "text, blocks",
    [
        ("One\ntwo\n\nthree", [["paragraph", "One\ntwo"], ["paragraph", "three"]]),
        ("# Title\nText", [["heading", "Title"], ["paragraph", "Text"]]),
        ("- a\n* b\n+ c", [["item", "a"], ["item", "b"], ["item", "c"]]),
        ("2. a\n3) b\n20th", [["item", "a"], ["item", "b\n20th"]]),
        ("```js\n**x**\n```\nend", [["code", "**x**\n"], ["paragraph", "end"]]),
        ("```\nnever closed", [["code", "never closed\n"]]),
        ("5 * 3 * 2 and a_b_c and **", [["paragraph", "5 * 3 * 2 and a_b_c and **"]]),
        ("-5 degrees", [["paragraph", "-5 degrees"]]),
        ("", []),
    ],
)
def test_blocks_of_markdown(modules, text, blocks):
    found = modules("markdown", f"return m.parse({text!r}).map((b) => [b.kind, b.runs.map((r) => r.text).join('')]);")
    assert found == blocks


@pytest.mark.parametrize(
    "text, elements",
    [
        ("**a** *b* `c*`", "<strong>a</strong> <em>b</em> <code>c*</code>"),
        ("**a *b* c**", "<strong>a </strong><strong><em>b</em></strong><strong> c</strong>"),
        ("[x](https://a.b/c)", '<a href="https://a.b/c">x</a>'),
        ("see https://a.b/c.", 'see <a href="https://a.b/c">https://a.b/c</a>.'),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("[x](data:text/html,y)", "[x](data:text/html,y)"),
        ('<a onclick="x">y</a> &amp;', "&lt;a onclick=\"x\"&gt;y&lt;/a&gt; &amp;amp;"),
    ],
)
def test_elements_of_markdown(modules, text, elements):
    found = modules(
        "markdown",
        f"""const p = m.elementsOf({text!r})[0];
        p.querySelectorAll('a').forEach((a) => ['target', 'rel'].forEach((name) => a.removeAttribute(name)));
        return p.innerHTML;""",
    )
    assert found == elements


def test_what_was_not_heard_is_marked_in_markdown(modules):
    text = "Say **one two** three.\n- four"
    cut = text.index("two")
    assert modules(
        "markdown", f"return m.elementsOf({text!r}, {cut}).map((e) => e.innerHTML);"
    ) == [
        'Say <strong>one <s class="entry-rest">two</s></strong><s class="entry-rest"> three.</s>',
        '<li><s class="entry-rest">four</s></li>',
    ]


def test_markdown_keeps_every_letter_at_its_place(modules):
    """Whatever the text: a run stands in the source where it says that it does, and long texts take no time."""
    assert modules(
        "markdown",
        """let seed = 7; const random = (n) => (seed = (seed * 48271) % 2147483647) % n;
        const pieces = ['*', '**', '_', '`', '```', '\\n', '\\n\\n', '- ', '1. ', '# ', '[', '](', ')', 'https://a.b', ' ', 'word', 'ß', '<b>'];
        for (let i = 0; i < 2000; i += 1) {
          const text = Array.from({length: random(30)}, () => pieces[random(pieces.length)]).join('');
          for (const block of m.parse(text)) for (const run of block.runs) {
            if (!`${text}\\n`.startsWith(run.text, run.at)) return [text, run];
          }
          m.elementsOf(text, random(40));
        }
        m.parse('*a_['.repeat(4000));
        return 'kept';""",
    ) == "kept"


def test_a_record_reads_like_a_play(modules):
    text, plain = modules(
        "record-file",
        """const at = new Date(2026, 0, 2, 3, 4, 5).getTime();
        const entries = [
          {at, kind: 'caller', role: 'You', text: 'Why? ', status: 'final', heard: null},
          {at, kind: 'agent', role: 'A', text: 'One two.', status: 'interrupted', heard: 'One'},
          {at, kind: 'divider', role: '', text: 'A new conversation', status: 'divider', heard: null},
          {at, kind: 'agent', role: 'B', text: 'Three.', status: 'unheard', heard: null}];
        return [m.recordAsText('Head', entries), JSON.parse(m.recordAsJSON({project: 'p', version: 3}, entries))];""",
    )
    assert text.splitlines() == [
        "Head", "", "03:04:05 You: Why?", "03:04:05 A: One two. [interrupted after “One”]",
        "— A new conversation —", "03:04:05 B: Three. [not heard]",
    ]  # fmt: skip
    assert (plain["project"], plain["version"]) == ("p", 3)
    assert [entry.get("heard") for entry in plain["entries"]] == [None, "One", None, None]


@pytest.mark.parametrize(
    "base, project, address",
    [
        ("http://h:8000/", None, "ws://h:8000/"),
        ("http://h:8000/index.html#x", None, "ws://h:8000/"),
        ("https://h/voice/", "a b", "wss://h/voice/bridge/a%20b"),
        ("https://h/voice/?q=1", None, "wss://h/voice/"),
    ],
)
def test_the_bridge_lies_beside_the_page(modules, base, project, address):
    wanted = "null" if project is None else repr(project)
    assert modules("bridge", f"return m.bridgeAddress({base!r}, {wanted});") == address


def test_a_graph_is_drawn_without_edges_that_say_nothing_new(modules):
    edges = "[['a','b'],['b','c'],['a','c'],['a','d',' if'],['b','d'],['c','d']].map(([from, to, label]) => ({from, to, label}))"
    assert modules("graph-layout", f"return m.reduced({edges}).map((e) => e.from + e.to);") == ["ab", "bc", "ad", "cd"]


def test_a_drawing_that_cannot_be_read_is_a_list(modules):
    assert modules(
        "flow-view",
        "return [[330, 400, false], [530, 400, false], [534, 400, false], [330, 400, true]].map((x) => m.formFor(...x));",
    ) == ["drawing", "drawing", "list", "list"]


def test_settings_are_written_as_a_project_has_them(modules):
    assert modules(
        "tuning",
        """return m.asYAML({threshold: 9, window_size: 20, speech_probability: 0.5, lockout_seconds: 0.3,
                          grace_period_seconds: 1, frame_ms: 30});""",
    ).splitlines() == [
        "audio_config:", "  vad:", "    enable_barge_in: true", "    threshold: 9", "    window_size: 20",
        "    speech_probability: 0.5", "    lockout_seconds: 0.3", "    grace_period_seconds: 1",
    ]  # fmt: skip


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


def test_words_for_the_end_of_a_call(modules):
    reasons = "['agent', 'idle', 'longest_call', 'overload', '']"
    assert modules("words", f"return {reasons}.map((reason) => m.closeWords(1000, reason));") == [
        "The agent ended the call.",
        "The call ended because nobody said anything.",
        "The call ended: it lasted as long as the project allows.",
        "The server ended the conversation (overload).",
        "The server ended the conversation.",
    ]


def test_words_for_a_drain(modules):
    assert modules("words", "return [8000, 0].map((ms) => m.drainingWords({closes_in_ms: ms}));") == [
        "The server is going down: this conversation ends in 8 s at the latest.",
        "The server is going down: this conversation ends now.",
    ]


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


def test_a_stopped_answer_tells_who_was_heard(modules):
    assert modules(
        "transcript",
        """const t = new m.Transcript(() => {}, () => 5);
        t.responseCreated('r'); for (const role of ['A', 'B', 'C', 'S']) { t.agentDelta(role, 'x.'); }
        t.agentDone('A', 'x.'); t.agentDone('B', 'x.');
        t.stopped('B', (role) => role < 'C', (role) => role !== 'S');
        return t.entries.map((e) => [e.role, e.status, e.at]);""",
    ) == [["A", "written", 5], ["B", "stopped", 5], ["C", "unheard", 5], ["S", "stopped", 5]]


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
