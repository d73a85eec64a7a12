// What a browser remembers of its user's choices: devices and volume. Without storage it remembers nothing.

const key = "parley";
const defaults = { microphone: "", loudspeaker: "", volume: 1 };

/** `{microphone, loudspeaker, volume}`: ids of devices, empty for the system's own, and 0…1. */
export function readPreferences() {
  let found = {};
  try {
    found = JSON.parse(localStorage.getItem(key)) ?? {};
  } catch {
    return { ...defaults };
  }
  return {
    microphone: typeof found.microphone === "string" ? found.microphone : defaults.microphone,
    loudspeaker: typeof found.loudspeaker === "string" ? found.loudspeaker : defaults.loudspeaker,
    volume: found.volume >= 0 && found.volume <= 1 ? found.volume : defaults.volume,
  };
}

export function keepPreferences(preferences) {
  try {
    localStorage.setItem(key, JSON.stringify(preferences));
  } catch {
    // A browser that keeps nothing is fine.
  }
}
