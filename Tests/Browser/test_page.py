"""The page alone, against the stand-in: what it shows, what it sends, and what it never plays."""

import json
import urllib.request

import pytest
from microphone import two_questions
from stand_in_bridge import AGENTS
from waiting import wait_until


STOCK_PLAN = AGENTS["Stock Planner"]["text"]


@pytest.fixture
def console(browse, stand_in):
    """`console(microphone=…)` opens the page and waits until it is ready to be used."""

    def open_console(**options):
        page = browse(f"{stand_in}/#keep-audio", **options)
        wait_until(page, "window.parley && document.querySelector('.graph-node')")
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


def test_stop_ends_the_conversation_and_start_begins_another(console, microphone, stand_in):
    page = console(microphone=microphone)
    page.click("#start")
    wait_until(page, "parley.phase === 'listening'")
    assert page.inner_text("#version") == "version 0"
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
    wait_until(page, "parley.graph['Investment Strategy Advisor/Stock Planner'] === 'finished'", 30)
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
    assert page.inner_text("#metrics") == "First audio 0.41 s after the end of the turn"


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
    page.keyboard.press("Escape")
    wait_until(page, "parley.speaker === 'Currency Planner'")
    assert received(stand_in)["response.cancel"] == before + 1
    assert page.evaluate("parley.transcript[1].status") == "skipped"


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
    assert page.get_attribute("#talk", "aria-disabled") == "true"
    page.keyboard.down(" ")
    assert page.evaluate("parley.state.microphone") == "open", "deaf while the answer is open"


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
def test_every_text_has_enough_contrast(console, scheme):
    page = console(color_scheme=scheme, reduced_motion="reduce")  # No colour is half way to another.
    type_text(page, "What about bonds?")
    wait_until(page, "parley.graph['Investment Strategy Advisor/Stock Planner'] === 'speaking'")
    ratios = page.evaluate(CONTRAST)
    assert len(ratios) > 15
    assert {text: ratio for text, ratio in ratios.items() if ratio < 4.5} == {}


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


@pytest.mark.parametrize("width, height", [(360, 640), (768, 1024), (1280, 720), (1920, 1080)])
def test_nothing_overflows_sideways(console, width, height):
    page = console(viewport={"width": width, "height": height})
    type_text(page, "please warn")
    wait_until(page, "parley.notices.length > 0")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.documentElement.scrollHeight") <= height
    for control in ["#start", "#text", "#skip"]:
        box = page.locator(control).bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width and box["y"] + box["height"] <= height


def test_keyboard_reaches_every_control_in_order(console):
    page = console()
    order = []
    for _ in range(8):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
    assert order[0] == "project"
    assert [name for name in order if name in ("start", "text", "Send")] == ["start", "text", "Send"]
