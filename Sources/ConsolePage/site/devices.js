// Which microphones and loudspeakers there are, and which of them the user wants.
import { html } from "./elements.js";

export class DeviceChoice {
  #select;
  #kind;
  #wanted;
  #name;

  /** `kind` is audioinput or audiooutput; `wanted` the id to begin with; `chosen(id)` is called after a choice. */
  constructor({ select, kind, name, wanted, chosen }) {
    this.#select = select;
    this.#kind = kind;
    this.#wanted = wanted;
    this.#name = name;
    select.addEventListener("change", () => {
      this.#wanted = select.value;
      chosen(select.value);
    });
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.refresh());
    this.refresh();
  }

  /** Lists the devices anew. Browsers tell their names only to a page that may use the microphone. */
  async refresh() {
    const all = (await navigator.mediaDevices?.enumerateDevices?.().catch(() => [])) ?? [];
    const found = all.filter((device) => device.kind === this.#kind && device.deviceId !== "" && device.deviceId !== "default");
    const options = found.map((device, i) =>
      html("option", { value: device.deviceId }, device.label || `${this.#name} ${i + 1}`),
    );
    this.#select.replaceChildren(html("option", { value: "" }, "The system’s own"), ...options);
    this.#select.value = found.some((device) => device.deviceId === this.#wanted) ? this.#wanted : "";
    this.#select.disabled = found.length === 0;
  }
}
