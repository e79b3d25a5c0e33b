/**
 * `@WithLock` puts the method into a wrapper, on the prototype and by changing the descriptor it was given, so that it
 * works in any order with other decorators: everything that they left on the function below is copied onto the
 * wrapper, and what they add above lands on it.
 */
import { guardedMethod } from './guarded-method.js';
import { LOCK, type AnyWithLockOptions } from './method-kinds.js';
import type { LockedMethodDecorator, WhenBusy, WithLockOptions } from './with-lock-options.js';

/**
 * Runs the method only while the lock is held, on one replica at a time.
 *
 * The call waits its turn (`wait`), then runs with the lease renewed until the method is done; `currentLease()` gives
 * it inside. A method that returns an Observable takes the lock when subscribed to and holds it until complete, error
 * or unsubscribe; an async generator from the first `next()` to its end. `whenBusy: 'skip'` leaves a busy call out.
 *
 * The call fails with LockBusyError or LockTimeoutError when the lock stays busy, LockUnavailableError when Redis can't
 * say, LeaseLostError (with the result in it) when the lease was lost before the method returned, and
 * LockNotWiredError on an object that no lock service reached; it never runs unguarded.
 *
 * @throws LockConfigError when the class is loaded, on static methods, accessors and properties; at boot, together
 *   with all others, for options that cannot work
 * @example `@WithLock({ name: 'order', key: (id: string) => id, wait: '5s' })`
 */
export function WithLock(name: string): LockedMethodDecorator<[], 'throw'>;
export function WithLock<KeyParameters extends readonly unknown[] = [], Busy extends WhenBusy = 'throw'>(
  options: WithLockOptions<KeyParameters, Busy>,
): LockedMethodDecorator<KeyParameters, Busy>;
export function WithLock(nameOrOptions: string | AnyWithLockOptions) {
  const options = typeof nameOrOptions === 'string' ? { name: nameOrOptions } : nameOrOptions;
  return guardedMethod(LOCK, options);
}
