// Every sentence that the page says about itself: pure functions from facts to words.

/** `{title, hint}` for the status line. `phase` is of state.js. */
export function statusWords(phase, state, { retrySeconds = null } = {}) {
  switch (phase) {
    case "idle":
      return { title: "Not connected", hint: "Start a conversation, or type below." };
    case "connecting":
      return { title: "Connecting…", hint: "" };
    case "disconnected":
      return {
        title: "Disconnected",
        hint: retrySeconds === null ? "" : `Trying again in ${retrySeconds} s.`,
      };
    case "failed":
      return { title: "Disconnected", hint: "" };
    case "ready":
      return { title: "Ready", hint: readyHint(state) };
    case "listening":
      return { title: "Listening", hint: state.bargeIn ? "Ask your question." : "Let go when you have finished." };
    case "hearing":
      if (state.quiet?.isLong) return { title: "Heard you", hint: "" };
      return { title: "Hearing you…", hint: "" };
    case "muted":
      return { title: "Muted", hint: "Nothing that you say is sent. Typing works." };
    case "thinking":
      return { title: "Thinking…", hint: "" };
    case "speaking":
      return { title: `${state.speaker} is speaking`, hint: speakingHint(state) };
    case "paused":
      return { title: "Paused", hint: "Go on and you have the floor; otherwise the answer goes on." };
    case "interrupted":
      return { title: "Interrupted", hint: "Go on, you have the floor." };
    default:
      return { title: "", hint: "" };
  }
}

function readyHint(state) {
  if (state.microphone === "open") return "Hold the space bar, or the button, and speak.";
  if (state.microphone === "unavailable") return "Type your question below.";
  if (state.microphone === "asking") return "Allow the microphone, please.";
  return "Start a conversation, or type below.";
}

function speakingHint(state) {
  if (state.bargeIn && state.microphone === "open") return "Talk over it to interrupt.";
  if (!state.bargeIn && state.microphone === "open") return "Hold the button to talk over it.";
  return "Stop ends the answer.";
}

/** Why there is no microphone, as a sentence that says what to do. */
export function microphoneWords(problem) {
  const typing = "You can type below.";
  switch (problem?.name) {
    case "NotAllowedError":
    case "SecurityError":
      return `The microphone isn’t allowed on this page. ${typing} To speak, allow it in the address bar and start again.`;
    case "NotFoundError":
    case "OverconstrainedError":
      return `There is no microphone on this device. ${typing}`;
    case "NotReadableError":
    case "AbortError":
      return `Another program is using the microphone. ${typing} To speak, close that program and start again.`;
    case "NotSupportedError":
      return `A browser gives the microphone only to pages on https or localhost. ${typing}`;
    default:
      return `The microphone can’t be opened. ${typing}`;
  }
}

/** Why the server ended the conversation, by the reason of `session.ended`. */
const endWords = new Map([
  ["agent", "The agent ended the call."],
  ["idle", "The call ended because nobody said anything."],
  ["longest_call", "The call ended: it lasted as long as the project allows."],
]);

/** Why the connection ended. */
export function closeWords(code, reason) {
  const because = reason ? ` (${reason})` : "";
  switch (code) {
    case 1000:
      return endWords.get(reason) ?? `The server ended the conversation${because}.`;
    case 1001:
    case 1012:
      return `The server is going away or restarting${because}.`;
    case 1008:
      return `The server refused to go on${because}.`;
    case 1009:
      return `A message was too large for the server${because}.`;
    case 1011:
      return `Something failed in the server${because}.`;
    case 1013:
      return `This connection was too slow for the audio${because}.`;
    case 4404:
      return "The server has no such project.";
    case 4409:
      return "This conversation goes on in another window or on another device.";
    case 4503:
      return "The server takes no more conversations now.";
    default:
      return `The connection to the server broke${because}.`;
  }
}

/** That the server goes down, out of a `server.draining` event. */
export function drainingWords(event) {
  const seconds = Math.round(event.closes_in_ms / 1000);
  const when = seconds >= 1 ? `in ${seconds} s at the latest` : "now";
  return `The server is going down: this conversation ends ${when}.`;
}

/** A `warning`, with the message that it is about when the server names one. */
export function warningWords(event) {
  const words = event.message ?? event.code ?? "The server warns of something, without saying of what.";
  const type = event.in_reply_to?.type;
  return type ? `${words} (${type})` : words;
}

/** That hosted providers are none. */
export const standInWords = "Hosted providers are played by stand-ins on the server’s machine: nothing here was said by them.";

/** Which version of the project is used, as the server gave it; to stand after the project's name. */
export function versionWords(version) {
  return Number.isInteger(version) ? `· v${version}` : "";
}

/** What is wrong with the file of a project; the first error, and how many there are. */
export function brokenWords({ name, version, errors = [] }) {
  const [first] = errors;
  const where = first ? `: line ${first.line}: ${first.message}` : "";
  const more = errors.length > 1 ? `, and ${errors.length - 1} more` : "";
  const kept = Number.isInteger(version) ? ` Version ${version} stays in use.` : "";
  return `Project ${name} has errors${where}${more}.${kept}`;
}

/** That another version was saved than the one that is talked to. */
export function newVersionWords(project, version) {
  return `${project} was saved as v${version}. This conversation goes on with the old one.`;
}

/** What to expect of a project before anything is said: `{title, text}`. `project` may be null: nothing is known. */
export function welcomeWords(project, speakers) {
  const title = project?.vad_enabled === false ? "Hold the button and ask, or write." : "Ask aloud, or in writing.";
  const many = speakers > 1 ? "Several agents answer, one after the other, each in its own voice." : "One agent answers.";
  if (!project) return { title, text: many };
  const cut = project.vad_enabled ? "You can always cut in." : "You talk while you hold the button or the space bar.";
  return { title, text: `${many} ${cut} ${languageWords(project.language)}`.trim() };
}

/** The language that is understood, by its English name. */
export function languageWords(tag) {
  if (!tag) return "";
  try {
    return `It understands ${new Intl.DisplayNames(["en"], { type: "language" }).of(tag)}.`;
  } catch {
    return `It understands ${tag}.`;
  }
}

/** A time that was measured: seconds to two places. */
export function secondsWords(milliseconds) {
  return Number.isFinite(milliseconds) ? `first sound after ${(milliseconds / 1000).toFixed(2)} s` : "";
}

/** One part of a turn's latency, of turns.js. */
export function partWords({ name, milliseconds }) {
  return `${name} ${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}

/** What a turn is estimated to cost; nothing when nobody gave a price. */
export function costWords(usage) {
  if (typeof usage?.cost !== "number" || !Number.isFinite(usage.cost)) return "";
  return `about ${usage.cost === 0 ? "0" : usage.cost.toPrecision(2)} ${usage.currency ?? ""}`.trimEnd();
}

/** One provider of a `turn.usage`: `{name, facts}`. */
export function providerWords(provider, currency) {
  const { attempts = 0, failures = 0 } = provider;
  const facts = [
    provider.kind,
    failures > 0 ? `${failures} of ${attempts} requests failed` : attempts > 1 ? `${attempts} requests` : "",
    Number.isFinite(provider.first_piece_ms) ? `first piece ${Math.round(provider.first_piece_ms)} ms` : "",
    Number.isFinite(provider.busy_ms) ? `busy ${Math.round(provider.busy_ms)} ms` : "",
    provider.input_tokens || provider.output_tokens
      ? `${provider.input_tokens} tokens in, ${provider.output_tokens} out`
      : "",
    provider.characters ? `${provider.characters} characters` : "",
    provider.audio_ms ? `${(provider.audio_ms / 1000).toFixed(1)} s of audio` : "",
    costWords({ cost: provider.cost, currency }),
  ];
  return { name: provider.provider ?? "?", facts: facts.filter(Boolean).join(" · ") };
}

/** The value of a setting of how the caller may interrupt. */
export function settingWords(key, value, vad) {
  const frames = (count) => `${count} × ${vad.frame_ms ?? 30} ms = ${((count * (vad.frame_ms ?? 30)) / 1000).toFixed(2)} s`;
  switch (key) {
    case "threshold":
    case "window_size":
      return frames(value);
    case "speech_probability":
      return `a probability of ${value.toFixed(2)}`;
    default:
      return `${value.toFixed(1)} s`;
  }
}

/** How long a silence ends a turn; nothing when nobody knows. */
export function silenceWords(milliseconds) {
  return Number.isFinite(milliseconds) ? ` (${milliseconds / 1000} s)` : "";
}

/** One entry of `session.fallbacks`: a string, or an object that names what was wanted, what is used and why. */
export function fallbackWords(fallback) {
  if (typeof fallback === "string") return fallback;
  if (typeof fallback !== "object" || fallback === null) return "";
  if (fallback.message) return String(fallback.message);
  const wanted = fallback.wanted ?? fallback.requested ?? fallback.model ?? "";
  const used = fallback.used ?? fallback.using ?? fallback.local ?? "a local engine";
  const why = fallback.reason ?? fallback.why ?? "";
  return [`${used} instead of ${wanted || "what was asked for"}`, why].filter(Boolean).join(": ");
}

/** What a turn is estimated to cost out of a `turn.usage` event, in words; null when nobody gave a price. */
export function usageWords({ cost, currency }) {
  if (typeof cost !== "number" || !Number.isFinite(cost) || cost <= 0) return null;
  return `Turn about ${cost.toPrecision(2)} ${currency ?? ""}`.trimEnd();
}

/** The time to the first audio out of a `turn.metrics` event, in words; null when it has none. */
export function metricsWords(event) {
  const fields = { ...event, ...(typeof event.metrics === "object" ? event.metrics : {}) };
  const milliseconds = fields.ttfa_ms ?? fields.first_audio_ms ?? fields.ttfa;
  if (typeof milliseconds !== "number" || !Number.isFinite(milliseconds)) return null;
  return `First audio ${(milliseconds / 1000).toFixed(2)} s after the end of the turn`;
}
