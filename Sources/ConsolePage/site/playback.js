// Plays PCM16 without gaps, knows who is speaking now, and falls silent at once when told to.
import { floatsFromSamples, samplesFromBase64 } from "./pcm.js";
import { PlaybackSchedule } from "./schedule.js";

const tickMilliseconds = 50;
const progressMilliseconds = 250;
// Long enough that the cut does not click, far shorter than an ear notices.
const fadeSeconds = 0.004;

export class Playback {
  #context = null;
  #analyser = null;
  #output = null; // the gain that is the volume
  #volume = 1;
  #device = ""; // the loudspeaker's id; empty: the system's own
  #rate = 16000;
  #schedule = new PlaybackSchedule();
  #sources = new Map(); // segment → {node, gain, buffer}
  #ticker = null;
  #speaker = null;
  #nextProgress = 0;
  #listener;
  #tap;

  /**
   * `listener` has `started()`, `stopped()`, `progress(milliseconds)`, `speaker(role or null)` and `blocked()`;
   * `tap(role, samples)`, when given, sees the samples of every segment that is let through to play.
   */
  constructor(listener, tap = null) {
    this.#listener = listener;
    this.#tap = tap;
  }

  /** Samples a second of the audio to come; takes effect at once when nothing is playing. */
  setRate(rate) {
    if (rate === this.#rate) return;
    this.#rate = rate;
    // A context of the audio's own rate leaves the resampling to the output, so that chunks join without a seam.
    if (this.#context && this.#schedule.isDrained(this.#now())) {
      this.#context.close();
      this.#context = null;
      this.#schedule.restartClock();
    }
    this.#schedule.rate = rate;
  }

  /** Wakes the sound output. Called from a click or a key, because browsers allow it only there. */
  wake() {
    const context = this.#ensureContext();
    if (context.state !== "running") return context.resume();
    return Promise.resolve();
  }

  /** How loud, 0…1. */
  set volume(volume) {
    this.#volume = volume;
    if (this.#output) this.#output.gain.value = volume;
  }

  /** Plays on the loudspeaker of that id; empty: the system's own. Throws when the browser refuses it. */
  async useLoudspeaker(id) {
    this.#device = id;
    await this.#context?.setSinkId?.(id);
  }

  /** The role that sounds now, else null. */
  get speaker() {
    return this.#speaker;
  }

  get isPlaying() {
    return this.#sources.size > 0;
  }

  /** Seconds that each role has been heard. */
  get secondsByRole() {
    return this.#schedule.secondsByRole(this.#now());
  }

  /** How much of the newest response has been heard, in milliseconds. */
  get playedMilliseconds() {
    return this.#schedule.playedMilliseconds(this.#now());
  }

  /** Root mean square of what sounds now, as a fraction of full scale. */
  get level() {
    if (!this.#analyser) return 0;
    const floats = new Float32Array(this.#analyser.fftSize);
    this.#analyser.getFloatTimeDomainData(floats);
    return Math.sqrt(floats.reduce((sum, value) => sum + value * value, 0) / floats.length);
  }

  /** Queues base64 PCM16 of `role`; returns whether nothing was left to play. Throws when the audio can't be decoded. */
  enqueue(base64, role, response) {
    const samples = samplesFromBase64(base64);
    if (samples.length === 0) return false;
    const context = this.#ensureContext();
    if (context.state !== "running") context.resume().catch(() => {});
    const buffer = context.createBuffer(1, samples.length, this.#rate);
    buffer.copyToChannel(floatsFromSamples(samples), 0);
    const wasSilent = this.#sources.size === 0;
    const segment = this.#schedule.place(buffer.duration, role, response, context.currentTime);
    this.#start(segment, buffer);
    this.#tap?.(role, samples);
    if (wasSilent) {
      this.#listener.started();
      this.#nextProgress = performance.now() + progressMilliseconds;
      this.#ticker ??= setInterval(() => this.#tick(), tickMilliseconds);
      if (context.state !== "running") this.#complainIfBlocked(context);
    }
    return wasSilent;
  }

  /** Silences everything that is queued. Returns the milliseconds this call took. */
  flush() {
    const begin = performance.now();
    if (this.#context) {
      for (const segment of this.#schedule.clear(this.#context.currentTime)) this.#stop(segment);
    }
    this.#endTicking();
    return performance.now() - begin;
  }

  /** Silences `role` alone; what other roles have queued moves up. */
  skip(role) {
    if (!this.#context) return;
    const now = this.#context.currentTime;
    const { removed, moved } = this.#schedule.removeWhere((segment) => segment.role === role, now);
    removed.forEach((segment) => this.#stop(segment));
    for (const segment of moved) {
      const { buffer } = this.#sources.get(segment);
      this.#stop(segment);
      this.#start(segment, buffer);
    }
    this.#afterEnd();
  }

  #start(segment, buffer) {
    const gain = this.#context.createGain();
    gain.connect(this.#analyser);
    const node = new AudioBufferSourceNode(this.#context, { buffer });
    node.connect(gain);
    node.onended = () => {
      if (this.#sources.get(segment)?.node !== node) return;
      this.#sources.delete(segment);
      gain.disconnect();
      this.#afterEnd();
    };
    this.#sources.set(segment, { node, gain, buffer });
    node.start(segment.start);
  }

  #stop(segment) {
    const source = this.#sources.get(segment);
    if (!source) return;
    this.#sources.delete(segment);
    const now = this.#context.currentTime;
    source.gain.gain.setValueAtTime(1, now);
    source.gain.gain.linearRampToValueAtTime(0, now + fadeSeconds);
    source.node.onended = () => source.gain.disconnect();
    source.node.stop(now + fadeSeconds);
  }

  #afterEnd() {
    if (this.#sources.size > 0) return;
    if (this.#ticker === null) return;
    this.#reportProgress();
    this.#endTicking();
    this.#listener.stopped();
  }

  #tick() {
    const role = this.#schedule.at(this.#now())?.role ?? null;
    if (role !== null && role !== this.#speaker) this.#setSpeaker(role);
    if (performance.now() >= this.#nextProgress) this.#reportProgress();
  }

  #reportProgress() {
    this.#nextProgress = performance.now() + progressMilliseconds;
    this.#listener.progress(this.#schedule.playedMilliseconds(this.#now()));
  }

  #endTicking() {
    clearInterval(this.#ticker);
    this.#ticker = null;
    this.#setSpeaker(null);
  }

  #setSpeaker(role) {
    if (role === this.#speaker) return;
    this.#speaker = role;
    this.#listener.speaker(role);
  }

  /** The audio clock at the listener's ear: what has been handed to the device is not heard yet. */
  #now() {
    if (!this.#context) return 0;
    // Once all is played out, all of it counts: the last milliseconds are on their way to the ear.
    if (this.#sources.size === 0) return this.#context.currentTime;
    const latency = this.#context.outputLatency || this.#context.baseLatency || 0;
    return Math.max(0, this.#context.currentTime - Math.min(latency, 0.5));
  }

  #ensureContext() {
    if (this.#context) return this.#context;
    this.#context = new AudioContext({ sampleRate: this.#rate, latencyHint: "interactive" });
    this.#analyser = new AnalyserNode(this.#context, { fftSize: 256 });
    this.#output = new GainNode(this.#context, { gain: this.#volume });
    this.#analyser.connect(this.#output).connect(this.#context.destination);
    // A device that is gone leaves the system's own.
    if (this.#device !== "") this.#context.setSinkId?.(this.#device).catch(() => {});
    return this.#context;
  }

  #complainIfBlocked(context) {
    setTimeout(() => {
      if (context.state === "suspended") this.#listener.blocked();
    }, 600);
  }
}
