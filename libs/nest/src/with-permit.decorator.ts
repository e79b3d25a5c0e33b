/** `@WithPermit` wraps a method like `@WithLock`, and works in any order with other decorators as that does. */
import { guardedMethod } from './guarded-method.js';
import { PERMIT, type AnyWithPermitOptions } from './method-kinds.js';
import type { LockedMethodDecorator, WhenBusy } from './with-lock-options.js';
import type { WithPermitOptions } from './with-permit-options.js';

/**
 * Runs the method only while it has permits of a semaphore: so many calls at a time, on all replicas together.
 *
 * The call waits its turn (`wait`), then runs with its lease renewed until the method is done; `currentLease()` gives it
 * inside. Streams, `whenBusy`, and how a call fails are as with `@WithLock`. A replica that dies gives back the permits of
 * its calls when their leases end, and no others.
 *
 * @throws LockConfigError when the class is loaded, on static methods, accessors and properties; at boot, together
 *   with all others, for options that cannot work
 * @example `@WithPermit({ name: 'thumbnails', permits: 5 })`
 */
export function WithPermit<KeyParameters extends readonly unknown[] = [], Busy extends WhenBusy = 'throw'>(
  options: WithPermitOptions<KeyParameters, Busy>,
): LockedMethodDecorator<KeyParameters, Busy>;
export function WithPermit(options: AnyWithPermitOptions) {
  return guardedMethod(PERMIT, options);
}
