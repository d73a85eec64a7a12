// A ring that fills while the caller's silence is waited for, with the seconds that are left.
import { waitOf } from "./quiet.js";

const stepMilliseconds = 100;

export class Ring {
  #circle;
  #seconds;
  #timer = null;
  #read;

  /** `read()` gives `{quiet, silenceMilliseconds}`; `circle` is an SVG circle with a path length of 1. */
  constructor({ circle, seconds, read }) {
    this.#circle = circle;
    this.#seconds = seconds;
    this.#read = read;
  }

  /** Looks whether there is something to wait for; follows it as long as there is. */
  look() {
    const { quiet, silenceMilliseconds } = this.#read();
    const wait = waitOf(quiet, performance.now(), silenceMilliseconds);
    this.#circle.style.strokeDashoffset = String(1 - (wait?.share ?? 0));
    const words = wait === null || wait.secondsLeft === 0 ? "" : `Answering in ${wait.secondsLeft} s, unless you go on.`;
    if (this.#seconds.textContent !== words) this.#seconds.textContent = words;
    if (quiet !== null) this.#timer ??= setInterval(() => this.look(), stepMilliseconds);
    else this.#stop();
  }

  #stop() {
    clearInterval(this.#timer);
    this.#timer = null;
  }
}
