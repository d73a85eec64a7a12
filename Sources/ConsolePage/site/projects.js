// Which project is talked to: the list of them, the one that was chosen, and the version that was saved last.
import { fetchGraph, fetchProject, fetchProjects } from "./registry.js";

const watchMilliseconds = 5000;

export class ProjectChoice {
  /** The chosen one; null: the server's default. */
  name = null;
  /** What the server says about it, and its flow graph; null until it has. */
  about = null;
  graph = null;
  #list = [];
  #listener;
  #described = null; // name and version of what is described
  #failed = null; // and of what could not be

  /**
   * `listener` has `listed(projects, name, broken)`, `described()`, `failed(key, words, again or null)` and `versionInUse()`, the
   * version that a conversation goes on with, or null.
   */
  constructor(listener) {
    this.#listener = listener;
    // A saved project is in service within a second; five are soon enough for who has just saved it.
    setInterval(() => document.hidden || this.#list.length === 0 || this.#look().catch(() => {}), watchMilliseconds);
  }

  /** The version of the chosen project that was saved last, or null. */
  get savedVersion() {
    return this.#list.find((item) => item.name === this.name)?.version ?? null;
  }

  /** Another project; what the server says about it follows. */
  choose(name) {
    this.name = name;
    return this.#describe();
  }

  /** Asks the server for everything anew; whatever fails is said, and the rest goes on. */
  async refresh() {
    try {
      await this.#look();
      this.#listener.failed("projects", null, null);
    } catch (problem) {
      this.#listener.failed("projects", `The projects can’t be listed: ${problem.message}.`, () => this.refresh());
    }
  }

  async #look() {
    const { projects, broken } = await fetchProjects();
    this.#list = projects;
    const chosen = (wanted) => this.#list.find(wanted);
    this.name = (chosen((item) => item.name === this.name) ?? chosen((item) => item.default) ?? this.#list[0])?.name ?? null;
    this.#listener.listed(this.#list, this.name, broken);
    await this.#describe();
  }

  async #describe() {
    const { name } = this;
    if (name === null) return;
    const version = this.#listener.versionInUse() ?? this.savedVersion;
    const exact = version === null ? name : `${name}:${version}`;
    if (exact === this.#described) return;
    try {
      const [graph, about] = await Promise.all([fetchGraph(exact), fetchProject(exact)]);
      if (name !== this.name) return; // Another one was chosen meanwhile.
      Object.assign(this, { graph, about });
      this.#described = exact;
      this.#failed = null;
      this.#listener.described();
    } catch (problem) {
      if (this.#failed === exact) return; // It has been said; the next look tries again.
      this.#failed = exact;
      this.#listener.failed("graph", `The flow graph can’t be shown: ${problem.message}.`, null);
    }
  }
}
