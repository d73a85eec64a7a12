// The settings of the sound: microphone, loudspeaker, volume. They are remembered.
import { DeviceChoice } from "./devices.js";
import { byId } from "./elements.js";
import { keepPreferences, readPreferences } from "./preferences.js";

export class SoundSettings {
  #choices;
  #preferences = readPreferences();

  /** `conversation` has `capture`, `playback` and `useMicrophone(id)`; `failed(words)` is told what a browser refuses. */
  constructor({ conversation, failed }) {
    const { playback, capture } = conversation;
    capture.device = this.#preferences.microphone;
    const microphone = new DeviceChoice({
      select: byId("microphone"),
      kind: "audioinput",
      name: "Microphone",
      wanted: this.#preferences.microphone,
      chosen: (id) => (this.#keep({ microphone: id }), conversation.useMicrophone(id)),
    });
    const loudspeaker = new DeviceChoice({
      select: byId("loudspeaker"),
      kind: "audiooutput",
      name: "Loudspeaker",
      wanted: this.#preferences.loudspeaker,
      chosen: (id) => {
        this.#keep({ loudspeaker: id });
        playback.useLoudspeaker(id).catch(() => failed("The browser can’t play on that loudspeaker."));
      },
    });
    this.#choices = [microphone, loudspeaker];
    playback.useLoudspeaker(this.#preferences.loudspeaker);
    byId("loudspeaker-setting").hidden = !("setSinkId" in AudioContext.prototype);
    const volume = byId("volume");
    volume.value = this.#preferences.volume;
    const hear = () => {
      playback.volume = Number(volume.value);
      byId("volume-value").textContent = `${Math.round(100 * volume.value)} %`;
    };
    volume.addEventListener("input", hear);
    volume.addEventListener("change", () => this.#keep({ volume: Number(volume.value) }));
    hear();
  }

  /** The microphone may be used now, so the devices have names. */
  refresh() {
    this.#choices.forEach((choice) => choice.refresh());
  }

  #keep(change) {
    this.#preferences = { ...this.#preferences, ...change };
    keepPreferences(this.#preferences);
  }
}
