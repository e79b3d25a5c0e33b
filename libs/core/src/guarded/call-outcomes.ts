/** How a lease stood when a body came back, and what is told of a call that was granted nothing. */
import type { Contention } from '../acquire-errors.js';
import { LockError } from '../errors.js';
import type { LeaseEventDetails } from '../events.js';
import type { HolderDirectory } from '../lease/holder-directory.js';
import type { Lease } from '../lease/lease.js';
import type { Settlement } from '../lease/settlement.js';

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

/** What a caller is told of a lock that stayed busy. */
export function contentionOf(
  directory: HolderDirectory,
  { holder, remainingMs, waitedMs }: Extract<Settlement, { outcome: 'busy' }>,
): Contention {
  const retryAfterMs = Math.max(1, Math.ceil(remainingMs));
  return { heldBy: directory.holderOf(holder), retryAfterMs, waitedMs };
}
