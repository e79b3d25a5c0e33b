// A clock that all processes of this machine share: on Linux, hrtime is CLOCK_MONOTONIC.
import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds, with fractions. */
export const commonNow = () => Number(process.hrtime.bigint()) / 1e6;

/** Resolves at that moment, or at once when it is over; a timer alone would come up to a millisecond late. */
export async function until(momentMs) {
  const leftMs = momentMs - commonNow();
  if (leftMs > 2) await delay(leftMs - 2);
  while (commonNow() < momentMs) await new Promise(setImmediate);
}
