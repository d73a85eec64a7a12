// One conversation: joins the bridge, the microphone, the playback and the transcript, and keeps the state.
import { Bridge } from "./bridge.js";
import { Capture } from "./capture.js";
import { initialLine, nextLine } from "./line.js";
import { base64FromSamples, levelOfSamples } from "./pcm.js";
import { Playback } from "./playback.js";
import { initialState, maySkip, mayStop, next, streams } from "./state.js";
import { Transcript } from "./transcript.js";
import { closeWords, microphoneWords } from "./words.js";

const settleMilliseconds = 4000;
const silenceLevel = 1e-4;

export class Conversation {
  state = initialState;
  /** Each interruption: `{callMilliseconds, silentAfterMilliseconds}`, the latter null until it is silent. */
  flushes = [];
  #view;
  #settling = null;
  #line = initialLine;
  #recording = false; // start_recording has been sent on this connection
  #gate = { kind: "play" }; // play | mute (this response) | skip, with the role
  #response = null;
  #lastRole = "Agent";
  #secondsBefore = {};
  #localResponses = 0;
  #isNamed = false; // the server has named the response itself

  /**
   * `view` has `stateChanged()`, `entry(entry)`, `event(object)`, `sent(object)`, `callerLevel(level)`, `interrupted()`,
   * `connected()`, `closed({code, words, retryInMilliseconds, wasOpen})`, `notice(text, options)`, `noMicrophone(words)`,
   * `speaks(role)`; `tap` is Playback's.
   */
  constructor(view, tap) {
    this.#view = view;
    this.transcript = new Transcript((entry) => view.entry(entry));
    this.playback = new Playback(
      {
        started: () => this.#playing(true),
        stopped: () => this.#playing(false),
        progress: (played) => this.bridge.send({ type: "playback.progress", played_ms: played }),
        speaker: (role) => this.#dispatch({ type: "speaker", role }),
        blocked: () => view.notice("The browser holds the sound back until you click or press a key.", { key: "sound" }),
      },
      tap,
    );
    this.capture = new Capture({
      onBlock: (block) => this.#sendSpeech(block),
      onLost: () => this.#microphoneFailed({ name: "NotFoundError" }),
    });
    this.bridge = new Bridge({
      connecting: () => this.#dispatch({ type: "connecting" }),
      event: (event) => this.#receive(event),
      sent: (message) => view.sent(message),
      closed: (closing) => this.#closed(closing),
      speechLost: () => {
        view.notice("The connection is slow: some of what you said was lost.", { key: "speech-lost" });
      },
    });
  }

  /** Starts to listen, connecting first when there is no connection. Called from a click or a key. */
  async start(address) {
    this.playback.wake();
    this.#connectTo(address);
    this.#dispatch({ type: "microphone", microphone: "asking" });
    try {
      await this.capture.open();
    } catch (problem) {
      this.#microphoneFailed(problem);
      return;
    }
    if (this.state.microphone !== "asking") {
      this.capture.close(); // Stopped, while the browser was asking.
      return;
    }
    this.#dispatch({ type: "microphone", microphone: "open" });
  }

  /** Whether the microphone is kept from the server; in push-to-talk the button does that. */
  mute(isMuted) {
    this.#dispatch({ type: "mute", isMuted });
    this.capture.isEnabled = !this.state.isMuted;
  }

  /** Takes up another microphone, at once when one is open. */
  async useMicrophone(id) {
    this.capture.device = id;
    if (!this.capture.isOpen) return;
    this.capture.close();
    try {
      await this.capture.open();
      this.capture.isEnabled = !this.state.isMuted;
      if (this.state.microphone === "off") this.capture.close(); // The conversation was ended meanwhile.
    } catch (problem) {
      this.#microphoneFailed(problem);
    }
  }

  /** Changes settings of this conversation, as `vad` of `session.update`. */
  tune(vad) {
    this.bridge.send({ type: "session.update", vad });
  }

  /** The nodes of the flow graph, whose states `state.flow` follows. */
  showFlow(nodes) {
    this.#dispatch({ type: "graph", nodes });
  }

  /** Ends the conversation: the next start begins another one, with the project as it is saved by then. */
  stop() {
    this.capture.close();
    this.#gate = { kind: "mute" };
    this.playback.flush();
    this.#dispatch({ type: "abandoned" });
    this.#dispatch({ type: "microphone", microphone: "off" });
    this.bridge.disconnect();
    this.#recording = false;
    this.transcript.conversationEnded();
    this.#dispatch({ type: "disconnected", connection: "closed" });
  }

  /** Says `text` in writing. Returns false when it could not even be queued. */
  type(text, address) {
    this.playback.wake();
    if (!this.bridge.isOpenOrOpening) this.#connectTo(address);
    if (!this.bridge.sendWhenReady({ type: "input_text", text })) return false;
    this.transcript.callerTyped(text);
    if (this.bridge.isReady) this.#dispatch({ type: "typed" });
    return true;
  }

  /** Push-to-talk: speech goes to the server from `hold` to `release`. */
  hold() {
    this.#dispatch({ type: "hold" });
  }

  release() {
    this.#dispatch({ type: "release" });
  }

  /** The agent that speaks now stops, and the next one goes on. */
  skip() {
    if (!maySkip(this.state)) return;
    this.#cancel("agent");
    const role = this.playback.speaker;
    if (role === null) return;
    this.#gate = { kind: "skip", role };
    this.transcript.skipped(role);
    this.#dispatch({ type: "skipped", role });
    this.playback.skip(role);
  }

  /** The whole answer stops. */
  stopAnswer() {
    if (!mayStop(this.state)) return;
    this.#cancel("response");
    const { speaker } = this.state;
    this.#gate = { kind: "mute" };
    this.playback.flush();
    this.transcript.stopped(speaker, this.#wasHeard(), (name) => this.#view.speaks(name));
    this.#dispatch({ type: "abandoned" });
  }

  /** Cancels the response that is open, and no other; `scope` is agent or response. */
  #cancel(scope) {
    const name = this.#isNamed ? { response_id: this.#response } : {};
    this.bridge.send({ type: "response.cancel", scope, ...name });
  }

  #connectTo(address) {
    if (this.bridge.isOpenOrOpening) return;
    this.bridge.connect(address);
  }

  #dispatch(event) {
    const before = this.state;
    this.state = next(before, event);
    if (this.state === before) return;
    const shouldRecord = streams(this.state);
    // In barge-in the microphone streams all the while; in push-to-talk a recording is one press.
    if (shouldRecord !== this.#recording) {
      this.#recording = shouldRecord;
      this.bridge.send({ command: shouldRecord ? "start_recording" : "stop_recording" });
    }
    this.#view.stateChanged();
  }

  #sendSpeech(block) {
    this.#view.callerLevel(levelOfSamples(block));
    if (streams(this.state)) this.bridge.sendAudio(base64FromSamples(block));
  }

  #microphoneFailed(problem) {
    this.capture.close();
    this.#dispatch({ type: "microphone", microphone: "unavailable" });
    this.#view.noMicrophone(microphoneWords(problem));
  }

  #playing(isPlaying) {
    this.bridge.send({ type: isPlaying ? "playback.started" : "playback.stopped" });
    this.#dispatch({ type: "playback", isPlaying });
  }

  #closed({ code, reason, retryInMilliseconds, wasReady }) {
    this.playback.flush();
    this.transcript.conversationEnded();
    this.#recording = false;
    this.#dispatch({ type: "disconnected", connection: retryInMilliseconds === null ? "failed" : "waiting" });
    this.#view.closed({ code, words: closeWords(code, reason), retryInMilliseconds, wasOpen: wasReady });
  }

  #receive(event) {
    switch (event.type) {
      case "session.created":
        this.#gate = { kind: "play" };
        this.#response = null;
        this.#line = initialLine;
        if (Number.isFinite(event.session?.sample_rate)) this.playback.setRate(event.session.sample_rate);
        this.#dispatch(event);
        // This page knows that an answer may pause and go on; and it draws what the voice activity detection sees.
        this.bridge.send({ type: "session.update", pauses: true, vad_frames: this.state.bargeIn });
        if (this.bridge.waitingCount > 0) this.#dispatch({ type: "typed" });
        this.#view.connected();
        break;
      case "tool.called":
        // This page has no functions: whoever waits for one is told so at once.
        if (typeof event.arguments === "string") {
          this.bridge.send({ type: "tool.result", call_id: event.call_id, error: "this page has no such function" });
        }
        break;
      case "vad.frame":
        this.#dispatch({ ...event, at: performance.now() });
        break;
      case "session.updated":
      case "agent.started":
      case "agent.finished":
      case "turn.metrics":
      case "turn.usage":
        this.#dispatch(event);
        break;
      case "speech.started":
        this.#dispatch({ type: "caller.started" });
        break;
      case "speech.stopped":
        this.#dispatch({ type: "caller.stopped" });
        break;
      case "response.audio_transcript.delta":
        // `text` is all that has been recognised of the turn so far.
        this.transcript.callerInterim(event.text ?? event.delta ?? "");
        this.#dispatch({ type: "caller.interim" });
        break;
      case "response.audio_transcript.done":
        this.transcript.callerFinal(event.text ?? "");
        this.#dispatch({ type: "caller.final", isEmpty: (event.text ?? "").trim() === "" });
        break;
      case "warning":
        // What the caller said was lost; nothing more will come of it.
        if (event.code !== "recognition_failed") break;
        this.transcript.callerFinal("");
        this.#dispatch({ type: "caller.final", isEmpty: true });
        break;
      case "response.created":
        this.#localResponses += 1;
        this.#isNamed = typeof event.response_id === "string";
        this.#response = this.#isNamed ? event.response_id : `response ${this.#localResponses}`;
        this.#gate = { kind: "play" };
        this.#secondsBefore = this.playback.secondsByRole;
        this.transcript.responseCreated(this.#response);
        this.#dispatch(event);
        break;
      case "response.text.delta":
        this.#lastRole = event.role ?? this.#lastRole;
        if (event.filler === true) this.transcript.agentFiller(this.#lastRole, event.text ?? event.content ?? "");
        else this.transcript.agentDelta(this.#lastRole, event.text ?? event.content ?? event.delta ?? "");
        break;
      case "response.text.done":
        this.transcript.agentDone(event.role ?? this.#lastRole, event.text ?? event.content ?? null);
        break;
      case "response.audio.delta":
        this.#play(event);
        break;
      case "response.paused":
        if (!this.#isOfAnother(event)) this.#paused(event);
        break;
      case "response.resumed":
        if (!this.#isOfAnother(event)) this.#resumed(event);
        break;
      case "response.interrupted":
        this.#interrupted(event);
        break;
      case "response.done":
        this.transcript.responseDone();
        this.#dispatch(event);
        break;
      default:
        break;
    }
    this.#view.event(event);
  }

  #play(event) {
    const role = event.role ?? this.#lastRole;
    if (this.#isOfAnother(event)) return;
    if (this.#gate.kind === "mute" || (this.#gate.kind === "skip" && this.#gate.role === role)) return;
    try {
      const ranDry = this.playback.enqueue(event.audio ?? event.delta ?? "", role, this.#response);
      this.#watchLine(event.segment_id, ranDry);
    } catch {
      this.#view.notice("A piece of the answer’s audio was damaged and left out.", { key: "damaged" });
    }
  }

  #watchLine(segment, ranDry) {
    const { line, isSlow } = nextLine(this.#line, { segment, ranDry, at: performance.now() });
    this.#line = line;
    if (!isSlow) return;
    this.#view.notice("The sound comes more slowly than it is played: the connection, or a voice, is slow.", { key: "slow" });
  }

  /** Whether `event` names another response than the one that is open. */
  #isOfAnother(event) {
    return event.response_id !== undefined && event.response_id !== this.#response;
  }

  /** The caller may have begun to speak: silence, until it is known. What comes after it is sent again. */
  #paused({ role, heard }) {
    this.#silence();
    this.transcript.paused(role ?? this.#lastRole, heard, this.#wasHeard(), (name) => this.#view.speaks(name));
    this.#dispatch({ type: "response.paused" });
    this.#view.interrupted();
  }

  #resumed({ role, rest }) {
    this.#gate = { kind: "play" };
    this.transcript.resumed(role, rest ?? "");
    this.#dispatch({ type: "response.resumed" });
  }

  #interrupted({ role, heard }) {
    const wasPaused = this.state.turn === "paused";
    if (!wasPaused) this.#silence();
    this.#gate = { kind: "mute" };
    this.#cancel("response");
    this.transcript.interrupted(role ?? this.#lastRole, heard, this.#wasHeard(), (name) => this.#view.speaks(name));
    this.#dispatch({ type: "response.interrupted", role: role ?? this.#lastRole });
    if (!wasPaused) this.#view.interrupted();
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#dispatch({ type: "settled" }), settleMilliseconds);
  }

  /** Silence first; everything else can wait. Then says exactly how much was heard. */
  #silence() {
    this.#measureSilence(this.playback.flush());
    this.#gate = { kind: "mute" };
    this.bridge.send({ type: "playback.progress", played_ms: this.playback.playedMilliseconds });
  }

  /** Whether any audio of a role of this response has sounded, by its name. */
  #wasHeard() {
    const seconds = this.playback.secondsByRole;
    return (name) => (seconds[name] ?? 0) > (this.#secondsBefore[name] ?? 0);
  }

  /** Notes how long after the interruption the output itself was silent. */
  #measureSilence(callMilliseconds) {
    const begin = performance.now() - callMilliseconds;
    const flush = { callMilliseconds, silentAfterMilliseconds: null };
    this.flushes = [...this.flushes.slice(-19), flush];
    const look = () => {
      const after = performance.now() - begin;
      if (this.playback.level < silenceLevel) flush.silentAfterMilliseconds = after;
      else if (after < 1000) setTimeout(look, 1);
    };
    look();
  }
}
