// Shows what each turn took: the parts of its first sound as a bar, its cost, and who worked for it.
import { html } from "./elements.js";
import { partsOf } from "./turns.js";
import { costWords, partWords, providerWords, secondsWords } from "./words.js";

export class TurnView {
  #list;
  #empty;
  #shown = null;
  #choices = new Map(); // number of a turn → whether somebody opened or closed its details

  /** `list` takes the turns, the newest first; `empty` is shown as long as there is none. */
  constructor({ list, empty }) {
    this.#list = list;
    this.#empty = empty;
  }

  /** Brings the view in line with `turns`, of turns.js. */
  show(turns) {
    if (turns === this.#shown) return;
    this.#shown = turns;
    this.#empty.hidden = turns.list.length > 0;
    // All bars have one scale, so that they can be compared.
    const longest = Math.max(1, ...turns.list.map((turn) => turn.metrics?.ttfa_ms ?? 0));
    this.#list.replaceChildren(...turns.list.toReversed().map((turn) => this.#row(turn, longest)));
    if (turns.dropped > 0) this.#list.append(html("li", { class: "fine" }, `${turns.dropped} earlier turns are no longer kept.`));
  }

  #row(turn, longest) {
    const parts = partsOf(turn.metrics);
    const isOpen = this.#choices.get(turn.number) ?? turn.number === this.#newest;
    const details = html("details", { class: "turn", open: isOpen });
    const facts = [secondsWords(turn.metrics?.ttfa_ms), costWords(turn.usage)].filter(Boolean);
    details.append(
      html("summary", {}, html("strong", {}, `Turn ${turn.number}`), ` ${facts.join(" · ")}`),
      parts.length === 0 ? "" : bar(parts, longest),
      parts.length === 0 ? "" : legend(parts),
      providers(turn.usage),
    );
    details.firstChild.addEventListener("click", () => this.#choices.set(turn.number, !details.open));
    return html("li", {}, details);
  }

  get #newest() {
    return this.#shown.list.at(-1)?.number;
  }
}

function bar(parts, longest) {
  const place = html("div", { class: "bar", role: "img", "aria-label": parts.map(partWords).join(", ") });
  for (const part of parts) {
    const piece = html("span", { class: "bar-part", "data-part": part.index, title: partWords(part) });
    piece.style.width = `${(100 * part.milliseconds) / longest}%`;
    place.append(piece);
  }
  return place;
}

function legend(parts) {
  return html(
    "ul",
    { class: "legend" },
    ...parts.map((part) => html("li", {}, html("span", { class: "swatch", "data-part": part.index }), partWords(part))),
  );
}

function providers(usage) {
  if (!usage?.providers?.length) return "";
  return html("ul", { class: "providers" }, ...usage.providers.map((provider) => {
    const { name, facts } = providerWords(provider, usage.currency);
    return html("li", {}, html("strong", {}, name), html("span", {}, facts));
  }));
}
