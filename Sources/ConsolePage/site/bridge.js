// The WebSocket to the server: JSON out and in, reconnecting with growing pauses.

// About six seconds of speech as base64; more than this waiting means that the line is too slow for it.
const audioBacklogBytes = 256 * 1024;
const waitingLimit = 16;

/** Milliseconds before attempt `attempt` (0, 1, …): half a second, doubling up to fifteen, spread by `random` in [0, 1). */
export function backOff(attempt, random) {
  const ceiling = Math.min(15_000, 500 * 2 ** attempt);
  return Math.round(ceiling * (0.75 + 0.5 * random));
}

/**
 * The bridge's address for a project (null: the server's default) seen from a page whose own address is `base`. It lies
 * beside the page, which a proxy may have put under a path of its own.
 */
export function bridgeAddress(base, project) {
  const address = new URL(project === null ? "." : `bridge/${encodeURIComponent(project)}`, base);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}

export class Bridge {
  #socket = null;
  #ready = false; // session.created has come
  #waiting = [];
  #attempt = 0;
  #timer = null;
  #listener;

  /**
   * `listener` has `connecting()`, `event(object)`, `sent(object)`, `speechLost()` and
   * `closed({code, reason, retryInMilliseconds or null, wasReady})`.
   */
  constructor(listener) {
    this.#listener = listener;
  }

  get isReady() {
    return this.#ready;
  }

  get isOpenOrOpening() {
    return this.#socket !== null;
  }

  /** How many messages wait for a session. */
  get waitingCount() {
    return this.#waiting.length;
  }

  /** Connects to `address`; what waits to be sent is sent there. */
  connect(address) {
    const waiting = this.#waiting;
    this.disconnect();
    this.#waiting = waiting;
    this.address = address;
    this.#attempt = 0;
    this.#open();
  }

  /** Tries again at once, if there is an address and no connection. */
  reconnect() {
    if (this.#socket || !this.address) return;
    clearTimeout(this.#timer);
    this.#open();
  }

  /** Closes without trying again. */
  disconnect() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    this.#ready = false;
    this.#waiting = [];
    socket?.close(1000);
  }

  /** Sends now, or does nothing when there is no session: for signals that mean nothing later. */
  send(message) {
    if (!this.#ready) return false;
    this.#socket.send(JSON.stringify(message));
    this.#listener.sent(message);
    return true;
  }

  /** Sends now or as soon as there is a session. False when too much is waiting already. */
  sendWhenReady(message) {
    if (this.send(message)) return true;
    if (this.#waiting.length >= waitingLimit) return false;
    this.#waiting.push(message);
    return true;
  }

  /** Sends speech, unless the line is so slow that it would arrive long after it was said. */
  sendAudio(base64) {
    if (!this.#ready) return;
    if (this.#socket.bufferedAmount > audioBacklogBytes) {
      this.#listener.speechLost();
      return;
    }
    this.send({ type: "input_audio_buffer.append", audio: base64 });
  }

  #open() {
    this.#listener.connecting();
    const socket = new WebSocket(this.address);
    this.#socket = socket;
    socket.onmessage = (message) => {
      if (socket === this.#socket) this.#receive(message.data);
    };
    socket.onclose = (closing) => {
      if (socket !== this.#socket) return;
      const wasReady = this.#ready;
      this.#socket = null;
      this.#ready = false;
      const retryInMilliseconds = retries(closing.code) ? backOff(this.#attempt, Math.random()) : null;
      this.#attempt += 1;
      if (retryInMilliseconds !== null) this.#timer = setTimeout(() => this.#open(), retryInMilliseconds);
      this.#listener.closed({ code: closing.code, reason: closing.reason, retryInMilliseconds, wasReady });
    };
  }

  #receive(text) {
    let event;
    try {
      event = JSON.parse(text);
    } catch {
      return; // A frame of another dialect; nothing in it can be for this page.
    }
    if (typeof event !== "object" || event === null || Array.isArray(event)) return;
    if (event.type === "PING") this.#socket.send('{"type":"PONG"}');
    if (event.type === "session.created") {
      this.#ready = true;
      this.#attempt = 0;
    }
    this.#listener.event(event);
    if (event.type === "session.created") this.#waiting.splice(0).forEach((message) => this.send(message));
    if (event.type === "session.ended" || (event.type === "error" && !passesByItself(event.code))) {
      // The server closes after it. After an error, trying again by itself would only repeat it.
      const socket = this.#socket;
      this.#socket = null;
      this.#ready = false;
      socket?.close(1000);
      const reason = event.type === "session.ended" ? event.reason ?? "" : "";
      this.#listener.closed({ code: 1000, reason, retryInMilliseconds: null, wasReady: true });
    }
  }
}

/** Whether trying again by itself makes sense after this close code: not when the server says that it would be in vain. */
export function retries(code) {
  if (code >= 4400 && code < 4500) return false; // 4404: no such project; 4409: another page took this one's place
  return ![1002, 1003, 1007, 1008, 1009].includes(code);
}

/** Whether what this `error` tells of passes by itself: its close, 4503, follows. */
export function passesByItself(code) {
  return code === "full" || code === "draining";
}
