// Shows the log of what went over the line, to be searched, copied and emptied.
import { html } from "./elements.js";
import { logAsJSON } from "./event-log.js";
import { clock } from "./record-file.js";
import { copy } from "./share.js";

const shownLimit = 200;

export class EventView {
  #log;
  #parts;
  #told;
  #rows = new Map(); // id → {row, count}
  #isDue = false;
  #isShown = false;

  /** `parts`: `{list, filter, count, copy, clear}`, elements; `log` is of event-log.js; `told(words)` says what was done. */
  constructor({ log, parts, told }) {
    this.#log = log;
    this.#told = told;
    this.#parts = parts;
    parts.filter.addEventListener("input", () => this.#drawAnew());
    parts.copy.addEventListener("click", () => this.#copy());
    parts.clear.addEventListener("click", () => {
      log.clear();
      this.#drawAnew();
    });
  }

  /** Whether anybody sees it: nothing is drawn for nobody. */
  set isShown(isShown) {
    this.#isShown = isShown;
    if (isShown) this.#drawAnew();
  }

  /** The log has changed. */
  changed() {
    if (this.#isDue || !this.#isShown) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.#draw();
    });
  }

  #drawAnew() {
    this.#rows.clear();
    this.#parts.list.replaceChildren();
    this.#draw();
  }

  #draw() {
    const { list, filter, count } = this.#parts;
    const found = this.#log.matching(filter.value);
    const shown = found.slice(-shownLimit);
    const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    const ids = new Set(shown.map((entry) => entry.id));
    for (const [id, { row }] of this.#rows) {
      if (ids.has(id)) continue;
      row.remove();
      this.#rows.delete(id);
    }
    for (const entry of shown) this.#show(entry);
    count.textContent = countWords(found.length, shown.length, this.#log.dropped);
    if (isAtEnd) list.scrollTop = list.scrollHeight;
  }

  #show(entry) {
    const known = this.#rows.get(entry.id);
    if (known?.count === entry.count) return;
    const row = known?.row ?? this.#makeRow(entry);
    row.querySelector(".event-count").textContent = entry.count > 1 ? ` × ${entry.count}` : "";
    if (row.firstChild.open) row.querySelector("pre").textContent = JSON.stringify(entry.message, null, 2);
    this.#rows.set(entry.id, { row, count: entry.count });
  }

  #makeRow(entry) {
    const arrow = entry.from === "server" ? "←" : "→";
    const from = entry.from === "server" ? "from the server" : "to the server";
    const content = html("pre", { tabindex: 0 });
    const details = html(
      "details",
      {},
      html(
        "summary",
        {},
        html("time", {}, clock(entry.at)),
        html("span", { "aria-label": from, role: "img" }, arrow),
        html("span", { class: "event-type" }, entry.type, html("span", { class: "event-count" })),
      ),
      content,
    );
    details.addEventListener("toggle", () => {
      content.textContent = details.open ? JSON.stringify(entry.message, null, 2) : "";
    });
    const row = html("li", { "data-from": entry.from, "data-type": entry.type }, details);
    this.#parts.list.append(row);
    return row;
  }

  async #copy() {
    const found = this.#log.matching(this.#parts.filter.value);
    const isCopied = await copy(logAsJSON(found));
    this.#told(isCopied ? `${found.length} events are copied as JSON.` : "The browser does not allow copying here.");
  }
}

function countWords(found, shown, dropped) {
  const more = found > shown ? `, the last ${shown} shown` : "";
  const gone = dropped > 0 ? `; ${dropped} older ones are no longer kept` : "";
  return `${found} events${more}${gone}`;
}
