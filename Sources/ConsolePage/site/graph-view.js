// Draws the flow graph as SVG, and lights the agents that run and the one that speaks.
import { svg } from "./elements.js";
import { layOut, nodeHeight, nodeWidth } from "./graph-layout.js";

export class GraphView {
  #place;
  #voices;
  #nodes = new Map(); // id → {node, element, hint}
  #running = new Set();
  #finished = new Set();
  #speaker = null;

  constructor({ place, voices }) {
    this.#place = place;
    this.#voices = voices;
  }

  /** Draws `graph`; null clears the drawing. */
  draw(graph) {
    this.#nodes.clear();
    this.reset();
    this.#place.replaceChildren();
    if (!graph || graph.nodes.length === 0) return;
    const layout = layOut(graph);
    const drawing = svg("svg", {
      class: "graph",
      role: "img",
      "aria-label": describe(graph),
      viewBox: `0 0 ${layout.width} ${layout.height}`,
      width: layout.width,
      height: layout.height,
    });
    drawing.append(arrowHead());
    for (const group of layout.groups) drawing.append(this.#group(group));
    for (const line of layout.lines) drawing.append(...edge(line));
    for (const box of layout.boxes) drawing.append(this.#box(box));
    this.#place.append(drawing);
  }

  /** The state of every node by its id, for those that look from outside: idle, running, finished or speaking. */
  get states() {
    return Object.fromEntries([...this.#nodes].map(([id, { element }]) => [id, element.dataset.state]));
  }

  started(agent, node) {
    for (const id of this.#idsOf(agent, node)) {
      this.#finished.delete(id);
      this.#running.add(id);
    }
    this.#light();
  }

  finished(agent, node) {
    for (const id of this.#idsOf(agent, node)) {
      this.#running.delete(id);
      this.#finished.add(id);
    }
    this.#light();
  }

  /** The role whose audio sounds now, or null. */
  speaking(role) {
    this.#speaker = role;
    this.#light();
  }

  /** A new round: nothing has run yet. */
  reset() {
    this.#running.clear();
    this.#finished.clear();
    this.#speaker = null;
    this.#light();
  }

  /** Nothing runs any longer, whatever was or wasn't reported; what has finished stays marked. */
  stop() {
    this.#running.clear();
    this.#light();
  }

  #idsOf(agent, node) {
    if (node && this.#nodes.has(node)) return [node];
    return [...this.#nodes.values()].filter((item) => item.node.name === agent).map((item) => item.node.id);
  }

  #light() {
    const named = this.#idsOf(this.#speaker, null);
    // An agent may stand in several places; the one that is at work speaks.
    const working = named.filter((id) => this.#running.has(id) || this.#finished.has(id));
    const speaking = new Set(working.length > 0 ? working : named);
    for (const [id, { element, hint, node }] of this.#nodes) {
      const state = speaking.has(id)
        ? "speaking"
        : this.#running.has(id) ? "running" : this.#finished.has(id) ? "finished" : "idle";
      if (element.dataset.state === state) continue;
      element.dataset.state = state;
      hint.textContent = { speaking: "speaking", running: "at work…", finished: "done" }[state] ?? voiceOf(node);
    }
  }

  #group({ title, x, y, width, height }) {
    return svg(
      "g",
      { class: "graph-group" },
      svg("rect", { x, y, width, height, rx: 14 }),
      svg("text", { x: x + 12, y: y + 19 }, shortened(title, Math.floor((width - 24) / 6.4))),
    );
  }

  #box({ node, x, y }) {
    const lines = inLines(titleOf(node), 17);
    const first = y + (lines.length === 1 ? 26 : 20);
    const name = lines.map((line, i) => svg("tspan", { x: x + 15, y: first + 15 * i }, line));
    const below = first + 15 * (lines.length - 1) + 17;
    const hint = svg("text", { class: "graph-hint", x: x + 15, y: below }, voiceOf(node));
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

function titleOf(node) {
  return node.kind === "closing" ? "Summary" : node.name;
}

function voiceOf(node) {
  if (!node.speaks) return "silent, in writing";
  if (!node.voice) return "";
  const parts = /^[a-z]{2,3}-([A-Z]{2})-(.+?)(Neural)?$/.exec(node.voice);
  return parts ? `${parts[2]} (${parts[1]})` : shortened(node.voice, 24);
}

/** One or two lines of at most `length` letters, broken between words where that is possible. */
function inLines(text, length) {
  if (text.length <= length) return [text];
  const gap = text.lastIndexOf(" ", length);
  if (gap <= 0) return [shortened(text, length)];
  return [text.slice(0, gap), shortened(text.slice(gap + 1), length)];
}

function shortened(text, length) {
  return text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`;
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

/** The graph in one sentence a node, for those who don't see it. */
function describe(graph) {
  const nameOf = new Map(graph.nodes.map((node) => [node.id, titleOf(node)]));
  const sentences = graph.nodes.map((node) => {
    const after = graph.edges.filter((line) => line.to === node.id).map((line) => nameOf.get(line.from)).filter(Boolean);
    return after.length === 0 ? `${titleOf(node)} begins` : `${titleOf(node)} follows ${after.join(" and ")}`;
  });
  return `Flow of agents. ${sentences.join(". ")}.`;
}
