// Draws the flow graph as SVG, and lights the agents that are at work and the one that speaks.
import { svg } from "./elements.js";
import { flowWords, shortened, stateWords, titleOf, voiceWords } from "./flow-words.js";
import { nodeHeight, nodeWidth } from "./graph-layout.js";

export class GraphView {
  #nodes = new Map(); // id → {node, element, hint}
  #voices;

  /** `layout` is of graph-layout.js. */
  constructor({ graph, layout, voices }) {
    this.#voices = voices;
    this.element = svg("svg", {
      class: "graph",
      role: "img",
      "aria-label": flowWords(graph),
      viewBox: `0 0 ${layout.width} ${layout.height}`,
      width: layout.width,
      height: layout.height,
    });
    this.element.append(arrowHead());
    for (const group of layout.groups) this.element.append(groupBox(group));
    for (const line of layout.lines) this.element.append(...edge(line));
    for (const box of layout.boxes) this.element.append(this.#box(box));
  }

  /** Brings the nodes in line with `{id: state}`. */
  show(states) {
    for (const [id, { element, hint, node }] of this.#nodes) {
      if (element.dataset.state === states[id]) continue;
      element.dataset.state = states[id];
      hint.textContent = stateWords(states[id]) || voiceWords(node);
    }
  }

  /** The element of the agent that speaks, or null. */
  get speaking() {
    return this.element.querySelector("[data-state=speaking]");
  }

  #box({ node, x, y }) {
    const lines = inLines(titleOf(node), 17);
    const first = y + (lines.length === 1 ? 26 : 20);
    const name = lines.map((line, i) => svg("tspan", { x: x + 15, y: first + 15 * i }, line));
    const below = first + 15 * (lines.length - 1) + 17;
    const hint = svg("text", { class: "graph-hint", x: x + 15, y: below }, voiceWords(node));
    const element = svg(
      "g",
      { class: "graph-node", "data-state": "idle", "data-hue": this.#voices.hueOf(node.name), "data-id": node.id },
      svg("title", {}, [node.name, node.description].filter(Boolean).join(": ")),
      svg("rect", { class: "graph-box", x, y, width: nodeWidth, height: nodeHeight, rx: 10 }),
      svg("rect", { class: "graph-mark", x, y: y + 12, width: 4, height: nodeHeight - 24, rx: 2 }),
      svg("text", { class: "graph-name" }, ...name),
      hint,
    );
    this.#nodes.set(node.id, { node, element, hint });
    return element;
  }
}

function groupBox({ title, x, y, width, height }) {
  return svg(
    "g",
    { class: "graph-group" },
    svg("rect", { x, y, width, height, rx: 14 }),
    svg("text", { x: x + 12, y: y + 19 }, shortened(title, Math.floor((width - 24) / 6.4))),
  );
}

/** One or two lines of at most `length` letters, broken between words where that is possible. */
function inLines(text, length) {
  if (text.length <= length) return [text];
  const gap = text.lastIndexOf(" ", length);
  if (gap <= 0) return [shortened(text, length)];
  return [text.slice(0, gap), shortened(text.slice(gap + 1), length)];
}

function arrowHead() {
  const marker = { id: "graph-arrow", viewBox: "0 0 8 8", refX: 4, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" };
  return svg("defs", {}, svg("marker", marker, svg("path", { class: "graph-arrow", d: "M0 0.5 7 4 0 7.5z" })));
}

function edge({ edge: { label }, path, middle }) {
  const line = svg("path", { class: "graph-edge", d: path, "marker-end": "url(#graph-arrow)" });
  if (!label) return [line];
  const text = svg("text", { class: "graph-label", x: middle.x, y: middle.y + 3, "text-anchor": "middle" }, shortened(label, 26));
  text.append(svg("title", {}, label));
  return [line, text];
}
