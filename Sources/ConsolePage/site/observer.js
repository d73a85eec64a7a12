// `window.parley`: what is going on in the page, read-only, for tests and for the curious at the browser's console.
import { phaseOf } from "./state.js";

const keptSecondsPerRole = 60;

/** Keeps what was let through to play, by role, if the page's address ends in `#keep-audio`; else null. */
export function makeTap() {
  if (location.hash !== "#keep-audio") return null;
  const kept = new Map();
  const tap = (role, samples) => {
    const blocks = kept.get(role) ?? { blocks: [], length: 0 };
    kept.set(role, blocks);
    if (blocks.length >= keptSecondsPerRole * 16_000) return;
    blocks.blocks.push(samples);
    blocks.length += samples.length;
  };
  tap.roles = () => [...kept.keys()];
  tap.samples = (role) => kept.get(role)?.blocks.flatMap((block) => [...block]) ?? [];
  return tap;
}

/** Publishes the state of `conversation` as `window.parley`. */
export function publish({ conversation, flowView, ribbon, notices, tap, eventCounts, log }) {
  const view = {
    /** idle, connecting, ready, listening, muted, hearing, thinking, speaking, paused, interrupted, disconnected or failed */
    get phase() {
      return phaseOf(conversation.state);
    },
    get state() {
      return { ...conversation.state };
    },
    get session() {
      return structuredClone(conversation.state.session);
    },
    /** [{id, kind, role, text, response, status, heard}] */
    get transcript() {
      return structuredClone(conversation.transcript.entries);
    },
    get playedSecondsByAgent() {
      return conversation.playback.secondsByRole;
    },
    /** The role whose audio sounds now, or null. */
    get speaker() {
      return conversation.playback.speaker;
    },
    get outputLevel() {
      return conversation.playback.level;
    },
    /** Each interruption: {callMilliseconds, silentAfterMilliseconds}. */
    get flushes() {
      return structuredClone(conversation.flushes);
    },
    /** {node id: state}, as flow-state.js has them */
    get graph() {
      return flowView.states;
    },
    /** The stretches of time that the ribbon shades: [{kind, seconds}], kind is lockout, grace or silence */
    get shades() {
      return ribbon.shades;
    },
    get notices() {
      return notices.texts;
    },
    /** {event type: how many have come} */
    get eventCounts() {
      return Object.fromEntries(eventCounts);
    },
    /** What went over the line, without audio. */
    get log() {
      return structuredClone(log.entries);
    },
    /** With #keep-audio: the roles that were let through to play, and their PCM16 samples. */
    get audioRoles() {
      return tap?.roles() ?? [];
    },
    audioOf: (role) => tap?.samples(role) ?? [],
  };
  Object.defineProperty(window, "parley", { value: Object.freeze(view) });
}
