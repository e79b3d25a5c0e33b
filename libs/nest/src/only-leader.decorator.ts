/** `@OnlyLeader` wraps a method like `@WithLock`, and works in any order with other decorators as that does. */
import { guardFault, methodAt } from './decorated-place.js';
import { wrapMethod } from './guarded-wrapper.js';
import { LeaderGuard } from './leader-guard.js';
import { LedMethod, ledMethods } from './led-method.js';
import type { LedMethodDecorator, OnlyLeaderOptions } from './only-leader-options.js';
import { declareSlot, leaderSlot } from './wiring.js';

/**
 * Runs the method only where and while this replica leads the election; elsewhere a call is left out: it resolves to
 * `undefined`, an Observable completes empty, an async generator is done at once. Nobody waits.
 *
 * The replica campaigns from the start of the application on, and stops when it begins to shut down. Inside,
 * `currentLease()` gives the term: its `fence` for the resource that you write to, its `signal` to stop by. A method
 * that comes back after the term was lost fails with LeaseLostError, with the result in it; one that comes back after
 * the replica itself gave the term up gives its result. A stream fails as soon as the term ends. On an object that no
 * leader service reached a call fails with LockNotWiredError.
 *
 * @throws LockConfigError when the class is loaded, on static methods, accessors and properties; at boot, together
 *   with all others, for options that cannot work
 * @example `@Cron('0 * * * *') @OnlyLeader({ election: 'billing' })`
 */
export function OnlyLeader(options: OnlyLeaderOptions): LedMethodDecorator;
export function OnlyLeader(options: OnlyLeaderOptions) {
  return (target: object, property: string | symbol, descriptor?: PropertyDescriptor): void => {
    const missing = "election: must be given, as in @OnlyLeader({ election: 'billing' })";
    const place = { decorator: '@OnlyLeader', needs: 'find its election by', target, property, descriptor };
    const original = methodAt(place, guardFault(options, missing));
    const method = new LedMethod(target, property, options);
    declareSlot(target, leaderSlot(method.instance));
    ledMethods.record(method);
    if (descriptor !== undefined) descriptor.value = wrapMethod(new LeaderGuard(method), original);
  };
}
