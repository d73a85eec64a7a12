// What went over the line, as it can be read: bounded; a run of small messages of one kind is one entry.

export const logLimit = 500;
const longestMessage = 4000; // characters of JSON
const runs = new Set(["response.audio.delta", "vad.frame", "input_audio_buffer.append", "playback.progress", "PING", "PONG"]);
const audioFields = ["audio", "delta"];

/** The message without its audio. */
export function withoutAudio(message) {
  const type = message.type ?? message.command;
  if (type !== "response.audio.delta" && type !== "input_audio_buffer.append") return message;
  const fields = Object.entries(message).map(([key, value]) =>
    audioFields.includes(key) && typeof value === "string" ? [key, `(${value.length} characters of base64)`] : [key, value],
  );
  return Object.fromEntries(fields);
}

export class EventLog {
  #entries = [];
  #nextId = 1;

  /** How many entries were dropped because the log is full. */
  dropped = 0;

  get entries() {
    return this.#entries;
  }

  /** Notes a message; `from` is server or page, `at` a time in milliseconds since 1970. */
  add(from, message, at) {
    const type = String(message.type ?? message.command ?? "?").slice(0, 80);
    const run = runs.has(type) ? this.#runOf(from, type) : undefined;
    if (run) {
      Object.assign(run, { count: run.count + 1, message: bounded(message) });
      return;
    }
    this.#entries.push({ id: this.#nextId, at, from, type, count: 1, message: bounded(message) });
    this.#nextId += 1;
    if (this.#entries.length <= logLimit) return;
    this.#entries.shift();
    this.dropped += 1;
  }

  /** The entry that a small message goes on with: only others of its size may have come since. */
  #runOf(from, type) {
    for (let i = this.#entries.length - 1; i >= 0 && runs.has(this.#entries[i].type); i -= 1) {
      const entry = this.#entries[i];
      if (entry.type === type && entry.from === from) return entry;
    }
    return undefined;
  }

  clear() {
    this.#entries = [];
    this.dropped = 0;
  }

  /** The entries in which `text` is found, in any case; all of them when it is empty. */
  matching(text) {
    const wanted = text.trim().toLowerCase();
    if (wanted === "") return this.#entries;
    return this.#entries.filter(({ from, type, message }) =>
      `${from} ${type} ${JSON.stringify(message)}`.toLowerCase().includes(wanted),
    );
  }
}

/** The entries as JSON, for a report. */
export function logAsJSON(entries) {
  const plain = entries.map(({ at, from, count, message }) => ({
    at: new Date(at).toISOString(),
    from,
    ...(count > 1 ? { count } : {}),
    message,
  }));
  return JSON.stringify(plain, null, 2);
}

function bounded(message) {
  const plain = withoutAudio(message);
  const text = JSON.stringify(plain);
  return text.length <= longestMessage ? plain : { type: plain.type, cut: `${text.slice(0, longestMessage)}…` };
}
