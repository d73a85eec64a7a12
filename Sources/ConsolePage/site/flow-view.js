// Shows the flow of agents: as a drawing that fits its place, or as a list where that could not be read.
import { FlowList } from "./flow-list.js";
import { layOut } from "./graph-layout.js";
import { GraphView } from "./graph-view.js";

// Below this scale the letters of a drawing are too small.
const smallestScale = 0.75;

/** How a graph `natural` pixels wide is shown in a place `available` pixels wide: drawing or list. */
export function formFor(natural, available, isPhone) {
  return isPhone || available < natural * smallestScale ? "list" : "drawing";
}

export class FlowView {
  #place;
  #voices;
  #graph = null;
  #layout = null;
  #form = null;
  #view = null;
  #states = {};
  #phone = matchMedia("(max-width: 34rem)");

  constructor({ place, voices }) {
    this.#place = place;
    this.#voices = voices;
    new ResizeObserver(() => this.#fit()).observe(place);
  }

  /** {node id: state} as it was shown last. */
  get states() {
    return this.#states;
  }

  /** Shows `graph`, `{nodes, edges}` as the server gives it. */
  draw(graph) {
    this.#graph = graph;
    this.#layout = layOut(graph);
    this.#form = null;
    this.#fit();
  }

  /** Brings the view in line with `{id: state}`. */
  show(states) {
    this.#states = states;
    if (!this.#view) return;
    const before = this.#view.speaking;
    this.#view.show(states);
    const now = this.#view.speaking;
    if (now && now !== before) this.#bringIntoView(now);
  }

  #fit() {
    if (!this.#graph) return;
    // A hidden place has no width; it is fitted when it appears.
    const available = this.#place.clientWidth;
    if (available === 0 && this.#view) return;
    const form = formFor(this.#layout.width, available, this.#phone.matches);
    if (form === this.#form) return;
    this.#form = form;
    const parts = { graph: this.#graph, layout: this.#layout, voices: this.#voices };
    this.#view = this.#graph.nodes.length === 0 ? null : form === "list" ? new FlowList(parts) : new GraphView(parts);
    this.#place.replaceChildren(...(this.#view ? [this.#view.element] : []));
    this.#view?.show(this.#states);
  }

  /** Scrolls the place alone, not the page. */
  #bringIntoView(element) {
    const place = this.#place.getBoundingClientRect();
    const box = element.getBoundingClientRect();
    if (box.top < place.top) this.#place.scrollTop -= place.top - box.top + 12;
    if (box.bottom > place.bottom) this.#place.scrollTop += box.bottom - place.bottom + 12;
  }
}
