// The transcript as a file: as text to read, as JSON for programs. Pure.

const notes = {
  interrupted: "interrupted",
  paused: "paused",
  cut: "cut off",
  unheard: "not heard",
  skipped: "skipped",
  filler: "not part of an answer",
};

/** One line a person can read for each entry; `heading` stands above them. */
export function recordAsText(heading, entries) {
  const lines = entries.map((entry) => {
    if (entry.kind === "divider") return `— ${entry.text} —`;
    const note = notes[entry.status] ? ` [${notes[entry.status]}${heardOf(entry)}]` : "";
    return `${clock(entry.at)} ${entry.role}: ${entry.text.trim()}${note}`;
  });
  return [heading, "", ...lines, ""].join("\n");
}

function heardOf(entry) {
  if (entry.status !== "interrupted") return "";
  const heard = (entry.heard ?? "").trim();
  return heard === "" ? " before a word was heard" : ` after “${heard}”`;
}

/** The same for programs; `about` is `{project, version}`. */
export function recordAsJSON(about, entries) {
  const plain = entries.map(({ at, kind, role, text, status, heard }) => ({
    at: new Date(at).toISOString(),
    kind,
    ...(role ? { role } : {}),
    text: text.trim(),
    status,
    ...(heard === null ? {} : { heard }),
  }));
  return JSON.stringify({ ...about, entries: plain }, null, 2);
}

/** Hours, minutes and seconds of the caller's clock. */
export function clock(at) {
  return new Date(at).toTimeString().slice(0, 8);
}
