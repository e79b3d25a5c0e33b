/** `@Once` wraps a method like `@WithLock`, and works in any order with other decorators as that does. */
import { guardFault, methodAt } from './decorated-place.js';
import { wrapMethod } from './guarded-wrapper.js';
import { LockGuard } from './lock-guard.js';
import { LockedMethod, lockedMethods } from './locked-method.js';
import { ONCE, type AnyOnceOptions } from './method-kinds.js';
import type { OnceMethodDecorator, OnceMethodOptions } from './once-options.js';
import { declareSlot, onceSlot } from './wiring.js';
import type { WhenBusy } from './with-lock-options.js';

/**
 * Runs the method one time for a key, on all replicas together: the first call does it, under a lease that `currentLease()`
 * gives it; others wait and get what came of it, as JSON keeps it. It is remembered for `remember`. A replica that dies at it
 * is taken over.
 *
 * @throws LockConfigError when the class is loaded, on static methods, accessors and properties; at boot, together
 *   with all others, for options that cannot work
 * @example `@Once({ name: 'invoice', key: (orderId: string) => orderId, remember: '30d' })`
 */
export function Once<KeyParameters extends readonly unknown[] = [], Busy extends WhenBusy = 'throw'>(
  options: OnceMethodOptions<KeyParameters, Busy>,
): OnceMethodDecorator<KeyParameters, Busy>;
export function Once(options: AnyOnceOptions) {
  return (target: object, property: string | symbol, descriptor?: PropertyDescriptor): void => {
    const missing = "name: must be given, as in @Once({ name: 'invoice', remember: '30d' })";
    const place = { decorator: '@Once', needs: 'find what it remembers by', target, property, descriptor };
    const original = methodAt(place, guardFault(options, missing));
    const method = new LockedMethod(ONCE, target, { property, options });
    declareSlot(target, onceSlot(method.instance));
    lockedMethods.record(method);
    if (descriptor !== undefined) descriptor.value = wrapMethod(new LockGuard(method), original);
  };
}
