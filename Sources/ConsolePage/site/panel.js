// The column at the right: its tabs, and on a small window the button that opens it.
import { byId } from "./elements.js";
import { Tabs } from "./tabs.js";

export class Panel {
  #tabs;
  #changed;

  /** `changed(panel id or null)` is called with the tab that is seen; null: none is. */
  constructor(changed) {
    this.#changed = changed;
    this.#tabs = new Tabs(byId("tabs"), () => this.#tell());
    byId("panel-toggle").addEventListener("click", () => this.#open(!this.#isOpen));
    matchMedia("(min-width: 60rem)").addEventListener("change", () => this.#tell());
  }

  /** The id of the tab panel that is seen, or null. */
  get seen() {
    return byId("panel").checkVisibility() ? this.#tabs.chosen : null;
  }

  get #isOpen() {
    return document.body.dataset.panel === "open";
  }

  #open(isOpen) {
    document.body.dataset.panel = isOpen ? "open" : "closed";
    byId("panel-toggle").setAttribute("aria-expanded", isOpen);
    this.#tell();
  }

  #tell() {
    this.#changed(this.seen);
  }
}
