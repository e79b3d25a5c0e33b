/** Lists the ticks of a time that has passed, for catching up on what was missed. */
import type { Ticks } from './ticks.js';

/** Which ticks to list. */
export interface TickRange {
  /** Ticks at this instant and before are left out. */
  readonly after: number;
  /** A tick at this instant is listed. */
  readonly upTo: number;
  /** How many are listed at most; what it costs grows with it, and never with the length of the time. */
  readonly most: number;
  /** Which are listed if there are more. */
  readonly keep: 'oldest' | 'newest';
}

/** Ticks in the order of time. */
export interface ListedTicks {
  readonly ticks: readonly number[];
  /** Whether there are more in the range, newer or older ones. */
  readonly more: boolean;
}

/** The ticks in (`after`, `upTo`], as many as asked for. */
export function ticksBetween(schedule: Ticks, range: TickRange): ListedTicks {
  const { after, upTo, most, keep } = range;
  const ticks: number[] = [];
  const step = (): number | undefined =>
    keep === 'oldest'
      ? schedule.next(ticks.at(-1) ?? after)
      : schedule.previous((ticks.at(-1) ?? upTo + 1) - 1);
  for (;;) {
    const tick = step();
    const inside = tick !== undefined && tick > after && tick <= upTo;
    if (!inside || ticks.length >= most) {
      return { ticks: keep === 'oldest' ? ticks : ticks.toReversed(), more: inside };
    }
    ticks.push(tick);
  }
}
