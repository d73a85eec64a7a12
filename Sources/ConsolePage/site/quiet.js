// Since when the caller has been silent in a turn that is not over: pure. `{since, isLong}`, or null while there is speech.

// The server lets speech go on down to this much below the probability that starts it.
const hysteresis = 0.15;
// Shorter silences lie between words.
const longMilliseconds = 600;
const shownMilliseconds = 150;

/** `event.at` is the time in milliseconds; `turn` what the caller's turn is after the event; `vad` the settings in force. */
export function nextQuiet(quiet, event, turn, vad) {
  if (turn !== "hearing") return null;
  if (event.type !== "vad.frame") return quiet;
  const isSpeech = event.probability >= (vad?.speech_probability ?? 0.5) - hysteresis;
  if (isSpeech || event.at === undefined) return null;
  if (quiet === null) return { since: event.at, isLong: false };
  return quiet.isLong || event.at - quiet.since < longMilliseconds ? quiet : { ...quiet, isLong: true };
}

/** How far the silence is that ends the turn: `{share, secondsLeft}`; null while there is none to speak of. */
export function waitOf(quiet, now, silenceMilliseconds) {
  if (quiet === null || !(silenceMilliseconds > 0)) return null;
  const passed = now - quiet.since;
  if (passed < shownMilliseconds) return null;
  return {
    share: Math.min(1, passed / silenceMilliseconds),
    secondsLeft: Math.max(0, Math.ceil((silenceMilliseconds - passed) / 1000)),
  };
}
