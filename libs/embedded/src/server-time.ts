/**
 * The server's wall clock, as TIME tells it. It moves on with each call even where the clock behind it stands still:
 * queues are ordered by this time, so arrivals must differ, and fences start at it, so a call must take as many
 * microseconds as a block has fences, or a fence could repeat after the counter was deleted.
 */
import type { Clock } from '@holdfast/core';

const CALL_US = 16;
/** A step back of the wall clock by more than this is followed; less is our own running ahead. */
const FOLLOWED_STEP_US = 60_000_000;

export class ServerTime {
  readonly #clock: Clock;
  #lastUs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Microseconds since 1970, later than at the call before. */
  nextUs(): number {
    const wallUs = Math.floor(this.#clock.wallNow() * 1_000);
    const earliestUs = this.#lastUs + CALL_US;
    this.#lastUs = earliestUs - wallUs < FOLLOWED_STEP_US ? Math.max(wallUs, earliestUs) : wallUs;
    return this.#lastUs;
  }
}
