"""The page alone, against the stand-in: what it shows, what it sends, and what it never plays."""

import json
import math
import urllib.request

import pytest
from microphone import two_questions
from stand_in_bridge import AGENTS, PREFIX
from waiting import wait_until


STOCK_PLAN = AGENTS["Stock Planner"]["text"]


@pytest.fixture
def console(browse, stand_in):
    """`console(microphone=…)` opens the page and waits until it is ready to be used."""

    def open_console(**options):
        page = browse(f"{stand_in}/#keep-audio", **options)
        wait_until(page, "window.parley && document.querySelector('.graph-node, .flow-row')")
        return page

    return open_console


@pytest.fixture(scope="session")
def microphone(tmp_path_factory):
    # The stand-in answers a second after the end of the question; five seconds later it is in mid-sentence.
    return two_questions(tmp_path_factory.mktemp("microphone") / "two.wav", between_seconds=6)


def received(stand_in):
    with urllib.request.urlopen(f"{stand_in}/stand-in/received") as answer:
        return json.load(answer)


def type_text(page, text):
    page.fill("#text", text)
    page.press("#text", "Enter")


def test_spoken_question_interruption_and_second_answer(console, microphone, stand_in):
    page = console(microphone=microphone)
    page.click("#start")
    wait_until(page, "parley.phase === 'listening'")
    wait_until(page, "parley.phase === 'hearing'")
    assert page.locator(".entry[data-status=interim]").count() == 1
    wait_until(page, "parley.phase === 'speaking'")
    assert page.inner_text("#status-title") == "Stock Planner is speaking"
    assert page.locator(".graph-node[data-state=speaking]").get_attribute("data-id").endswith("/Stock Planner")
    flush = wait_until(page, "parley.flushes[0]?.silentAfterMilliseconds && parley.flushes[0]")
    print("flush:", flush)
    assert page.inner_text(".entry-rest") != ""
    wait_until(page, "parley.speaker === 'Currency Planner'", 40)
    transcript = page.evaluate("parley.transcript")
    assert [(entry["role"], entry["status"]) for entry in transcript][:4] == [
        ("You", "final"),
        ("Stock Planner", "interrupted"),
        ("You", "final"),
        ("Stock Planner", "written"),
    ]
    assert "Late Audio" not in page.evaluate("parley.audioRoles")
    assert page.evaluate("parley.eventCounts['response.audio.delta']") > 0
    counts = received(stand_in)
    for kind in ["start_recording", "playback.started", "playback.progress", "response.cancel", "PONG"]:
        assert counts.get(kind, 0) > 0, kind
    page.click("#start")
    # At once, and whatever the server still sends of the answer.
    assert page.evaluate("[parley.phase, parley.speaker]") == ["idle", None]
    assert page.evaluate("parley.graph['Investment Strategy Advisor/Currency Planner']") == "interrupted"


def test_stop_ends_the_conversation_and_start_begins_another(console, microphone, stand_in):
    page = console(microphone=microphone)
    page.click("#start")
    wait_until(page, "parley.phase === 'listening'")
    assert page.inner_text("#version") == f"· v{page.evaluate('parley.session.version')}"
    type_text(page, "What about bonds?")
    wait_until(page, "parley.speaker === 'Stock Planner'")
    page.click("#start")
    assert page.evaluate("[parley.state.connection, parley.speaker]") == ["closed", None]
    assert page.evaluate("parley.transcript.at(-1).status") == "cut"
    page.click("#start")
    wait_until(page, "parley.eventCounts['session.created'] === 2 && parley.phase === 'listening'")
    type_text(page, "And what about shares?")
    wait_until(page, "parley.speaker === 'Stock Planner'")
    roles = page.evaluate("parley.transcript.filter((e) => e.status !== 'interim').map((e) => `${e.role}: ${e.status}`)")
    assert roles[:5] == ["You: typed", "Stock Planner: cut", ": divider", "You: typed", "Stock Planner: writing"]


def test_a_noise_pauses_the_answer_and_it_goes_on(console, stand_in):
    page = console()
    before = received(stand_in).get("session.update", 0)
    type_text(page, "What about bonds?")
    wait_until(page, "parley.playedSecondsByAgent['Stock Planner'] > 1")
    assert received(stand_in)["session.update"] == before + 1
    type_text(page, "please pause")
    wait_until(page, "parley.phase === 'paused'")
    assert page.evaluate("parley.speaker") is None
    entry = "parley.transcript.find((entry) => entry.role === 'Stock Planner')"
    assert page.evaluate(f"[{entry}.status, {entry}.heard]") == ["paused", "To protect your"]
    assert page.inner_text(".entry-rest") != ""
    wait_until(page, "parley.speaker === 'Stock Planner'")
    assert page.evaluate(f"{entry}.status") == "writing"
    assert page.locator(".entry-rest").count() == 0
    wait_until(page, f"{entry}.status === 'written'", 40)
    assert page.evaluate(f"{entry}.text").split() == STOCK_PLAN.split(), "every word once"
    assert "response.interrupted" not in page.evaluate("parley.eventCounts")


def test_a_warning_names_the_message_that_it_is_about(console):
    page = console()
    type_text(page, "please scold")
    wait_until(page, "parley.notices.includes('Something is missing. (playback.progress)')")


def test_stand_ins_are_said(console, stand_in):
    urllib.request.urlopen(f"{stand_in}/stand-in/stand-ins").close()
    try:
        page = console()
        type_text(page, "please warn")
        wait_until(page, "parley.notices.some((text) => text.startsWith('Hosted providers are played by stand-ins'))")
    finally:
        urllib.request.urlopen(f"{stand_in}/stand-in/providers").close()


def test_without_a_microphone_the_text_box_takes_over(console):
    page = console()
    page.click("#start")
    wait_until(page, "parley.state.microphone === 'unavailable'")
    assert page.evaluate("document.activeElement.id") == "text"
    assert "type below" in page.inner_text("#notices")
    assert page.locator(".notice[data-kind=problem]").count() == 0
    page.keyboard.type("What about bonds?")
    page.keyboard.press("Enter")
    wait_until(page, "parley.speaker === 'Stock Planner'")


def test_text_box_works_from_the_first_moment(console):
    page = console()
    assert page.evaluate("parley.phase") == "idle"
    type_text(page, "<b>What</b> about bonds?")
    wait_until(page, "parley.transcript.some((entry) => entry.role === 'Stock Planner')")
    assert page.inner_text(".entry-text >> nth=0") == "<b>What</b> about bonds?"
    wait_until(page, "parley.graph['Investment Strategy Advisor/Stock Planner'] === 'spoken'", 30)
    wait_until(page, "parley.eventCounts['response.done'] === 1", 40)
    wait_until(page, "parley.phase === 'ready'")
    roles = page.evaluate("parley.transcript.map((entry) => `${entry.role}: ${entry.status}`)")
    assert roles == [
        "You: typed",
        "Stock Planner: written",
        "Currency Planner: written",
        "Risk Assessment Planner: written",
    ]
    assert page.evaluate("parley.audioRoles") == ["Stock Planner", "Currency Planner"]
    assert page.inner_text("#metrics") == "First audio 0.41 s after the end of the turn · Turn about 0.0013 USD"


def test_everything_that_was_sent_is_heard_without_a_gap(console):
    page = console()
    type_text(page, "What about bonds?")
    wait_until(page, "parley.eventCounts['response.done'] === 1 && parley.speaker === null", 60)
    played = page.evaluate("parley.playedSecondsByAgent")
    for role, seconds in played.items():
        assert seconds == pytest.approx(page.evaluate(f"parley.audioOf({role!r}).length") / 16_000, abs=1e-3)


def test_skip_goes_on_to_the_next_agent(console, stand_in):
    page = console()
    type_text(page, "What about bonds?")
    wait_until(page, "parley.speaker === 'Stock Planner'")
    before = received(stand_in).get("response.cancel", 0)
    page.click("#next")
    wait_until(page, "parley.speaker === 'Currency Planner'")
    assert received(stand_in)["response.cancel"] == before + 1
    assert page.evaluate("parley.transcript[1].status") == "skipped"
    assert page.evaluate("parley.graph['Investment Strategy Advisor/Stock Planner']") == "skipped"


@pytest.mark.parametrize("how", ["#stop", "Escape"])
def test_stop_ends_the_answer_and_the_conversation_goes_on(console, how):
    page = console()
    type_text(page, "What about bonds?")
    wait_until(page, "parley.speaker === 'Stock Planner'")
    if how == "Escape":
        page.keyboard.press(how)
    else:
        page.click(how)
    assert page.evaluate("[parley.speaker, parley.phase]") == [None, "ready"]
    wait_until(page, "parley.eventCounts['response.done'] === 1")
    assert page.evaluate("parley.transcript.at(-1).status") == "stopped"
    assert page.evaluate("parley.state.connection") == "open"
    assert page.get_attribute("#stop", "aria-disabled") == "true"
    heard = page.evaluate("parley.playedSecondsByAgent")
    type_text(page, "And shares?")
    wait_until(page, "parley.eventCounts['response.created'] === 2 && parley.speaker === 'Stock Planner'")
    assert list(heard) == ["Stock Planner"], "nobody went on"


def test_push_to_talk_streams_only_while_the_key_is_held(console, microphone, stand_in):
    page = console(microphone=microphone)
    page.select_option("#project", "press-to-talk")
    page.click("#start")
    wait_until(page, "parley.phase === 'ready' && parley.state.microphone === 'open'")
    sent = received(stand_in).get("input_audio_buffer.append", 0)
    wait_until(page, "document.activeElement.id === 'talk'")
    page.keyboard.down(" ")
    wait_until(page, "parley.phase === 'hearing'")
    assert received(stand_in)["input_audio_buffer.append"] > sent
    page.keyboard.up(" ")
    wait_until(page, "parley.phase === 'speaking'")
    assert not page.is_visible("#mute"), "the button is the mute"
    # The button interrupts.
    page.keyboard.down(" ")
    wait_until(page, "parley.eventCounts['response.interrupted'] === 1 && parley.speaker === null")
    page.keyboard.up(" ")


def test_a_muted_caller_is_not_heard_and_the_conversation_goes_on(console, microphone, stand_in):
    page = console(microphone=microphone)
    page.click("#start")
    wait_until(page, "parley.phase === 'listening'")
    page.click("#mute")
    assert page.evaluate("parley.phase") == "muted"
    assert page.get_attribute("#mute", "aria-pressed") == "true"
    sent = received(stand_in)["input_audio_buffer.append"]
    wait_until(page, "parley.log.some((entry) => entry.type === 'stop_recording')")
    page.wait_for_timeout(500)
    assert received(stand_in)["input_audio_buffer.append"] == sent
    page.click("#mute")
    wait_until(page, "['listening', 'hearing', 'speaking'].includes(parley.phase)")
    wait_until(page, "parley.log.filter((entry) => entry.type === 'start_recording').length === 2")
    assert page.evaluate("parley.eventCounts['session.created']") == 1


def test_warning_is_a_notice_and_the_conversation_goes_on(console):
    page = console()
    type_text(page, "please warn")
    wait_until(page, "parley.notices.includes('A warning that was asked for.')")
    assert page.evaluate("parley.state.connection") == "open"


def test_what_could_not_be_recognised_is_no_longer_heard(console):
    page = console()
    type_text(page, "please mishear")
    wait_until(page, "parley.notices.includes('Nothing was understood.')")
    assert page.evaluate("parley.phase") == "ready"


def test_error_is_said_and_only_the_caller_tries_again(console):
    page = console()
    type_text(page, "please fail")
    wait_until(page, "parley.phase === 'failed'")
    assert page.evaluate("parley.notices") == ["An error that was asked for."]
    page.click("text=Reconnect")
    wait_until(page, "parley.phase === 'ready'")
    assert page.evaluate("parley.notices") == []


def test_a_full_server_is_tried_again(console):
    page = console()
    type_text(page, "please be full")
    wait_until(page, "parley.phase === 'disconnected'")
    assert page.evaluate("parley.notices") == ["There is no place left."]
    wait_until(page, "parley.eventCounts['session.created'] === 2", 30)
    wait_until(page, "parley.phase === 'ready'")
    assert page.evaluate("parley.notices") == []


def test_who_was_replaced_does_not_come_back_by_itself(console):
    page = console()
    type_text(page, "please replace")
    wait_until(page, "parley.phase === 'failed'")
    assert page.evaluate("parley.notices") == ["Another one goes on."]
    assert page.evaluate("parley.eventCounts['session.created']") == 1


def test_a_drain_is_announced(console):
    page = console()
    type_text(page, "please drain")
    words = "The server is going down: this conversation ends in 8 s at the latest."
    wait_until(page, f"parley.notices.includes('{words}')")
    assert page.evaluate("parley.state.connection") == "open"
    type_text(page, "please go away")
    wait_until(page, f"!parley.notices.includes('{words}')")


def test_why_the_connection_ended_outlives_a_retry_that_fails(console, stand_in):
    page = console()
    type_text(page, "please warn")
    wait_until(page, "parley.eventCounts['session.created'] === 1")
    before = received(stand_in).get("refused", 0)
    urllib.request.urlopen(f"{stand_in}/stand-in/refuse").close()
    try:
        type_text(page, "please go away")
        # The second retry comes after the page has seen the first one fail.
        while received(stand_in).get("refused", 0) < before + 2:
            wait_until(page, "true")
        assert page.evaluate("parley.notices.some((text) => text.includes('going away or restarting'))")
    finally:
        urllib.request.urlopen(f"{stand_in}/stand-in/accept").close()
    wait_until(page, "parley.phase === 'ready'", 30)


def test_lost_connection_comes_back_by_itself_with_what_was_typed(console):
    page = console()
    type_text(page, "please go away")
    wait_until(page, "parley.eventCounts['session.created'] === 2", 30)
    wait_until(page, "parley.phase === 'ready'")
    type_text(page, "Are you there?")
    wait_until(page, "parley.speaker === 'Stock Planner'")


def test_a_lost_connection_cuts_the_answer_and_the_next_one_is_another(console):
    page = console()
    type_text(page, "What about bonds?")
    wait_until(page, "parley.speaker === 'Stock Planner'")
    type_text(page, "please go away")
    wait_until(page, "parley.eventCounts['session.created'] === 2", 30)
    type_text(page, "Are you there?")
    wait_until(page, "parley.speaker === 'Stock Planner'")
    roles = page.evaluate("parley.transcript.map((entry) => `${entry.role}: ${entry.status}`)")
    assert roles == [
        "You: typed",
        "Stock Planner: cut",
        "You: typed",
        ": divider",
        "You: typed",
        "Stock Planner: writing",
    ]
    assert "the conversation ended here" in page.inner_text(".entry[data-status=cut] .entry-note")


def test_fallbacks_are_shown(console):
    page = console()
    type_text(page, "please warn")
    wait_until(page, "!document.getElementById('fallbacks').hidden")
    expected = "stand-in voice instead of Azure/AI-Speech: this is the stand-in server"
    assert page.inner_text("#fallbacks-list") == expected


def test_unreachable_registry_is_said_and_typing_still_works(browse, stand_in, plain_browser):
    context = plain_browser.new_context()
    page = context.new_page()
    page.route("**/api/projects", lambda route: route.fulfill(status=500, body="no"))
    page.goto(stand_in)
    wait_until(page, "window.parley && parley.notices.some((text) => text.includes('500'))")
    type_text(page, "What about bonds?")
    wait_until(page, "parley.speaker === 'Stock Planner'")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_agent_has_enough_contrast(console, scheme):
    page = console(color_scheme=scheme)
    page.select_option("#project", "dozen")
    wait_until(page, "document.querySelectorAll('.agents li').length === 12")
    # All sixteen colours, on the ground of the transcript and as the ground of a speaker.
    page.evaluate(
        """[...document.querySelectorAll('.agents li')].forEach((row, i) => { row.dataset.hue = i + 4; });
        [...document.querySelectorAll('.flow-row')].forEach((row, i) => { row.dataset.hue = i + 4; row.dataset.state = 'speaking'; })"""
    )
    ratios = page.evaluate(CONTRAST)
    assert len(ratios) > 15
    assert {text: ratio for text, ratio in ratios.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(console, scheme):
    page = console(color_scheme=scheme, reduced_motion="reduce")  # No colour is half way to another.
    type_text(page, "What about bonds?")
    wait_until(page, "parley.graph['Investment Strategy Advisor/Stock Planner'] === 'speaking'")
    ratios = page.evaluate(CONTRAST)
    assert len(ratios) > 15
    assert {text: ratio for text, ratio in ratios.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_sixteen_agents_can_be_told_apart(console, scheme):
    page = console(color_scheme=scheme)
    colours = page.evaluate(COLOURS)
    assert len(set(map(tuple, colours))) == 16
    pairs = [(a, b) for i, a in enumerate(colours) for b in colours[:i]]
    # In OKLab, where a distance of 0.02 can just be seen when two colours lie side by side.
    assert min(math.dist(a, b) for a, b in pairs) > 0.06


def test_the_second_eight_agents_have_a_mark_that_needs_no_colour(console):
    page = console(forced_colors="active")
    page.select_option("#project", "dozen")
    wait_until(page, "document.querySelectorAll('.flow-row').length === 12")
    marks = page.evaluate("[...document.querySelectorAll('.flow-row')].map((e) => getComputedStyle(e).borderLeftStyle)")
    assert marks == ["solid"] * 8 + ["double"] * 4


# The colours of the agents, as OKLab.
COLOURS = """() => {
  const pen = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
  const style = getComputedStyle(document.documentElement);
  return Array.from({length: 16}, (_, i) => {
    pen.fillStyle = style.getPropertyValue(`--hue-${i}`); pen.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...pen.getImageData(0, 0, 1, 1).data].map((x) => x / 255)
      .map((x) => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
    const [l, m, s] = [[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.63]]
      .map(([x, y, z]) => Math.cbrt(x * r + y * g + z * b));
    return [0.2105 * l + 0.7936 * m - 0.0041 * s, 1.978 * l - 2.4286 * m + 0.4506 * s, 0.0259 * l + 0.7828 * m - 0.8087 * s];
  });
}"""


# The contrast of every colour of text with the ground that it stands on, by the formula of WCAG 2.
CONTRAST = """() => {
  const pen = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
  const rgb = (colour) => {
    pen.clearRect(0, 0, 1, 1); pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data];
  };
  const light = (colour) => {
    const [r, g, b] = rgb(colour).map((x) => x / 255).map((x) => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const box = at.matches('.graph-node') ? at.querySelector('.graph-box') : null;
      const colour = box ? getComputedStyle(box).fill : getComputedStyle(at).backgroundColor;
      if (rgb(colour)[3] === 255) return colour;
    }
    return 'white';
  };
  const found = {};
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.data.trim();
    if (!text || !element.checkVisibility() || element.matches('button:disabled, title, script, .hidden, .hidden *')) continue;
    const colour = element instanceof SVGElement ? getComputedStyle(element).fill : getComputedStyle(element).color;
    const [a, b] = [light(colour), light(ground(element))].sort((x, y) => y - x);
    found[text.slice(0, 40)] = (a + 0.05) / (b + 0.05);
  }
  return found;
}"""


@pytest.mark.parametrize("width, height", [(320, 568), (360, 640), (768, 1024), (1280, 720), (1920, 1080)])
def test_nothing_overflows_sideways(console, width, height):
    page = console(viewport={"width": width, "height": height})
    type_text(page, "please warn")
    wait_until(page, "parley.notices.length > 0")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.documentElement.scrollHeight") <= height
    for control in ["#start", "#text", "#next", "#stop"]:
        box = page.locator(control).bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width and box["y"] + box["height"] <= height


@pytest.mark.parametrize("width, height", [(844, 390), (640, 400), (320, 568), (390, 800), (1280, 720)])
def test_the_words_that_are_spoken_can_be_seen(console, width, height):
    page = console(viewport={"width": width, "height": height})
    type_text(page, "What about bonds?")
    wait_until(page, "parley.speaker === 'Currency Planner'", 40)
    ends = []
    for _ in range(2):
        words = page.locator(".entry[data-status=writing] .entry-text").last.bounding_box()
        place = page.locator("#transcript").bounding_box()
        assert place["y"] + place["height"] <= page.locator(".dock").bounding_box()["y"]
        ends.append((words["y"] + words["height"], place["y"] + place["height"]))
        if page.is_visible("#panel-toggle"):
            page.click("#panel-toggle")
    assert all(end <= bottom + 1 for end, bottom in ends)


@pytest.mark.parametrize("tab", ["flow", "turn", "events", "settings"])
def test_no_tab_is_wider_than_a_small_phone(console, tab):
    page = console(viewport={"width": 320, "height": 568})
    type_text(page, "please write")
    page.click("#panel-toggle")
    page.click(f"#tab-{tab}")
    assert page.is_visible(f"#panel-{tab}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    wide = f"[...document.querySelectorAll('#panel-{tab} *')].filter((e) => e.getBoundingClientRect().right > 321).length"
    assert page.evaluate(wide) == 0


def test_many_agents_are_a_list_and_few_are_drawn(console):
    page = console()
    assert page.locator(".graph-node").count() == 4
    page.select_option("#project", "dozen")
    wait_until(page, "document.querySelectorAll('.flow-row').length === 12")
    assert page.locator(".graph-node").count() == 0
    assert page.inner_text(".flow-row >> nth=11").startswith("Agent L")
    page.select_option("#project", "investment-advisor")
    wait_until(page, "document.querySelectorAll('.graph-node').length === 4")
    page.set_viewport_size({"width": 390, "height": 800})
    page.click("#panel-toggle")
    wait_until(page, "document.querySelectorAll('.flow-row').length === 4")


def test_the_agents_go_through_their_states(console):
    page = console()
    type_text(page, "What about bonds?")
    node = "parley.graph['Investment Strategy Advisor/Stock Planner']"
    for state in ["writing", "speaking", "spoken"]:
        wait_until(page, f"{node} === {state!r}", 30)
    wait_until(page, "parley.graph['Investment Strategy Advisor/Risk Assessment Planner'] === 'written'", 30)


def test_an_example_is_asked_by_a_press(console):
    page = console()
    page.click("text=What is a forward contract?")
    wait_until(page, "parley.speaker === 'Stock Planner'")
    assert page.evaluate("parley.transcript[0].text") == "What is a forward contract?"


def test_a_saved_version_is_announced_and_a_restart_takes_it(console, stand_in):
    page = console()
    type_text(page, "please warn")
    wait_until(page, "parley.eventCounts['session.created'] === 1")
    before = page.evaluate("parley.session.version")
    urllib.request.urlopen(f"{stand_in}/stand-in/save").close()
    words = f"investment-advisor was saved as v{before + 1}. This conversation goes on with the old one."
    wait_until(page, f"parley.notices.includes({words!r})")
    assert page.inner_text("#version") == f"· v{before}"
    page.click("text=Restart")
    wait_until(page, f"document.getElementById('version').textContent === '· v{before + 1}'")
    assert page.evaluate("parley.state.connection") == "closed"
    type_text(page, "please warn")
    wait_until(page, "parley.eventCounts['session.created'] === 2")
    assert page.evaluate("parley.session.version") == before + 1


def test_another_project_keeps_what_was_said(console):
    page = console()
    type_text(page, "please warn")
    wait_until(page, "parley.eventCounts['session.created'] === 1")
    page.select_option("#project", "press-to-talk")
    type_text(page, "please warn")
    wait_until(page, "parley.session.project === 'press-to-talk'")
    statuses = page.evaluate("parley.transcript.map((entry) => entry.status)")
    assert statuses == ["typed", "divider", "typed"]


def test_markdown_is_shown_and_nothing_of_it_runs(console):
    page = console()
    page.evaluate("void (window.alert = () => { window.ran = true; })")
    type_text(page, "please write")
    entry = page.locator(".entry[data-kind=agent] .entry-text")
    wait_until(page, "document.querySelector('.entry[data-kind=agent] li')")
    assert entry.locator("strong").inner_text() == "Two"
    assert entry.locator("li").all_inner_texts() == ["one point", "<b>two</b>"]
    assert entry.locator("a").get_attribute("href") == "https://example.org/a"
    assert entry.locator("a").count() == 1
    assert entry.locator("img, b, script").count() == 0
    assert page.evaluate("window.ran") is None


def test_a_turn_shows_where_its_time_went(console):
    page = console()
    type_text(page, "What about bonds?")
    page.click("#tab-turn")
    wait_until(page, "document.querySelectorAll('.turn').length === 1 && document.querySelector('.providers')", 60)
    assert "first sound after 0.41 s" in page.inner_text(".turn summary")
    label = page.get_attribute(".bar", "aria-label")
    assert label == (
        "End of turn 100 ms, Transcription 12 ms, First token 200 ms, First sentence 30 ms, First audio 70 ms"
    )
    widths = page.evaluate("[...document.querySelectorAll('.bar-part')].map((e) => e.getBoundingClientRect().width)")
    assert len(widths) == 5 and max(widths) == widths[2]
    assert "1 of 2 requests failed" in page.inner_text(".providers")


def test_the_log_can_be_searched_and_copied(browse, stand_in):
    page = browse(stand_in, permissions=["clipboard-read", "clipboard-write"])
    wait_until(page, "window.parley && document.querySelector('.graph-node')")
    page.click("#tab-events")
    type_text(page, "please warn")
    wait_until(page, "document.querySelector('[data-type=warning]')")
    page.fill("#events-filter", "A WARNING that")
    assert page.evaluate("[...document.querySelectorAll('#events > li')].map((row) => row.dataset.type)") == ["warning"]
    page.click("#events-copy")
    wait_until(page, "parley.notices.includes('1 events are copied as JSON.')")
    copied = json.loads(page.evaluate("navigator.clipboard.readText()"))
    assert [event["message"]["code"] for event in copied] == ["stand_in"]
    page.click("#events-clear")
    assert page.evaluate("parley.log") == []


def test_the_transcript_can_be_copied_and_saved(browse, stand_in):
    page = browse(stand_in, permissions=["clipboard-read", "clipboard-write"])
    wait_until(page, "window.parley && document.querySelector('.graph-node')")
    assert not page.is_visible("#record-copy")
    type_text(page, "please write")
    wait_until(page, "parley.eventCounts['response.done'] === 1")
    page.click("#record-copy")
    wait_until(page, "parley.notices.includes('The transcript is copied.')")
    text = page.evaluate("navigator.clipboard.readText()")
    assert "You: please write" in text and "Risk Assessment Planner: **Two** things" in text
    with page.expect_download() as download:
        page.click("#record-json")
    record = json.loads(download.value.path().read_text())
    assert record["project"] == "investment-advisor"
    assert [entry["status"] for entry in record["entries"]] == ["typed", "written"]
    assert download.value.suggested_filename.startswith("investment-advisor-")


def test_sliders_change_the_conversation_and_go_back_when_they_are_refused(console):
    page = console()
    page.click("#tab-settings")
    assert page.is_disabled("#setting-threshold")
    type_text(page, "please warn")
    wait_until(page, "!document.getElementById('setting-threshold').disabled")
    page.fill("#setting-threshold", "9")
    wait_until(page, "parley.session.vad.threshold === 9")
    assert "9 × 30 ms = 0.27 s" in page.inner_text("#tuning")
    page.evaluate("document.getElementById('setting-threshold').max = 99")
    page.fill("#setting-threshold", "99")
    wait_until(page, "parley.notices.some((text) => text.includes('do not go together'))")
    assert page.input_value("#setting-threshold") == "9"
    page.click("text=As in the project")
    wait_until(page, "parley.session.vad.threshold === 15")


def test_the_silence_that_ends_a_turn_is_counted_down(console, microphone):
    page = console(microphone=microphone)
    page.click("#start")
    wait_until(page, "document.getElementById('status-wait').textContent === 'Answering in 1 s, unless you go on.'", 30)
    wait_until(page, "document.getElementById('status-title').textContent === 'Heard you'")
    wait_until(page, "parley.phase === 'thinking' || parley.phase === 'speaking'")
    assert page.inner_text("#status-wait") == ""


def test_the_ribbon_shades_the_silence_that_ends_a_turn_and_the_lockout(console, microphone):
    page = console(microphone=microphone)
    page.click("#tab-settings")
    assert "silence that ends your turn (1 s)" in page.inner_text(".trace-key")
    page.click("#start")
    wait_until(page, "parley.phase === 'speaking'", 30)
    longest = "Math.max(0, ...parley.shades.filter((shade) => shade.kind === '{}').map((shade) => shade.seconds))"
    wait_until(page, f"{longest.format('lockout')} > 0.3")
    assert 0.7 < page.evaluate(longest.format("silence")) < 1.5


def test_volume_and_devices_are_remembered(console, microphone):
    page = console(microphone=microphone)
    page.click("#tab-settings")
    page.click("#start")
    wait_until(page, "document.getElementById('microphone').options.length > 1")
    page.select_option("#microphone", index=1)
    page.fill("#volume", "0.3")
    wait_until(page, "parley.state.microphone === 'open'")
    chosen = page.input_value("#microphone")
    page.reload()
    wait_until(page, "window.parley && document.getElementById('microphone').value !== ''")
    assert page.input_value("#microphone") == chosen
    assert page.input_value("#volume") == "0.3"


def test_a_slow_line_is_said(console):
    page = console()
    type_text(page, "please stutter")
    wait_until(page, "parley.notices.some((text) => text.startsWith('The sound comes more slowly'))")


def test_what_no_websocket_gets_through_is_said(console, stand_in):
    page = console()
    urllib.request.urlopen(f"{stand_in}/stand-in/refuse").close()
    try:
        type_text(page, "What about bonds?")
        wait_until(page, "parley.notices.some((text) => text.includes('no WebSocket gets through'))")
    finally:
        urllib.request.urlopen(f"{stand_in}/stand-in/accept").close()


def test_a_proxy_may_put_it_under_a_path(browse, stand_in):
    page = browse("about:blank")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url.replace("ws:", "http:")))
    page.goto(f"{stand_in}{PREFIX}/")
    wait_until(page, "window.parley && document.querySelector('.graph-node')")
    type_text(page, "What about bonds?")
    wait_until(page, "parley.speaker === 'Stock Planner'")
    assert any("/bridge/" in url for url in asked) and any("/api/projects/" in url for url in asked)
    assert [url for url in asked if not url.startswith(f"{stand_in}{PREFIX}/")] == []


def test_tabs_are_one_stop_and_arrows_go_on(console):
    page = console()
    page.focus("#tab-flow")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.id") == "tab-settings"
    assert page.is_visible("#panel-settings") and not page.is_visible("#panel-flow")
    page.keyboard.press("Home")
    assert page.is_visible("#panel-flow")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('[role=tabpanel]')?.id") == "panel-flow"


def test_keyboard_reaches_every_control_in_order(console):
    page = console()
    order = []
    for _ in range(10):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
    assert order[0] == "project"
    stops = ["What is a forward contract?", "tab-flow", "graph", "start", "text", "Send", "next"]
    assert [name for name in order if name in stops] == stops
