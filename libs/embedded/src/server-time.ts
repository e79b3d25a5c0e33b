/**
 * The server's wall clock, as TIME tells it. It moves on by at least a microsecond with each call, as no Redis runs two
 * scripts within one: queues are ordered by this time, and a clock that stands still must not make arrivals equal.
 */
import type { Clock } from '@holdfast/core';

/** A step back of the wall clock by more than this is followed; less is our own running ahead. */
const FOLLOWED_STEP_US = 1_000_000;

export class ServerTime {
  readonly #clock: Clock;
  #lastUs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Microseconds since 1970, never the same twice. */
  nextUs(): number {
    const wallUs = Math.floor(this.#clock.wallNow() * 1_000);
    const aheadUs = this.#lastUs - wallUs;
    this.#lastUs = aheadUs >= 0 && aheadUs < FOLLOWED_STEP_US ? this.#lastUs + 1 : wallUs;
    return this.#lastUs;
  }
}
