// What the server measured of each turn: pure, bounded, the oldest first.

export const turnLimit = 50;

/** The parts of the time to the first sound, in their order: `[field of turn.metrics, name]`. */
export const latencyParts = [
  ["endpointing_ms", "End of turn"],
  ["transcription_ms", "Transcription"],
  ["ttft_ms", "First token"],
  ["sentence_ms", "First sentence"],
  ["ttfb_ms", "First audio"],
  ["sending_ms", "Sending"],
];

export const initialTurns = Object.freeze({ list: [], dropped: 0, count: 0 });

/** Returns the turns after `event`; a turn is `{number, response, metrics, usage}`, either of which may be null. */
export function nextTurns(turns, event) {
  if (event.type === "turn.metrics") return note(turns, event, { metrics: event });
  if (event.type === "turn.usage") return note(turns, event, { usage: event });
  return turns;
}

function note(turns, { response_id: response = null }, fields) {
  const at = response === null ? -1 : turns.list.findIndex((turn) => turn.response === response);
  if (at >= 0) return { ...turns, list: turns.list.with(at, { ...turns.list[at], ...fields }) };
  const turn = { number: turns.count + 1, response, metrics: null, usage: null, ...fields };
  const list = [...turns.list, turn].slice(-turnLimit);
  return { list, count: turns.count + 1, dropped: turns.count + 1 - list.length };
}

/** The parts of a `turn.metrics` event that took time: `[{name, index, milliseconds}]`. */
export function partsOf(metrics) {
  return latencyParts
    .map(([field, name], index) => ({ name, index, milliseconds: metrics?.[field] }))
    .filter((part) => Number.isFinite(part.milliseconds) && part.milliseconds > 0);
}
