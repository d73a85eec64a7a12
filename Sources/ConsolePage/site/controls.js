// The buttons, the text box, the keys and the status line.
import { byId } from "./elements.js";
import { maySkip, mayStop, mayTalk, phaseOf } from "./state.js";
import { statusWords } from "./words.js";

export class Controls {
  #conversation;
  #address;
  #notices;
  #retryAt = null;
  #countdown = null;

  /** `address()` gives the bridge's address for the chosen project. */
  constructor({ conversation, address, notices }) {
    this.#conversation = conversation;
    this.#address = address;
    this.#notices = notices;
    byId("start").addEventListener("click", () => this.#toggle());
    byId("mute").addEventListener("click", () => conversation.mute(!conversation.state.isMuted));
    byId("next").addEventListener("click", () => conversation.skip());
    byId("stop").addEventListener("click", () => conversation.stopAnswer());
    byId("say").addEventListener("submit", (event) => this.#submit(event));
    this.#listenToTalkButton();
    this.#listenToKeys();
  }

  focusText() {
    byId("text").focus();
  }

  /** Counts down to the next attempt to connect; null: there is none. */
  waitFor(retryInMilliseconds) {
    clearInterval(this.#countdown);
    this.#retryAt = retryInMilliseconds === null ? null : performance.now() + retryInMilliseconds;
    if (this.#retryAt !== null) this.#countdown = setInterval(() => this.show(), 1000);
  }

  /** Brings status and controls in line with the state. */
  show() {
    const { state } = this.#conversation;
    const phase = phaseOf(state);
    if (phase !== "disconnected") clearInterval(this.#countdown);
    const left = this.#retryAt === null ? null : Math.max(1, Math.ceil((this.#retryAt - performance.now()) / 1000));
    const { title, hint } = statusWords(phase, state, { retrySeconds: left });
    byId("status").dataset.phase = phase;
    setText(byId("status-title"), title);
    setText(byId("status-hint"), hint);

    const listens = ["asking", "open", "held"].includes(state.microphone);
    const start = byId("start");
    start.dataset.on = isTalking(state);
    setText(byId("start-label"), isTalking(state) ? "End" : "Start");
    enable(byId("next"), maySkip(state));
    enable(byId("stop"), mayStop(state));
    const mute = byId("mute");
    mute.hidden = !(state.connection === "open" && state.bargeIn && state.microphone === "open");
    mute.setAttribute("aria-pressed", state.isMuted);

    const pushToTalk = state.connection === "open" && !state.bargeIn && listens;
    const talk = byId("talk");
    const appears = talk.hidden && pushToTalk;
    talk.hidden = !pushToTalk;
    // Not `disabled`: that would take the focus, and with it the space bar, away for every answer.
    talk.setAttribute("aria-disabled", !mayTalk(state) || state.microphone === "asking");
    talk.dataset.held = state.microphone === "held";
    setText(talk, state.microphone === "held" ? "Let go to send" : "Hold to talk");
    if (appears && document.activeElement === start) talk.focus();
  }

  #toggle() {
    this.#notices.dismiss("microphone");
    if (isTalking(this.#conversation.state)) this.#conversation.stop();
    else this.#conversation.start(this.#address());
  }

  #submit(event) {
    event.preventDefault();
    const text = byId("text").value.trim();
    if (text === "") return;
    this.#notices.dismiss("microphone"); // It has done its work.
    if (this.#conversation.type(text, this.#address())) byId("text").value = "";
    else this.#notices.show("Too much is waiting to be sent. Wait for the connection, please.", { key: "waiting" });
  }

  #listenToTalkButton() {
    const talk = byId("talk");
    talk.addEventListener("pointerdown", (event) => {
      talk.setPointerCapture(event.pointerId);
      this.#conversation.hold();
    });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      talk.addEventListener(end, () => this.#conversation.release());
    }
    talk.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  #listenToKeys() {
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && event.target.type !== "search") this.#conversation.stopAnswer();
      if (event.key !== " " || !this.#isForTalking(event.target)) return;
      event.preventDefault(); // Neither scroll nor press what has the focus.
      if (!event.repeat) this.#conversation.hold();
    });
    document.addEventListener("keyup", (event) => {
      if (event.key === " ") this.#conversation.release();
    });
    // The key may be let go in another window.
    window.addEventListener("blur", () => this.#conversation.release());
  }

  #isForTalking(target) {
    const { bargeIn, microphone } = this.#conversation.state;
    if (bargeIn || !["open", "held"].includes(microphone)) return false;
    if (target === byId("talk")) return true;
    return !target.closest?.("input, textarea, select, button, summary, a");
  }
}

/** Whether there is something to end: a microphone that is used, or a connection where none can be. */
function isTalking({ microphone, connection }) {
  return ["asking", "open", "held"].includes(microphone) || (microphone === "unavailable" && connection === "open");
}

/** Not `disabled`: that would take the focus away from who has just pressed the button. */
function enable(button, isEnabled) {
  button.setAttribute("aria-disabled", !isEnabled);
}

/** Leaves the element alone when nothing changed, so that a live region doesn't repeat itself. */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
