// Tabs as the ARIA practices describe them: one stop for Tab, arrows go from one to the next.

/** `list` has the tabs, each with `aria-controls`; `changed(panel id)` is called after another one was chosen. */
export class Tabs {
  #tabs;
  #changed;

  constructor(list, changed = () => {}) {
    this.#tabs = [...list.querySelectorAll("[role=tab]")];
    this.#changed = changed;
    for (const tab of this.#tabs) tab.addEventListener("click", () => this.#choose(tab));
    list.addEventListener("keydown", (event) => this.#key(event));
  }

  /** The id of the panel that is shown. */
  get chosen() {
    return this.#tabs.find((tab) => tab.getAttribute("aria-selected") === "true").getAttribute("aria-controls");
  }

  #key(event) {
    const at = this.#tabs.indexOf(document.activeElement);
    const last = this.#tabs.length - 1;
    const to = { ArrowLeft: at === 0 ? last : at - 1, ArrowRight: at === last ? 0 : at + 1, Home: 0, End: last }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    this.#tabs[to].focus();
    this.#choose(this.#tabs[to]);
  }

  #choose(chosen) {
    for (const tab of this.#tabs) {
      tab.setAttribute("aria-selected", tab === chosen);
      tab.tabIndex = tab === chosen ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
    }
    this.#changed(this.chosen);
  }
}
