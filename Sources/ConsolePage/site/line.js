// Whether the audio comes more slowly than it is played: pure.

const gapsThatAreSlow = 3;
const withinMilliseconds = 20_000;

export const initialLine = Object.freeze({ segment: null, gaps: [] });

/**
 * Notes a piece of audio. It fills a gap if nothing was left to play although it goes on with the same `segment`, which is
 * a sentence. Returns `{line, isSlow}`.
 */
export function nextLine(line, { segment, ranDry, at }) {
  const isGap = ranDry && segment !== undefined && segment !== null && segment === line.segment;
  const gaps = line.gaps.filter((time) => at - time < withinMilliseconds);
  if (isGap) gaps.push(at);
  const isSlow = isGap && gaps.length >= gapsThatAreSlow;
  return { line: { segment: segment ?? null, gaps: isSlow ? [] : gaps }, isSlow };
}
