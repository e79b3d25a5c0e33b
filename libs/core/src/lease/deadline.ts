/**
 * How long a holder may believe in its lease: from *before* the request was sent until the ttl is over, less what two
 * clocks may drift apart in that time. (Redlock, antirez 2014, "MIN_VALIDITY", with the send time as its start.)
 */

/** A suspend is looked for when the last look is older than this. */
export const SUSPEND_LOOK_MS = 250;

const DRIFT_SHARE = 0.01;
const DRIFT_FLOOR_MS = 2;
const ABORT_SHARE = 0.03;
const ABORT_FLOOR_MS = 25;

/** How far two clocks may drift apart in `ttlMs`. */
export function driftMs(ttlMs: number): number {
  return ttlMs * DRIFT_SHARE + DRIFT_FLOOR_MS;
}

/** How much of `ttlMs` may be believed in. */
export function validityMs(ttlMs: number): number {
  return ttlMs - driftMs(ttlMs);
}

/** How long before the deadline the holder is told: timers fire late, never early. */
export function abortMarginMs(ttlMs: number): number {
  return Math.max(ABORT_FLOOR_MS, ttlMs * ABORT_SHARE);
}
