// The level meter: a ribbon of the last seconds, agents above the line in their colours, the caller below it. With a trace
// of the voice activity detection on top, when somebody tunes it.
import { meterShare } from "./pcm.js";
import { drawShade, nameShade, shadesOf, writeLabel } from "./ribbon-shades.js";

const columnMilliseconds = 50;
const columnPitch = 4; // CSS pixels
const columnsPerSecond = 1000 / columnMilliseconds;
const letters = "11px ";
const nameHeight = 12; // the room of the speakers' names, where there is any
const heightWithNames = 48;

export class Ribbon {
  #canvas;
  #columns = [];
  #count = 0;
  #pending = fresh();
  #read;
  #timer = null;
  #still = matchMedia("(prefers-reduced-motion: reduce)");

  /** `read()` returns `{agents: level, speaker, hue, isQuiet, vad: settings or null, isTraced}` of this moment. */
  constructor({ canvas, read }) {
    this.#canvas = canvas;
    this.#read = read;
    new ResizeObserver(() => this.#draw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
  }

  /** The level of one block from the microphone. */
  heard(level) {
    this.#pending.caller = Math.max(this.#pending.caller, level);
  }

  /** One `vad.frame`. */
  judged({ probability, positives, state }) {
    const { frame } = this.#pending;
    this.#pending.frame = { probability: Math.max(probability, frame?.probability ?? 0), positives, state };
  }

  /** A piece of the answer came. */
  fed() {
    this.#pending.isFed = true;
  }

  /** Marks this moment as an interruption. */
  mark() {
    this.#pending.mark = true;
  }

  /** Marks this moment as the end of the caller's turn. */
  turnEnded() {
    this.#pending.isEnd = true;
  }

  /** The stretches of time that are shaded while it is traced: `[{kind, seconds}]`, the oldest first. */
  get shades() {
    return shadesOf(this.#columns).map(({ kind, from, to }) => ({ kind, seconds: (to - from) / columnsPerSecond }));
  }

  start() {
    this.#timer ??= setInterval(() => this.#step(), columnMilliseconds);
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = null;
    this.#columns = [];
    this.#draw();
  }

  #step() {
    const { agents, speaker, hue, isQuiet, vad } = this.#read();
    const { caller, mark, frame, isFed, isEnd } = this.#pending;
    // Frames come in the rhythm of the line: between two of them the last one holds.
    const last = this.#columns.at(-1)?.frame ?? null;
    this.#pending = fresh();
    this.#count += 1;
    this.#columns.push({
      agents: meterShare(agents),
      caller: meterShare(caller),
      speaker,
      hue,
      mark,
      isFed,
      isQuiet,
      isEnd,
      frame: frame ? { ...frame, share: Math.min(1, frame.positives / (vad?.threshold ?? 1)) } : last,
      isSecond: this.#count % columnsPerSecond === 0,
    });
    const fitting = Math.ceil(this.#canvas.clientWidth / columnPitch) + 1;
    if (this.#columns.length > fitting) this.#columns.splice(0, this.#columns.length - fitting);
    if (!document.hidden) this.#draw();
  }

  #draw() {
    const canvas = this.#canvas;
    const ratio = window.devicePixelRatio || 1;
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
    if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
    const pen = canvas.getContext("2d");
    const style = getComputedStyle(canvas);
    const colour = (name) => style.getPropertyValue(name).trim();
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    const middle = Math.round(height / 2);
    pen.fillStyle = colour("--line");
    pen.fillRect(0, middle, width, 1);
    const { vad, isTraced } = this.#read();
    pen.font = letters + style.fontFamily;
    const shades = isTraced && vad ? this.#shades(width, height, colour) : [];
    for (const shade of shades) drawShade(pen, shade);
    if (this.#still.matches) this.#drawStill(pen, width, middle, colour);
    else this.#drawColumns(pen, width, middle, colour, isTraced);
    if (isTraced && vad) this.#drawTrace(pen, width, height, colour, vad);
    for (const shade of shades) nameShade(pen, shade);
    if (!this.#still.matches && height >= heightWithNames) this.#nameSpeakers(pen, width, colour);
  }

  #shades(width, height, colour) {
    return shadesOf(this.#columns).map(({ kind, from, to }) => {
      return { kind, x: this.#xOf(from, width), width: (to - from) * columnPitch, height, colour };
    });
  }

  /** The name of each speaker where the speech begins, and at the edge where it began before. */
  #nameSpeakers(pen, width, colour) {
    let free = 0; // where the last name ends
    this.#columns.forEach(({ speaker, hue }, i) => {
      if (speaker === null || speaker === this.#columns[i - 1]?.speaker) return;
      const x = Math.max(2, this.#xOf(i, width));
      const room = pen.measureText(speaker).width;
      if (x < free || x + room > width) return;
      free = x + room + 8;
      writeLabel(pen, speaker, x, 11, { ink: colour(`--hue-${hue}`), ground: colour("--ground") });
    });
  }

  #drawColumns(pen, width, middle, colour, isTraced) {
    const reach = middle - 3;
    const reachOfAgents = 2 * middle < heightWithNames ? reach : reach - nameHeight;
    pen.globalAlpha = isTraced ? 0.35 : 1;
    this.#columns.forEach((column, i) => {
      const x = this.#xOf(i, width);
      if (column.isSecond) {
        pen.fillStyle = colour("--edge");
        pen.fillRect(x, 2 * middle - 3, 1, 3);
      }
      pen.fillStyle = column.hue === null ? colour("--muted") : colour(`--hue-${column.hue}`);
      const up = Math.round(column.agents * reachOfAgents);
      if (up > 0) pen.fillRect(x, middle - up, columnPitch - 1, up);
      pen.fillStyle = colour("--hue-caller");
      const down = Math.round(column.caller * reach);
      if (down > 0) pen.fillRect(x, middle + 1, columnPitch - 1, down);
    });
    pen.globalAlpha = 1;
    pen.fillStyle = colour("--signal");
    this.#columns.forEach((column, i) => {
      if (column.mark) pen.fillRect(this.#xOf(i, width), 0, 2, 2 * middle);
    });
  }

  /** How sure the network is of speech, what counts as speech, and how full the window is: at the top it interrupts. */
  #drawTrace(pen, width, height, colour, vad) {
    const inner = height - 6;
    const yOf = (share) => 3 + (1 - share) * inner;
    pen.fillStyle = colour("--ink");
    this.#columns.forEach(({ isEnd }, i) => {
      if (isEnd) pen.fillRect(this.#xOf(i, width), 0, 1, height);
    });
    pen.setLineDash([5, 4]);
    pen.lineWidth = 1;
    pen.strokeStyle = colour("--muted");
    pen.beginPath();
    pen.moveTo(0, yOf(vad.speech_probability));
    pen.lineTo(width, yOf(vad.speech_probability));
    pen.stroke();
    pen.setLineDash([]);
    this.#drawLine(pen, width, colour("--ink"), 1.25, (frame) => yOf(frame.probability));
    this.#drawLine(pen, width, colour("--signal"), 2.25, (frame) => yOf(frame.share));
  }

  #drawLine(pen, width, colour, thickness, yOf) {
    pen.strokeStyle = colour;
    pen.lineWidth = thickness;
    pen.beginPath();
    this.#columns.forEach(({ frame }, i) => {
      if (frame) pen.lineTo(this.#xOf(i, width) + columnPitch / 2, yOf(frame));
    });
    pen.stroke();
  }

  #xOf(i, width) {
    return width - (this.#columns.length - i) * columnPitch;
  }

  /** Two bars that stay where they are, for those who asked for less motion. */
  #drawStill(pen, width, middle, colour) {
    const recent = this.#columns.slice(-4);
    const largest = (key) => Math.max(0, ...recent.map((column) => column[key]));
    pen.fillStyle = colour(`--hue-${recent.at(-1)?.hue ?? "caller"}`);
    pen.fillRect(0, middle - 8, width * largest("agents"), 6);
    pen.fillStyle = colour("--hue-caller");
    pen.fillRect(0, middle + 3, width * largest("caller"), 6);
  }
}

function fresh() {
  return { caller: 0, mark: false, frame: null, isFed: false, isEnd: false };
}
