// Shows the transcript: one row an entry, updated in place, with a log for screen readers beside it.
import { html } from "./elements.js";
import { splitHeard } from "./transcript.js";

const finished = new Set(["final", "written", "interrupted", "cut", "filler"]);
// Within this many pixels of the end, the view follows what is being said.
const followDistance = 80;

export class TranscriptView {
  #rows = new Map();
  #announced = new Set();
  #list;
  #log;
  #voices;

  /** `list`: an element that scrolls; `log`: a visually hidden live region. */
  constructor({ list, log, voices }) {
    this.#list = list;
    this.#log = log;
    this.#voices = voices;
  }

  /** Shows `entry` as it is now; null empties the view. */
  show(entry) {
    if (entry === null) {
      this.#rows.forEach((row) => row.remove());
      this.#rows.clear();
      this.#announced.clear();
      this.#log.replaceChildren();
      return;
    }
    if (entry.status === "removed") {
      this.#rows.get(entry.id)?.remove();
      this.#rows.delete(entry.id);
      return;
    }
    const follows = this.#isAtEnd();
    const row = this.#rows.get(entry.id) ?? this.#makeRow(entry);
    row.dataset.status = entry.status;
    row.querySelector(".entry-text").replaceChildren(...bodyOf(entry));
    row.querySelector(".entry-note").textContent = noteOf(entry);
    if (follows) this.#list.scrollTop = this.#list.scrollHeight;
    this.#announce(entry);
  }

  #makeRow(entry) {
    const hue = entry.kind === "agent" ? this.#voices.hueOf(entry.role) : "caller";
    const row = html(
      "li",
      { class: "entry", "data-kind": entry.kind, "data-hue": hue },
      html("p", { class: "entry-role" }, entry.role),
      html("div", { class: "entry-body" }, html("p", { class: "entry-text" }), html("p", { class: "entry-note" })),
    );
    this.#rows.set(entry.id, row);
    this.#list.append(row);
    return row;
  }

  /** Streaming text would be read out piece by piece; the log gets each entry once, when it is complete. */
  #announce(entry) {
    if (!finished.has(entry.status) || this.#announced.has(entry.id)) return;
    this.#announced.add(entry.id);
    const interruption = entry.status === "interrupted" ? " (interrupted)" : "";
    this.#log.append(html("p", {}, `${entry.role}: ${entry.text}${interruption}`));
    while (this.#log.childElementCount > 20) this.#log.firstElementChild.remove();
  }

  #isAtEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.#list;
    return scrollHeight - scrollTop - clientHeight < followDistance;
  }
}

function bodyOf(entry) {
  const text = entry.text.trimEnd();
  if (entry.status !== "interrupted" && entry.status !== "paused") return [text];
  const split = splitHeard(text, entry.heard);
  if (split === null) return [text];
  const rest = split.rest.trimStart();
  if (rest === "") return [split.heard];
  return [split.heard === "" ? "" : `${split.heard} `, html("s", { class: "entry-rest" }, rest)];
}

function noteOf(entry) {
  switch (entry.status) {
    case "interrupted": {
      const heard = (entry.heard ?? "").trim();
      if (heard === "") return "Interrupted before a word was heard";
      return splitHeard(entry.text, heard) ? "Interrupted: the rest wasn’t heard" : `Interrupted after “${heard}”`;
    }
    case "paused":
      return "Paused: if you say nothing, it goes on";
    case "cut":
      return "Cut off: the conversation ended here";
    case "unheard":
      return "Written, but not spoken: you interrupted before";
    case "skipped":
      return "Skipped";
    case "filler":
      return "Not part of an answer";
    case "typed":
      return "Typed";
    default:
      return "";
  }
}
