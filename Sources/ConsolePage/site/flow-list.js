// The flow of agents as a list: for a phone, and for more agents than a drawing can show.
import { html } from "./elements.js";
import { stateWords, titleOf, voiceWords } from "./flow-words.js";

export class FlowList {
  #rows = new Map(); // id → {row, hint, node}

  constructor({ graph, voices }) {
    const nameOf = new Map(graph.nodes.map((node) => [node.id, titleOf(node)]));
    this.element = html("ol", { class: "flow-list" });
    for (const node of graph.nodes) {
      const after = graph.edges
        .filter((edge) => edge.to === node.id && nameOf.has(edge.from))
        .map((edge) => nameOf.get(edge.from) + (edge.label ? ` (${edge.label})` : ""));
      const hint = html("span", { class: "flow-state" }, voiceWords(node));
      const row = html(
        "li",
        { class: "flow-row", "data-id": node.id, "data-state": "idle", "data-hue": voices.hueOf(node.name) },
        html("span", { class: "flow-name" }, titleOf(node)),
        hint,
        after.length === 0 ? null : html("span", { class: "flow-after" }, `after ${after.join(", ")}`),
      );
      this.#rows.set(node.id, { row, hint, node });
      this.element.append(row);
    }
  }

  /** Brings the rows in line with `{id: state}`. */
  show(states) {
    for (const [id, { row, hint, node }] of this.#rows) {
      if (row.dataset.state === states[id]) continue;
      row.dataset.state = states[id];
      hint.textContent = stateWords(states[id]) || voiceWords(node);
    }
  }

  /** The element of the agent that speaks, or null. */
  get speaking() {
    return this.element.querySelector("[data-state=speaking]");
  }
}
