/** What `holdAtMost` does to a body that does not come back. */
import type { LockError } from '../errors.js';
import { LeaseLostError } from '../lease-errors.js';
import type { HeldLease } from '../lease/held-lease.js';

/**
 * Settles with `work`, or with the end of the lease by its `holdAtMost` before that. The body's own error wins if it
 * answers the abort at once; a body that ignores it holds nobody up.
 *
 * @param late - told when the body comes back after all, with what its lease ended by
 */
export function notLongerThanHeld<T>(
  lease: HeldLease,
  work: Promise<T>,
  late: (error: LockError) => void,
): Promise<T> {
  let settled = false;
  const settle = (): void => void (settled = true);
  work.then(settle, settle);
  const limit = new Promise<never>((_, reject) => {
    const ended = (): void => {
      const error = lease.endError;
      if (error === undefined || LeaseLostError.is(error)) return;
      setImmediate(() => {
        if (settled) return;
        reject(error);
        work.then(
          () => late(error),
          () => undefined,
        );
      });
    };
    if (lease.signal.aborted) ended();
    else lease.signal.addEventListener('abort', ended, { once: true });
  });
  return Promise.race([work, limit]);
}
