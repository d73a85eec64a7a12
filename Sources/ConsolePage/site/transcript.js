// The record of the conversation: pure, bounded, in the order in which things were first said.
//
// An entry: {id, kind: "caller" | "agent", role, text, response, status, heard}. Status of a caller's entry: interim,
// final, typed. Of an agent's: writing, written, interrupted (`heard` is what was heard), unheard, skipped, filler.

const entryLimit = 400;

/** Joins a delta to what is there: verbatim, but two sentences never run into each other. */
export function append(text, delta) {
  const runsTogether = /[.!?…:;]["”’)]?$/u.test(text) && /^["“‘(]?\p{Lu}/u.test(delta);
  return runsTogether ? `${text} ${delta}` : text + delta;
}

/** Splits an interrupted answer: `{heard, rest}`, or null when what was heard is not how the text begins. */
export function splitHeard(text, heard) {
  const words = (string) => [...string.matchAll(/[\p{L}\p{N}]+/gu)];
  const said = words(heard ?? "");
  const written = words(text);
  if (said.length > written.length) return null;
  for (let i = 0; i < said.length; i += 1) {
    if (said[i][0].toLowerCase() !== written[i][0].toLowerCase()) return null;
  }
  if (said.length === 0) return { heard: "", rest: text };
  const last = written[said.length - 1];
  let cut = last.index + last[0].length;
  while (cut < text.length && /[^\s\p{L}\p{N}]/u.test(text[cut])) cut += 1;
  return { heard: text.slice(0, cut), rest: text.slice(cut) };
}

export class Transcript {
  #entries = [];
  #nextId = 1;
  #response = null;
  #interim = null;
  #changed;

  /** `changed(entry)` is called after an entry was made or altered, `changed(null)` after the record was emptied. */
  constructor(changed) {
    this.#changed = changed;
  }

  get entries() {
    return this.#entries;
  }

  clear() {
    this.#entries = [];
    this.#interim = null;
    this.#changed(null);
  }

  /** The whole of what the recogniser believes so far of the caller's turn. */
  callerInterim(text) {
    if (text.trim() === "") return;
    this.#interim ??= this.#add({ kind: "caller", role: "You", text: "", status: "interim" });
    this.#update(this.#interim, { text });
  }

  callerFinal(text) {
    const interim = this.#interim;
    this.#interim = null;
    if (text.trim() === "") {
      // Nothing was said after all: the guess goes.
      if (interim) this.#remove(interim);
      return;
    }
    // A server may give typed words back as a transcript: they are in the record already.
    const last = this.#entries.at(-1);
    if (!interim && last?.status === "typed" && last.text === text) return;
    if (interim) this.#update(interim, { text, status: "final" });
    else this.#add({ kind: "caller", role: "You", text, status: "final" });
  }

  callerTyped(text) {
    this.#add({ kind: "caller", role: "You", text, status: "typed" });
  }

  responseCreated(response) {
    this.#response = response;
  }

  agentDelta(role, delta) {
    const entry = this.#entryOf(role);
    if (entry) this.#update(entry, { text: append(entry.text, delta) });
    else this.#add({ kind: "agent", role, text: delta, status: "writing", response: this.#response });
  }

  /** A line that bridges a silence: no part of the answer, so it belongs to no response. */
  agentFiller(role, text) {
    this.#add({ kind: "agent", role, text, status: "filler" });
  }

  /** The agent's answer is complete; `text`, when given, is all of it. */
  agentDone(role, text) {
    const entry = this.#entryOf(role);
    if (!entry) {
      if (text) this.#add({ kind: "agent", role, text, status: "written", response: this.#response });
      return;
    }
    const status = entry.status === "writing" ? "written" : entry.status;
    this.#update(entry, { text: text || entry.text, status });
  }

  skipped(role) {
    const entry = this.#entryOf(role);
    if (entry) this.#update(entry, { status: "skipped" });
  }

  /**
   * The caller spoke over `role` after hearing `heard` of it. `wasHeard(role)` says whether any audio of a role
   * of this response has sounded, `speaks(role)` whether it has a voice at all.
   */
  interrupted(role, heard, wasHeard, speaks) {
    for (const entry of this.#entries) {
      if (entry.kind !== "agent" || entry.response !== this.#response) continue;
      if (entry.role === role) this.#update(entry, { status: "interrupted", heard: heard ?? "" });
      else if (speaks(entry.role) && !wasHeard(entry.role)) this.#update(entry, { status: "unheard" });
      else if (entry.status === "writing") this.#update(entry, { status: "written" });
    }
  }

  responseDone() {
    for (const entry of this.#entries) {
      if (entry.status === "writing") this.#update(entry, { status: "written" });
    }
  }

  #entryOf(role) {
    return this.#entries.findLast((entry) => entry.role === role && entry.response === this.#response);
  }

  #add(fields) {
    const entry = { id: this.#nextId, response: null, heard: null, ...fields };
    this.#nextId += 1;
    this.#entries.push(entry);
    while (this.#entries.length > entryLimit) this.#remove(this.#entries[0]);
    this.#changed(entry);
    return entry;
  }

  #update(entry, fields) {
    Object.assign(entry, fields);
    this.#changed(entry);
  }

  #remove(entry) {
    this.#entries = this.#entries.filter((other) => other !== entry);
    this.#changed({ ...entry, status: "removed" });
  }
}
