// The record of the conversation: pure, bounded, in the order in which things were first said.
//
// An entry: {id, at, kind: "caller" | "agent", role, text, response, status, heard}; `at` is when it began, in milliseconds
// since 1970. Status of a caller's entry: interim, final, typed. Of an agent's: writing, written, paused and interrupted
// (`heard` is what was heard), unheard, skipped, stopped (by the caller), cut (the conversation ended), filler. A divider is {kind: "divider", text, status: "divider"}.

const entryLimit = 400;

/** Joins a delta to what is there: verbatim, but two sentences never run into each other. */
export function append(text, delta) {
  const runsTogether = /[.!?…:;]["”’)]?$/u.test(text) && /^["“‘(]?\p{Lu}/u.test(delta);
  return runsTogether ? `${text} ${delta}` : text + delta;
}

const wordsOf = (text) => [...text.matchAll(/[\p{L}\p{N}]+/gu)];

/** Whether `words` stand in `text`, both as of `wordsOf`, from word number `at` on. */
function stand(words, text, at) {
  return words.every((word, i) => word[0].toLowerCase() === text[at + i]?.[0].toLowerCase());
}

/** Where `word` of `text` ends, with the marks behind it. */
function endOf(word, text) {
  let end = word.index + word[0].length;
  while (end < text.length && /[^\s\p{L}\p{N}]/u.test(text[end])) end += 1;
  return end;
}

/** Splits an interrupted answer: `{heard, rest}`, or null when what was heard is not how the text begins. */
export function splitHeard(text, heard) {
  const said = wordsOf(heard ?? "");
  const written = wordsOf(text);
  if (!stand(said, written, 0)) return null;
  if (said.length === 0) return { heard: "", rest: text };
  const cut = endOf(written[said.length - 1], text);
  return { heard: text.slice(0, cut), rest: text.slice(cut) };
}

/**
 * What of `text` stays when an answer goes on with `rest` after `heard` was heard; null when that is not how it reads.
 * The answer may go back by some words, so the last place counts that is not after what was heard.
 */
export function throughRest(text, heard, rest) {
  const [written, said, more] = [text, heard ?? "", rest].map(wordsOf);
  if (!stand(said, written, 0)) return null;
  let last = said.length;
  if (more.length > 0) {
    while (last >= 0 && !stand(more, written, last)) last -= 1;
    if (last < 0) return null;
    last += more.length;
  }
  if (last === 0) return "";
  const cut = endOf(written[last - 1], text);
  return text.slice(0, cut) + (/^\s+/.exec(text.slice(cut))?.[0] ?? "");
}

/** Joins a delta that may begin with words that are there already: an answer that goes on can go back to a sentence. */
export function rejoin(text, delta) {
  const [written, more] = [text, delta].map(wordsOf);
  for (let count = Math.min(written.length, more.length); count > 0; count -= 1) {
    const at = written.length - count;
    if (stand(more.slice(0, count), written, at)) return text.slice(0, written[at].index) + delta;
  }
  return append(text, delta);
}

export class Transcript {
  #entries = [];
  #nextId = 1;
  #response = null;
  #interim = null;
  #conversation = 1;
  #isOver = false; // whether the next entry begins another conversation
  #beforePause = new Map(); // id of an entry → its status
  #goesBack = null; // the id of the entry whose next delta may repeat some words
  #changed;
  #now;

  /** `changed(entry)` is called after an entry was made or altered; `now()` gives milliseconds since 1970. */
  constructor(changed, now = Date.now) {
    this.#changed = changed;
    this.#now = now;
  }

  get entries() {
    return this.#entries;
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
    this.#beforePause.clear();
  }

  /**
   * The conversation is over: what was being said stays as it is, and what follows belongs to another one, in which the
   * agents know nothing of this one.
   */
  conversationEnded() {
    if (this.#interim) this.#remove(this.#interim);
    this.#interim = null;
    this.#response = null;
    this.#beforePause.clear();
    for (const entry of this.#entries) {
      if (entry.status === "writing" || entry.status === "paused") this.#update(entry, { status: "cut", heard: null });
    }
    this.#isOver = this.#entries.length > 0;
  }

  agentDelta(role, delta) {
    const entry = this.#entryOf(role);
    const join = this.#goesBack !== null && this.#goesBack === entry?.id ? rejoin : append;
    this.#goesBack = null;
    if (entry) this.#update(entry, { text: join(entry.text, delta) });
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
      if (!this.#isCurrent(entry)) continue;
      if (entry.role === role) this.#update(entry, { status: "interrupted", heard: heard ?? "" });
      else if (speaks(entry.role) && !wasHeard(entry.role)) this.#update(entry, { status: "unheard" });
      else if (entry.status === "writing") this.#update(entry, { status: "written" });
    }
  }

  /** The caller has stopped the answer while `role` spoke, or nobody (null). As `interrupted`; how much of it was heard only the server could tell, word for word. */
  stopped(role, wasHeard, speaks) {
    this.#beforePause.clear();
    for (const entry of this.#entries) {
      if (!this.#isCurrent(entry) || entry.status === "skipped") continue;
      const isOpen = entry.role === role || entry.status === "writing" || entry.status === "paused";
      if (speaks(entry.role) && !wasHeard(entry.role)) this.#update(entry, { status: "unheard", heard: null });
      else if (isOpen) this.#update(entry, { status: "stopped" });
    }
  }

  /** The caller may be speaking over `role`: what was not heard is marked, until it is known. As `interrupted`. */
  paused(role, heard, wasHeard, speaks) {
    for (const entry of this.#entries) {
      if (!this.#isCurrent(entry)) continue;
      const isHeard = entry.role === role;
      if (!isHeard && (!speaks(entry.role) || wasHeard(entry.role))) continue;
      this.#beforePause.set(entry.id, entry.status);
      this.#update(entry, isHeard ? { status: "paused", heard: heard ?? "" } : { status: "unheard" });
    }
  }

  /** It was nothing: the answer goes on with `rest`. What comes after that is sent again. */
  resumed(role, rest) {
    for (const [id, status] of this.#beforePause) {
      const entry = this.#entries.find((other) => other.id === id);
      if (!entry) continue;
      if (entry.status === "unheard") {
        this.#remove(entry);
      } else {
        const more = role === entry.role ? rest : "";
        const kept = throughRest(entry.text, entry.heard, more);
        if (more === "") this.#goesBack = id;
        this.#update(entry, { status, heard: null, text: kept ?? entry.text });
      }
    }
    this.#beforePause.clear();
  }

  responseDone() {
    this.#beforePause.clear();
    for (const entry of this.#entries) {
      if (entry.status === "writing") this.#update(entry, { status: "written" });
      if (entry.status === "paused") this.#update(entry, { status: "interrupted" });
    }
  }

  #entryOf(role) {
    return this.#entries.findLast((entry) => entry.role === role && this.#isCurrent(entry));
  }

  /** Whether it is an agent's part of the newest response. */
  #isCurrent({ kind, response, conversation }) {
    return kind === "agent" && response === this.#response && conversation === this.#conversation;
  }

  #add(fields) {
    if (this.#isOver) {
      this.#isOver = false;
      this.#conversation += 1;
      this.#add({ kind: "divider", role: "", text: "A new conversation", status: "divider" });
    }
    const entry = { id: this.#nextId, at: this.#now(), response: null, heard: null, conversation: this.#conversation, ...fields };
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
