/**
 * Ticks of an expression that runs on through the day: every instant at which the clock shows a time that it names. The
 * search goes from stretch to stretch. Where no time matches for long, it leaps to two days before the next one; nearer
 * to where it began it takes every step, because a clock that was set back shows times again that lie behind.
 */
import { EARLIEST_AT, LONGEST_PAUSE_MS, type Ticks } from './ticks.js';
import type { WallTimes } from './wall-times.js';
import { FARTHEST_MS, type ZoneClock } from './zone-clock.js';

export class RunningTicks implements Ticks {
  readonly #times: WallTimes;
  readonly #zone: ZoneClock;

  constructor(times: WallTimes, zone: ZoneClock) {
    this.#times = times;
    this.#zone = zone;
  }

  next(after: number): number | undefined {
    let from = after + 1;
    while (from <= after + LONGEST_PAUSE_MS) {
      const { endsAt, offsetMs } = this.#zone.stretchAt(from);
      const wall = this.#times.after(from + offsetMs - 1);
      if (wall === undefined) return undefined;
      const tick = wall - offsetMs;
      if (tick < endsAt) return tick;
      const leap = endsAt > from + FARTHEST_MS ? tick - FARTHEST_MS : endsAt;
      from = Math.max(endsAt, leap);
    }
    return undefined;
  }

  previous(atOrBefore: number): number | undefined {
    let upTo = atOrBefore;
    while (upTo >= EARLIEST_AT) {
      const { startsAt, offsetMs } = this.#zone.stretchAt(upTo);
      const wall = this.#times.upTo(upTo + offsetMs);
      if (wall === undefined) return undefined;
      const tick = wall - offsetMs;
      if (tick >= startsAt) return tick;
      const leap = startsAt < upTo - FARTHEST_MS ? tick + FARTHEST_MS : startsAt;
      upTo = Math.min(startsAt - 1, leap);
    }
    return undefined;
  }
}
