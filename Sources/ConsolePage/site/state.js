// What the conversation is doing: a pure machine, (state, event) → state.
//
// Four regions, each one word:
//   connection  closed → connecting → open → waiting (for the next attempt) → connecting …; failed needs the caller
//   microphone  off → asking → open; unavailable when denied or absent. In push-to-talk, open ⇄ held
//   turn        idle → hearing → understood → answering → idle; answering → paused → answering | interrupted;
//               answering → interrupted → hearing | idle; any → idle when the caller hangs up
//   speaker     the role whose audio sounds now, or null
// Beside them: the session as the server described it, and what follows from events alone, each in its own module:
//   flow (flow-state.js), turns (turns.js), quiet (quiet.js)
import { initialFlow, nextFlow } from "./flow-state.js";
import { nextQuiet } from "./quiet.js";
import { initialTurns, nextTurns } from "./turns.js";

export const initialState = Object.freeze({
  connection: "closed",
  microphone: "off",
  isMuted: false,
  turn: "idle",
  speaker: null,
  bargeIn: true,
  session: null,
  flow: initialFlow,
  turns: initialTurns,
  quiet: null,
});

/** Returns the state after `event`, an object with a `type`; events that mean nothing now change nothing. */
export function next(state, event) {
  const after = nextRegions(state, event);
  const flow = nextFlow(state.flow, event);
  const turns = nextTurns(state.turns, event);
  const quiet = nextQuiet(state.quiet, event, after.turn, after.session?.vad);
  if (flow === state.flow && turns === state.turns && quiet === state.quiet) return after;
  return { ...after, flow, turns, quiet };
}

function nextRegions(state, event) {
  switch (event.type) {
    case "connecting":
      return { ...state, connection: "connecting", turn: "idle" };
    case "session.created":
      return {
        ...state,
        connection: "open",
        turn: "idle",
        bargeIn: event.capabilities?.vad_enabled === true,
        session: event.session ?? {},
      };
    case "session.updated":
      return event.vad === undefined ? state : { ...state, session: { ...state.session, vad: event.vad } };
    case "disconnected":
      return { ...state, connection: event.connection, turn: "idle" };
    case "microphone":
      return { ...state, microphone: event.microphone, isMuted: event.microphone === "open" && state.isMuted };
    case "mute":
      return state.microphone === "open" ? { ...state, isMuted: event.isMuted } : state;
    case "hold":
      return mayTalk(state) && state.microphone === "open" ? { ...state, microphone: "held" } : state;
    case "release":
      return state.microphone === "held" ? { ...state, microphone: "open" } : state;
    case "caller.started":
      return hasAnswer(state) ? state : { ...state, turn: "hearing" };
    case "caller.interim": // Words of a turn that has ended may come after its end.
      return hasAnswer(state) || state.turn === "understood" ? state : { ...state, turn: "hearing" };
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
    case "abandoned": // The caller hung up or stopped the answer; what is still written of it is nobody's wait.
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
  if (state.microphone === "open" && state.bargeIn) return state.isMuted ? "muted" : "listening";
  return "ready";
}

/** Whether a push-to-talk caller may speak now. The button interrupts an answer. */
export function mayTalk(state) {
  return state.connection === "open";
}

/** Whether what the microphone hears goes to the server now. */
export function streams(state) {
  if (state.connection !== "open") return false;
  if (state.bargeIn) return state.microphone === "open" && !state.isMuted;
  return state.microphone === "held";
}

/** Whether there is an answer to stop. */
export function mayStop(state) {
  return state.connection === "open" && (hasAnswer(state) || state.speaker !== null);
}

/** Whether somebody speaks whom another may follow. */
export function maySkip(state) {
  return state.connection === "open" && state.speaker !== null;
}
