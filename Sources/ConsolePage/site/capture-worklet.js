// Runs on the audio thread: microphone floats in, 30 ms blocks of PCM16 at 16 kHz out.

export const captureRate = 16000;
export const blockSamples = 480;

const greatestCommonDivisor = (a, b) => (b === 0 ? a : greatestCommonDivisor(b, a % b));

/**
 * Converts between two sample rates with a windowed-sinc low-pass, so that nothing above the lower
 * rate's Nyquist frequency folds back. State runs on between calls: chunking never changes the result.
 */
export class Resampler {
  constructor(inputRate, outputRate) {
    const divisor = greatestCommonDivisor(Math.round(inputRate), Math.round(outputRate));
    this.up = Math.round(outputRate) / divisor;
    this.down = Math.round(inputRate) / divisor;
    // Twenty zero crossings of the low-pass each side: about 60 dB of stop band with the Blackman window.
    this.reach = Math.ceil(20 * Math.max(1, this.down / this.up));
    this.phases = Array.from({ length: this.up }, (_, phase) => this.#taps(phase / this.up));
    this.pending = new Float32Array(this.reach);
    this.position = 0; // in 1/up input samples, counted from pending[reach - 1 + 1]
  }

  #taps(fraction) {
    const cutoff = 0.92 * Math.min(1, this.up / this.down);
    const taps = new Float32Array(2 * this.reach);
    let sum = 0;
    for (let k = 0; k < taps.length; k += 1) {
      const x = k - this.reach + 1 - fraction;
      const t = x / this.reach;
      const window = Math.abs(t) >= 1 ? 0 : 0.42 + 0.5 * Math.cos(Math.PI * t) + 0.08 * Math.cos(2 * Math.PI * t);
      const sinc = x === 0 ? cutoff : Math.sin(Math.PI * cutoff * x) / (Math.PI * x);
      taps[k] = sinc * window;
      sum += taps[k];
    }
    return taps.map((tap) => tap / sum);
  }

  /** Returns the output samples that the input so far determines. */
  process(input) {
    const samples = new Float32Array(this.pending.length + input.length);
    samples.set(this.pending);
    samples.set(input, this.pending.length);
    const output = [];
    for (;;) {
      const whole = Math.floor(this.position / this.up);
      if (whole + 2 * this.reach > samples.length) break;
      const taps = this.phases[this.position % this.up];
      let sum = 0;
      for (let k = 0; k < taps.length; k += 1) sum += taps[k] * samples[whole + k];
      output.push(sum);
      this.position += this.down;
    }
    const consumed = Math.min(Math.floor(this.position / this.up), samples.length);
    this.position -= consumed * this.up;
    this.pending = samples.slice(consumed);
    return output;
  }
}

/** Gathers floats into blocks of PCM16. */
export class Blocker {
  constructor(size) {
    this.block = new Int16Array(size);
    this.filled = 0;
  }

  push(floats, emit) {
    for (const value of floats) {
      this.block[this.filled] = Math.round(Math.max(-1, Math.min(32767 / 32768, value)) * 32768);
      this.filled += 1;
      if (this.filled === this.block.length) {
        emit(this.block.slice());
        this.filled = 0;
      }
    }
  }
}

if (typeof registerProcessor === "function") {
  class CaptureProcessor extends AudioWorkletProcessor {
    constructor() {
      super();
      this.resampler = sampleRate === captureRate ? null : new Resampler(sampleRate, captureRate);
      this.blocker = new Blocker(blockSamples);
    }

    process(inputs) {
      const input = inputs[0]?.[0];
      if (input) {
        const floats = this.resampler ? this.resampler.process(input) : input;
        this.blocker.push(floats, (block) => this.port.postMessage(block, [block.buffer]));
      }
      return true;
    }
  }
  registerProcessor("parley-capture", CaptureProcessor);
}
