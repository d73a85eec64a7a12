// How easily the caller may interrupt, changed while a conversation goes on: sliders for `session.update`.
import { html } from "./elements.js";
import { copy } from "./share.js";
import { settingWords } from "./words.js";

/** The settings in their order, `limit` may depend on the others. Units are in the words. */
export const settings = [
  { key: "threshold", name: "Speech that interrupts", min: 1, step: 1, max: (vad) => vad.window_size },
  { key: "window_size", name: "… within", min: (vad) => vad.threshold, step: 1, max: () => 150 },
  { key: "speech_probability", name: "What counts as speech", min: 0.05, step: 0.05, max: () => 0.95 },
  { key: "lockout_seconds", name: "Lockout: not at the beginning", min: 0, step: 0.1, max: () => 5 },
  { key: "grace_period_seconds", name: "Grace: still after the last sound", min: 0, step: 0.1, max: () => 10 },
];

/** The settings as they stand in a project file. */
export function asYAML(vad) {
  const lines = settings.map(({ key }) => `    ${key}: ${vad[key]}`);
  return ["audio_config:", "  vad:", "    enable_barge_in: true", ...lines, ""].join("\n");
}

export class Tuning {
  #place;
  #tune;
  #inputs = new Map(); // key → {input, output}
  #words;
  #buttons;
  #project = null; // the settings of the project
  #vad = null; // those in force

  /** `tune(vad)` asks the server for a change. */
  constructor({ place, tune }) {
    this.#place = place;
    this.#tune = tune;
    this.#words = html("p", { class: "fine", role: "status" });
    const reset = html("button", { type: "button" }, "As in the project");
    reset.addEventListener("click", () => tune(chosen(this.#project)));
    const yaml = html("button", { type: "button" }, "Copy as YAML");
    yaml.addEventListener("click", async () => {
      const isCopied = await copy(asYAML(this.#vad));
      this.#words.textContent = isCopied ? "Copied. Paste it into the project file." : "The browser does not allow copying here.";
    });
    this.#buttons = html("p", { class: "buttons" }, reset, yaml);
    place.append(this.#words, ...settings.map((setting) => this.#slider(setting)), this.#buttons);
  }

  /** A conversation has begun with `vad`; null is push-to-talk. */
  begin(vad) {
    this.#project = vad;
    this.show(vad, true);
  }

  /** Shows the settings in force; without a connection nothing can be changed. */
  show(vad, isConnected) {
    this.#vad = vad;
    const isUsable = isConnected && vad !== null && vad !== undefined;
    this.#place.dataset.usable = isUsable;
    for (const setting of settings) {
      const { input, output } = this.#inputs.get(setting.key);
      input.disabled = !isUsable;
      if (!vad) continue;
      input.min = typeof setting.min === "function" ? setting.min(vad) : setting.min;
      input.max = Math.max(setting.max(vad), vad[setting.key]);
      input.value = vad[setting.key];
      output.textContent = settingWords(setting.key, vad[setting.key], vad);
    }
    for (const button of this.#buttons.children) button.disabled = !isUsable;
    this.#words.textContent = wordsOf(vad, isConnected);
  }

  #slider({ key, name, step }) {
    const id = `setting-${key}`;
    const input = html("input", { id, type: "range", step });
    const output = html("output", { for: id });
    input.addEventListener("input", () => {
      if (this.#vad) output.textContent = settingWords(key, Number(input.value), { ...this.#vad, [key]: Number(input.value) });
    });
    input.addEventListener("change", () => this.#tune({ [key]: Number(input.value) }));
    this.#inputs.set(key, { input, output });
    return html("div", { class: "setting" }, html("label", { for: id }, name), input, output);
  }
}

function chosen(vad) {
  return Object.fromEntries(settings.map(({ key }) => [key, vad[key]]));
}

function wordsOf(vad, isConnected) {
  if (!isConnected) return "Start a conversation to change these while you talk.";
  if (!vad) return "This project is push-to-talk: there is nothing to tune.";
  return "For this conversation only. The ribbon below shows what they do.";
}
