/**
 * Ticks of an expression that names times of day. Each is due once: when the clock first shows it or, if it jumps over
 * it, something later. The latest time that the clock has shown never goes back, so "which times are due by now" and
 * "when is this time due" are each other's inverse, and one question to either is all it takes.
 */
import type { Ticks } from './ticks.js';
import type { WallTimes } from './wall-times.js';
import type { ZoneClock } from './zone-clock.js';

export class FixedTicks implements Ticks {
  readonly #times: WallTimes;
  readonly #zone: ZoneClock;

  constructor(times: WallTimes, zone: ZoneClock) {
    this.#times = times;
    this.#zone = zone;
  }

  next(after: number): number | undefined {
    return this.#reached(this.#times.after(this.#zone.latestShown(after)));
  }

  previous(atOrBefore: number): number | undefined {
    return this.#reached(this.#times.upTo(this.#zone.latestShown(atOrBefore)));
  }

  #reached(wall: number | undefined): number | undefined {
    return wall === undefined ? undefined : this.#zone.reachedAt(wall);
  }
}
