// PCM16 little-endian, base64 and levels: pure functions, no browser state.

/** Decodes base64 into PCM16 samples. Throws a RangeError when the bytes are no whole number of samples. */
export function samplesFromBase64(text) {
  const binary = atob(text);
  if (binary.length % 2 !== 0) throw new RangeError(`audio of ${binary.length} bytes is no whole number of samples`);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  const view = new DataView(bytes.buffer);
  const samples = new Int16Array(bytes.length / 2);
  for (let i = 0; i < samples.length; i += 1) samples[i] = view.getInt16(i * 2, true);
  return samples;
}

/** Encodes PCM16 samples as base64, little-endian on any machine. */
export function base64FromSamples(samples) {
  const view = new DataView(new ArrayBuffer(samples.length * 2));
  samples.forEach((sample, i) => view.setInt16(i * 2, sample, true));
  const bytes = new Uint8Array(view.buffer);
  let binary = "";
  // fromCharCode takes its bytes as arguments, whose number engines limit.
  for (let i = 0; i < bytes.length; i += 8192) binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(binary);
}

/** Maps samples from [-32768, 32767] to [-1, 1). */
export function floatsFromSamples(samples) {
  const floats = new Float32Array(samples.length);
  for (let i = 0; i < samples.length; i += 1) floats[i] = samples[i] / 32768;
  return floats;
}

/** Root mean square of PCM16 samples, as a fraction of full scale. */
export function levelOfSamples(samples) {
  if (samples.length === 0) return 0;
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / samples.length) / 32768;
}

/** A level as a share of the meter: -60 dBFS is 0, -6 dBFS and above is 1. */
export function meterShare(level) {
  if (!(level > 0)) return 0;
  return Math.min(1, Math.max(0, (20 * Math.log10(level) + 60) / 54));
}
