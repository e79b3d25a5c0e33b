/** A row of instants, epoch milliseconds of whole seconds, of which each can be reached from any other. */
export interface Ticks {
  /** The first tick after `after`; `undefined` if there is none any more. */
  next(after: number): number | undefined;
  /** The last tick that is not after `atOrBefore`; `undefined` if there was none. */
  previous(atOrBefore: number): number | undefined;
}

/** Ticks begin in 1970; nothing looks for an earlier one. */
export const EARLIEST_AT = 0;

/** Longer than the rarest expression sleeps: 40 years lie between two fifth Fridays of February around 2100. */
export const LONGEST_PAUSE_MS = 50 * 366 * 24 * 3_600_000;
