// Which of the sixteen agent colours an agent has: by its place in the graph, so that it is the same every time.

const hueCount = 16;

export class Voices {
  #hues = new Map();

  /** Begins anew with `names`, in the order of the project. */
  reset(names) {
    this.#hues.clear();
    names.forEach((name) => this.hueOf(name));
  }

  /** The number of the colour of `name`; a name that the project didn't list gets the next one. */
  hueOf(name) {
    if (!this.#hues.has(name)) this.#hues.set(name, this.#hues.size % hueCount);
    return this.#hues.get(name);
  }
}
