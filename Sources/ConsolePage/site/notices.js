// Unobtrusive sentences above the controls: they wait to be read and leave again.
import { html } from "./elements.js";

const limit = 3;
const stayMilliseconds = 12_000;

export class Notices {
  #place;
  #byKey = new Map();

  constructor(place) {
    this.#place = place;
  }

  get texts() {
    return [...this.#byKey.values()].map((item) => item.element.querySelector("p").textContent);
  }

  has(key) {
    return this.#byKey.has(key);
  }

  /**
   * Shows `text`; a second notice with the same `key` takes the place of the first. `kind` is note or problem;
   * `stays` keeps it until it is dismissed; `action` may be `{label, run}`.
   */
  show(text, { key = text, kind = "note", stays = false, action = null } = {}) {
    this.dismiss(key);
    const dismiss = html("button", { type: "button", class: "notice-dismiss", "aria-label": "Dismiss" }, "×");
    dismiss.addEventListener("click", () => this.dismiss(key));
    const act = action ? html("button", { type: "button", class: "notice-action" }, action.label) : null;
    act?.addEventListener("click", () => action.run());
    const element = html("div", { class: "notice", "data-kind": kind }, html("p", {}, text), act, dismiss);
    const timer = stays ? null : setTimeout(() => this.dismiss(key), stayMilliseconds);
    this.#byKey.set(key, { element, timer });
    this.#place.append(element);
    while (this.#byKey.size > limit) this.dismiss(this.#leastNeeded());
  }

  /** The oldest of those that would go by themselves, else the oldest. */
  #leastNeeded() {
    const items = [...this.#byKey];
    return (items.find(([, item]) => item.timer !== null) ?? items[0])[0];
  }

  dismiss(key) {
    const item = this.#byKey.get(key);
    if (!item) return;
    clearTimeout(item.timer);
    item.element.remove();
    this.#byKey.delete(key);
  }
}
