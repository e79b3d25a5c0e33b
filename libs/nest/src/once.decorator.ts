/** `@Once` wraps a method like `@WithLock`, and works in any order with other decorators as that does. */
import { guardedMethod } from './guarded-method.js';
import { ONCE, type AnyOnceOptions } from './method-kinds.js';
import type { OnceMethodDecorator, OnceMethodOptions } from './once-options.js';
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
  return guardedMethod(ONCE, options);
}
