// The level meter: a ribbon of the last seconds, agents above the line in their colours, the caller below it.
import { meterShare } from "./pcm.js";

const columnMilliseconds = 50;
const columnPitch = 4; // CSS pixels

export class Ribbon {
  #canvas;
  #columns = [];
  #pendingMark = false;
  #callerPeak = 0;
  #read;
  #timer = null;
  #still = matchMedia("(prefers-reduced-motion: reduce)");

  /** `read()` returns `{agents: level, hue: number or null}` of what sounds now. */
  constructor({ canvas, read }) {
    this.#canvas = canvas;
    this.#read = read;
    new ResizeObserver(() => this.#draw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
  }

  /** The level of one block from the microphone. */
  heard(level) {
    this.#callerPeak = Math.max(this.#callerPeak, level);
  }

  /** Marks this moment as an interruption. */
  mark() {
    this.#pendingMark = true;
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
    const { agents, hue } = this.#read();
    const caller = this.#callerPeak;
    this.#callerPeak = 0;
    this.#columns.push({ agents: meterShare(agents), caller: meterShare(caller), hue, mark: this.#pendingMark });
    this.#pendingMark = false;
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
    if (this.#still.matches) this.#drawStill(pen, width, middle, colour);
    else this.#drawColumns(pen, width, middle, colour);
  }

  #drawColumns(pen, width, middle, colour) {
    const reach = middle - 3;
    this.#columns.forEach((column, i) => {
      const x = width - (this.#columns.length - i) * columnPitch;
      if (column.mark) {
        pen.fillStyle = colour("--alert");
        pen.fillRect(x, 0, 2, 2 * middle);
      }
      pen.fillStyle = column.hue === null ? colour("--muted") : colour(`--hue-${column.hue}`);
      const up = Math.round(column.agents * reach);
      if (up > 0) pen.fillRect(x, middle - up, columnPitch - 1, up);
      pen.fillStyle = colour("--hue-caller");
      const down = Math.round(column.caller * reach);
      if (down > 0) pen.fillRect(x, middle + 1, columnPitch - 1, down);
    });
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
