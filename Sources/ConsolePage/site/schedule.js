// Which audio plays when, and whose: pure bookkeeping in seconds of the audio clock.

/**
 * A segment is `{role, response, start, end}`. Segments never overlap and are kept in order; those that
 * have been played are folded into totals, so that the schedule stays as short as what is still to play.
 */
export class PlaybackSchedule {
  #segments = [];
  #end = 0;
  #secondsOfRole = new Map();
  #response = null;
  #secondsOfResponse = 0;

  /**
   * `lead`: seconds between the arrival of the first audio after a silence and its playing. `rate`: samples a
   * second; starts lie on whole samples, so that one segment follows another without a seam.
   */
  constructor({ lead = 0.06, rate = 16000 } = {}) {
    this.lead = lead;
    this.rate = rate;
  }

  /** Places `duration` seconds after all that is placed already, and returns the segment. */
  place(duration, role, response, now) {
    if (response !== this.#response) {
      this.#response = response;
      this.#secondsOfResponse = 0;
    }
    const start = this.#end > now ? this.#end : Math.ceil((now + this.lead) * this.rate) / this.rate;
    const segment = { role, response, start, end: start + duration };
    this.#segments.push(segment);
    this.#end = segment.end;
    return segment;
  }

  /** The segment that sounds at `now`, else null. */
  at(now) {
    return this.#segments.find((segment) => segment.start <= now && now < segment.end) ?? null;
  }

  /** True when nothing sounds and nothing is waiting. */
  isDrained(now) {
    return this.#end <= now || this.#segments.length === 0;
  }

  /** Milliseconds of the newest response that have sounded until `now`. */
  playedMilliseconds(now) {
    this.#fold(now);
    const running = this.#segments.filter((segment) => segment.response === this.#response && segment.start < now);
    return Math.round(1000 * running.reduce((sum, segment) => sum + (now - segment.start), this.#secondsOfResponse));
  }

  /** Seconds that each role has been heard until `now`, as a plain object. */
  secondsByRole(now) {
    this.#fold(now);
    const seconds = Object.fromEntries(this.#secondsOfRole);
    for (const segment of this.#segments) {
      if (segment.start < now) seconds[segment.role] = (seconds[segment.role] ?? 0) + now - segment.start;
    }
    return seconds;
  }

  /** Cuts the schedule at `now`; returns the segments that were cut short or never began. */
  clear(now) {
    return this.removeWhere(() => true, now).removed;
  }

  /**
   * Takes out what has not sounded yet of the segments that `condition` picks; those that stay and have not begun
   * move up. Returns `{removed, moved}`; moved segments have their new times.
   */
  removeWhere(condition, now) {
    this.#fold(now);
    const removed = this.#segments.filter(condition);
    const moved = [];
    for (const segment of removed) this.#count(segment, Math.max(0, now - segment.start));
    const kept = this.#segments.filter((segment) => !removed.includes(segment));
    this.#segments = [];
    this.#end = now;
    for (const segment of kept) {
      if (segment.start > now && segment.start > this.#end) {
        const length = segment.end - segment.start;
        segment.start = this.#end;
        segment.end = segment.start + length;
        moved.push(segment);
      }
      this.#segments.push(segment);
      this.#end = segment.end;
    }
    return { removed, moved };
  }

  /** Makes ready for an audio clock that starts again at zero; the totals stay. */
  restartClock() {
    this.#fold(Infinity);
    this.#end = 0;
  }

  #fold(now) {
    while (this.#segments.length > 0 && this.#segments[0].end <= now) {
      const segment = this.#segments.shift();
      this.#count(segment, segment.end - segment.start);
    }
  }

  #count(segment, seconds) {
    this.#secondsOfRole.set(segment.role, (this.#secondsOfRole.get(segment.role) ?? 0) + seconds);
    if (segment.response === this.#response) this.#secondsOfResponse += seconds;
  }
}
