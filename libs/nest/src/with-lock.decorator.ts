/**
 * `@WithLock` puts the method into a wrapper, on the prototype and by changing the descriptor it was given, so that it
 * works in any order with other decorators: everything that they left on the function below is copied onto the
 * wrapper, and what they add above lands on it.
 */
import { LockConfigError } from '@holdfast/core';
import { LockedMethod, recordLockedMethod, type AnyWithLockOptions } from './locked-method.js';
import { wrapMethod, type Method } from './locked-wrapper.js';
import { declareSlot } from './wiring.js';
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
  return (target: object, property: string | symbol, descriptor?: PropertyDescriptor): void => {
    const place = { target, property, descriptor, options };
    const original = methodAt(place);
    const method = new LockedMethod(target, property, options);
    declareSlot(target, method.instance);
    recordLockedMethod(method);
    // Changed and not replaced: applyDecorators() of Nest ignores what a decorator returns.
    if (descriptor !== undefined) descriptor.value = wrapMethod(method, original);
  };
}

interface Place {
  readonly target: unknown;
  readonly property: unknown;
  readonly descriptor: PropertyDescriptor | undefined;
  readonly options: unknown;
}

/** The function to wrap. @throws LockConfigError where a wrapper could guard nothing */
function methodAt(place: Place): Method {
  const original: unknown = place.descriptor?.value;
  const fault = faultOf(place, original);
  if (fault === undefined && isMethod(original)) return original;
  throw new LockConfigError(`@WithLock on ${whereIs(place)}`, [fault ?? 'it works on methods only']);
}

function faultOf({ target, property, options }: Place, original: unknown): string | undefined {
  if (typeof property === 'object')
    return 'needs the compiler option experimentalDecorators, like Nest itself';
  if (typeof target === 'function') {
    return 'it works on methods of instances; a class or a static method has no instance to find its locks by';
  }
  if (!isMethod(original)) return 'it works on methods; on a property or an accessor it would guard nothing';
  if (typeof options !== 'object' || options === null)
    return "name: must be given, as in @WithLock('reindex')";
  // The other options wait for the boot, but by then Nest needs to know which service to inject.
  const instance: unknown = Reflect.get(options, 'instance');
  if (instance !== undefined && (typeof instance !== 'string' || instance === '')) {
    return 'instance: must be a name';
  }
  const kind = Object.prototype.toString.call(original);
  return kind === '[object GeneratorFunction]'
    ? 'the method must be async, for a lock has to be waited for'
    : undefined;
}

function isMethod(value: unknown): value is Method {
  return typeof value === 'function';
}

function whereIs({ target, property }: Place): string {
  const owner = typeof target === 'function' ? target.name : nameOfClass(target);
  return typeof property === 'string' || typeof property === 'symbol'
    ? `${owner}.${String(property)}`
    : owner;
}

function nameOfClass(prototype: unknown): string {
  return typeof prototype === 'object' && prototype !== null ? prototype.constructor.name : 'this';
}
