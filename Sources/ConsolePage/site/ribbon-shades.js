// The stretches of time that the ribbon shades while somebody tunes: a lockout, a grace period, a silence of the caller.
// Each has a texture of its own, and its name where there is room: colour says nothing alone.

// Pieces of an answer arrive this close to each other; a longer time without one belongs to the grace period.
const columnsBetweenPieces = 6;
// Shorter silences lie between words.
const columnsOfSilence = 3;

/**
 * The stretches of `columns`, oldest first: `[{kind, from, to}]`, `to` is the column behind it. A column is
 * `{frame: {state} or null, isFed, isQuiet}`: the gate's state, whether a piece of the answer came, whether the caller is
 * silent in a turn that is not over.
 */
export function shadesOf(columns) {
  let since = null; // columns since the last piece of the answer; null: none has come yet
  const kinds = columns.map(({ frame, isFed, isQuiet }) => {
    const isAudible = frame?.state === "detecting" || frame?.state === "locked";
    if (isFed) since = 0;
    else since = isAudible && since !== null ? since + 1 : null;
    if (isQuiet) return "silence";
    if (frame?.state === "locked") return "lockout";
    return since > 0 ? "grace" : null;
  });
  const shades = [];
  kinds.forEach((kind, i) => {
    const last = shades.at(-1);
    if (kind !== null && last?.kind === kind && last.to === i) last.to = i + 1;
    else if (kind !== null) shades.push({ kind, from: i, to: i + 1 });
  });
  const shortest = { lockout: 1, grace: columnsBetweenPieces, silence: columnsOfSilence };
  return shades.filter(({ kind, from, to }) => to - from >= shortest[kind]);
}

/** Draws one stretch from `x` on; `colour(name)` gives the colours of the page. */
export function drawShade(pen, { kind, x, width, height, colour }) {
  pen.save();
  pen.beginPath();
  pen.rect(x, 0, width, height);
  pen.clip();
  pen.fillStyle = colour("--shade");
  pen.strokeStyle = colour("--edge");
  pen.lineWidth = 1;
  pen.beginPath();
  if (kind === "lockout") pen.fillRect(x, 0, width, height);
  else if (kind === "grace") rows(pen, x, width, height);
  else diagonals(pen, x, width, height);
  pen.stroke();
  pen.restore();
}

/** Writes its name, if there is room for it. */
export function nameShade(pen, { kind, x, width, height, colour }) {
  if (pen.measureText(kind).width + 4 > width) return;
  writeLabel(pen, kind, x + 2, Math.round(height * 0.75), { ink: colour("--ink"), ground: colour("--ground") });
}

/** Letters with a rim of the ground's colour, so that they can be read on whatever lies below. */
export function writeLabel(pen, text, x, y, { ink, ground }) {
  pen.lineJoin = "round";
  pen.lineWidth = 4;
  pen.strokeStyle = ground;
  pen.strokeText(text, x, y);
  pen.fillStyle = ink;
  pen.fillText(text, x, y);
}

function rows(pen, x, width, height) {
  for (let y = 2.5; y < height; y += 5) {
    pen.moveTo(x, y);
    pen.lineTo(x + width, y);
  }
}

function diagonals(pen, x, width, height) {
  for (let left = x - height; left < x + width; left += 6) {
    pen.moveTo(left, height);
    pen.lineTo(left + height, 0);
  }
}
