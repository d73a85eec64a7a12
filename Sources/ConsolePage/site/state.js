// What the conversation is doing: a pure machine, (state, event) → state.
//
// Four regions, each one word:
//   connection  closed → connecting → open → waiting (for the next attempt) → connecting …; failed needs the caller
//   microphone  off → asking → open; unavailable when denied or absent. In push-to-talk, open ⇄ held
//   turn        idle → hearing → understood → answering → idle; answering → paused → answering | interrupted;
//               answering → interrupted → hearing | idle; any → idle when the caller hangs up
//   speaker     the role whose audio sounds now, or null

export const initialState = Object.freeze({
  connection: "closed",
  microphone: "off",
  turn: "idle",
  speaker: null,
  bargeIn: true,
});

/** Returns the state after `event`, an object with a `type`; events that mean nothing now change nothing. */
export function next(state, event) {
  switch (event.type) {
    case "connecting":
      return { ...state, connection: "connecting", turn: "idle" };
    case "connected":
      return { ...state, connection: "open", bargeIn: event.bargeIn, turn: "idle" };
    case "disconnected":
      return { ...state, connection: event.connection, turn: "idle" };
    case "microphone":
      return { ...state, microphone: event.microphone };
    case "hold":
      return mayTalk(state) && state.microphone === "open" ? { ...state, microphone: "held" } : state;
    case "release":
      return state.microphone === "held" ? { ...state, microphone: "open" } : state;
    case "caller.started":
    case "caller.interim":
      return hasAnswer(state) ? state : { ...state, turn: "hearing" };
    case "caller.stopped":
      return state.turn === "hearing" ? { ...state, turn: "understood" } : state;
    case "caller.final":
      if (hasAnswer(state)) return state;
      return { ...state, turn: event.isEmpty ? "idle" : "understood" };
    case "typed":
      return hasAnswer(state) ? state : { ...state, turn: "understood" };
    case "response.created":
      return { ...state, turn: "answering" };
    case "response.paused":
      return { ...state, turn: "paused", speaker: null };
    case "response.resumed":
      return state.turn === "paused" ? { ...state, turn: "answering" } : state;
    case "response.interrupted":
      return { ...state, turn: "interrupted", speaker: null };
    case "response.done":
      return hasAnswer(state) ? { ...state, turn: "idle" } : state;
    case "abandoned": // The caller hung up; what is still written of the answer is nobody's wait.
      return { ...state, turn: "idle", speaker: null };
    case "settled":
      return state.turn === "interrupted" ? { ...state, turn: "idle" } : state;
    case "speaker":
      return { ...state, speaker: event.role };
    default:
      return state;
  }
}

/** Whether an answer is under way, sounding or held. */
function hasAnswer(state) {
  return state.turn === "answering" || state.turn === "paused";
}

/** One word for all of it, the one that the caller most needs to know. */
export function phaseOf(state) {
  if (state.connection !== "open") {
    return { closed: "idle", connecting: "connecting", waiting: "disconnected", failed: "failed" }[state.connection];
  }
  if (state.speaker !== null) return "speaking";
  if (state.turn === "paused" || state.turn === "interrupted") return state.turn;
  if (state.turn === "hearing") return "hearing";
  if (state.turn === "understood" || state.turn === "answering") return "thinking";
  if (state.microphone === "held") return "listening";
  if (state.microphone === "open") return state.bargeIn ? "listening" : "ready";
  return "ready";
}

/** Whether a push-to-talk caller may speak now: not while an answer is being made or heard. */
export function mayTalk(state) {
  return state.connection === "open" && !hasAnswer(state) && state.speaker === null;
}

/** Whether what the microphone hears goes to the server now. */
export function streams(state) {
  if (state.connection !== "open") return false;
  if (state.bargeIn) return state.microphone === "open";
  return state.microphone === "held" && mayTalk(state);
}

/** Whether there is an answer to skip. */
export function maySkip(state) {
  return state.connection === "open" && (hasAnswer(state) || state.speaker !== null);
}
