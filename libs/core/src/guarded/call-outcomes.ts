/** How a lease stood when a body came back, and what is told of a call that was granted nothing. */
import { LockError } from '../errors.js';
import type { LeaseEventDetails } from '../events.js';
import type { Lease } from '../lease/lease.js';

/** Why the lease is over; `undefined` while it is held. */
export function endOf(lease: Lease): LockError | undefined {
  try {
    lease.assertHeld();
    return undefined;
  } catch (error) {
    if (LockError.is(error)) return error;
    throw error;
  }
}

/** The event of a call that failed with `error`. */
export function eventOf(error: LockError, lockName: string): LeaseEventDetails {
  const waitedMs = 'waitedMs' in error && typeof error.waitedMs === 'number' ? error.waitedMs : 0;
  if (error.code === 'ERR_LOCK_ABORTED') return { type: 'aborted', lockName, waitedMs };
  const condition =
    'condition' in error && typeof error.condition === 'string' ? error.condition : error.code;
  return { type: 'unavailable', lockName, condition, waitedMs };
}
