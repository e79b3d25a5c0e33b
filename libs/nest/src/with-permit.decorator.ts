/** `@WithPermit` wraps a method like `@WithLock`, and works in any order with other decorators as that does. */
import { guardFault, methodAt } from './decorated-place.js';
import { wrapMethod } from './guarded-wrapper.js';
import { LockGuard } from './lock-guard.js';
import { LockedMethod, lockedMethods } from './locked-method.js';
import { PERMIT, type AnyWithPermitOptions } from './method-kinds.js';
import { declareSlot, semaphoreSlot } from './wiring.js';
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
  return (target: object, property: string | symbol, descriptor?: PropertyDescriptor): void => {
    const missing = "name: must be given, as in @WithPermit({ name: 'thumbnails', permits: 5 })";
    const place = { decorator: '@WithPermit', needs: 'find its semaphores by', target, property, descriptor };
    const original = methodAt(place, guardFault(options, missing));
    const method = new LockedMethod(PERMIT, target, { property, options });
    declareSlot(target, semaphoreSlot(method.instance));
    lockedMethods.record(method);
    if (descriptor !== undefined) descriptor.value = wrapMethod(new LockGuard(method), original);
  };
}
