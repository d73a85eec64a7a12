// Shows the transcript: one row an entry, updated in place, with a log for screen readers beside it.
import { html } from "./elements.js";
import { elementsOf } from "./markdown.js";
import { clock } from "./record-file.js";
import { splitHeard } from "./transcript.js";

const finished = new Set(["final", "written", "interrupted", "stopped", "cut", "filler"]);
// Within this many pixels of the end, the view follows what is being said.
const followDistance = 80;

export class TranscriptView {
  #rows = new Map();
  #announced = new Set();
  #list;
  #log;
  #voices;
  #jump;

  /** `list`: an element that scrolls; `log`: a visually hidden live region; `jump`: a button that leads to the end. */
  constructor({ list, log, jump, voices }) {
    this.#list = list;
    this.#log = log;
    this.#jump = jump;
    this.#voices = voices;
    jump.addEventListener("click", () => this.#toEnd());
    list.addEventListener("scroll", () => (jump.hidden = this.#isAtEnd()), { passive: true });
    // A panel or a keyboard that takes room may not hide what is being said.
    let wasAtEnd = true;
    list.addEventListener("scroll", () => (wasAtEnd = this.#isAtEnd()), { passive: true });
    new ResizeObserver(() => wasAtEnd && this.#toEnd()).observe(list);
  }

  /** Shows `entry` as it is now. */
  show(entry) {
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
    if (follows) this.#toEnd();
    else this.#jump.hidden = false;
    this.#announce(entry);
  }

  #makeRow(entry) {
    const hue = entry.kind === "agent" ? this.#voices.hueOf(entry.role) : "caller";
    const row = html(
      "li",
      { class: "entry", "data-kind": entry.kind, "data-hue": hue },
      html(
        "p",
        { class: "entry-role" },
        entry.role,
        html("time", { class: "entry-time", datetime: new Date(entry.at).toISOString() }, ` ${clock(entry.at).slice(0, 5)}`),
      ),
      html("div", { class: "entry-body" }, html("div", { class: "entry-text" }), html("p", { class: "entry-note" })),
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

  #toEnd() {
    this.#list.scrollTop = this.#list.scrollHeight;
    this.#jump.hidden = true;
  }

  #isAtEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.#list;
    return scrollHeight - scrollTop - clientHeight < followDistance;
  }
}

/** Agents write Markdown; what the caller said is shown as it is. */
function bodyOf(entry) {
  const text = entry.text.trimEnd();
  if (entry.kind !== "agent") return [html("p", {}, text)];
  if (entry.status !== "interrupted" && entry.status !== "paused") return elementsOf(text);
  const split = splitHeard(text, entry.heard);
  if (split === null) return elementsOf(text);
  return elementsOf(text, split.heard.length + /^\s*/.exec(split.rest)[0].length);
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
    case "stopped":
      return "Stopped by you";
    case "cut":
      return "Cut off: the conversation ended here";
    case "unheard":
      return "Written, but not spoken: it was ended before";
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
