// Gives text away: to the clipboard, or as a file.

/** Copies `text`; returns whether the browser let it. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // Neither https nor localhost, or it was not allowed.
  }
}

/** Lets the browser save `text` as a file called `name`. */
export function save(name, text, type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
