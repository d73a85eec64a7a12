// The microphone: opens it, hands over 30 ms blocks of PCM16 at 16 kHz, closes it.
import { captureRate } from "./capture-worklet.js";

const wishes = {
  channelCount: 1,
  sampleRate: { ideal: captureRate },
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

export class Capture {
  #context = null;
  #stream = null;
  #onBlock;
  #onLost;

  /** The id of the microphone to open; empty: the system's own. One that is gone is replaced by that. */
  device = "";

  /** `onBlock(Int16Array)` gets each block; `onLost()` is told when the device goes away by itself. */
  constructor({ onBlock, onLost }) {
    this.#onBlock = onBlock;
    this.#onLost = onLost;
  }

  get isOpen() {
    return this.#stream !== null;
  }

  /** Whether the microphone hears anything: a muted one gives silence, and the browser shows it as muted. */
  set isEnabled(isEnabled) {
    for (const track of this.#stream?.getAudioTracks() ?? []) track.enabled = isEnabled;
  }

  /** Opens the microphone. Throws a DOMException (or TypeError) when it is denied or absent. */
  async open() {
    if (this.#stream) return;
    // Absent on pages that are neither https nor localhost.
    if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("no microphone here", "NotSupportedError");
    const device = this.device === "" ? {} : { deviceId: { ideal: this.device } };
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { ...wishes, ...device } });
    try {
      await this.#attach(stream, captureRate);
    } catch {
      // Some browsers refuse a stream whose rate isn't the context's: the worklet resamples instead.
      await this.#attach(stream, undefined);
    }
    this.#stream = stream;
    stream.getAudioTracks()[0]?.addEventListener("ended", () => {
      if (this.#stream !== stream) return;
      this.close();
      this.#onLost();
    });
  }

  async #attach(stream, sampleRate) {
    const context = new AudioContext({ sampleRate, latencyHint: "interactive" });
    try {
      await context.audioWorklet.addModule(new URL("capture-worklet.js", import.meta.url));
      const source = context.createMediaStreamSource(stream);
      const worklet = new AudioWorkletNode(context, "parley-capture", { numberOfInputs: 1, numberOfOutputs: 1 });
      worklet.port.onmessage = (message) => {
        if (this.#context === context) this.#onBlock(message.data);
      };
      // The node writes silence; a path to the destination is what makes every browser run it.
      source.connect(worklet).connect(context.destination);
      await context.resume();
      this.#context = context;
    } catch (problem) {
      await context.close();
      throw problem;
    }
  }

  close() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    this.#context?.close();
    this.#context = null;
  }
}
