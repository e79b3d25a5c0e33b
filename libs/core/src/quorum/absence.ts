import { driftMs } from '../lease/deadline.js';

/** For how long a server that lost something has no vote: whatever it may have granted is over by then. */
export function absenceMs(longestTtlMs: number): number {
  return Math.ceil(longestTtlMs + driftMs(longestTtlMs));
}
