/** The function that stands in for a decorated method. */
import { Logger } from '@nestjs/common';
import { isObservable } from 'rxjs';
import { LockedCall } from './locked-call.js';
import { LockedIterator } from './locked-iterator.js';
import type { LockedMethod } from './locked-method.js';
import { lockedObservable } from './locked-observable.js';
import { isSse, markReturns, returnsOf } from './return-kind.js';

/** Any method. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** What a stand-in stands in for. */
interface Target {
  readonly method: LockedMethod;
  readonly original: Method;
}

/** Makes the stand-in, with the metadata, the name and the number of parameters of the original. */
export function wrapMethod(method: LockedMethod, original: Method): Method {
  const returns = returnsOf(method, original);
  const told = new Set<string>();
  const target = { method, original };
  function locked(this: unknown, ...args: unknown[]): unknown {
    if (returns === 'promise') return runLocked(target, this, args);
    const begin = (): LockedCall => new LockedCall(method, this, args);
    const open = (): unknown => Reflect.apply(original, this, args);
    if (returns === 'async-iterable') return new LockedIterator(begin, open);
    // Decorators above this one are known by now, but not yet when it was applied.
    if (returns === 'observable' || isSse(locked)) return lockedObservable(begin, open);
    return runLocked(target, this, args).then((value) => tellOnce(method, value, told));
  }
  copyFace(original, locked);
  markReturns(locked, returns);
  return locked;
}

/** Frameworks find a method by what other decorators left on its function; without it a guard would be gone. */
function copyFace(original: Method, locked: Method): void {
  for (const key of Reflect.getOwnMetadataKeys(original)) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, original), locked);
  }
  for (const detail of ['name', 'length'] as const) {
    Object.defineProperty(locked, detail, { value: original[detail], configurable: true });
  }
}

// As direct as it can be for a method that waits in line and that no schedule calls: most calls are that.
async function runLocked(target: Target, self: unknown, args: readonly unknown[]): Promise<unknown> {
  const { method, original } = target;
  const open = (): unknown => Reflect.apply(original, self, args);
  const value =
    method.skips || method.stops.of(self) !== undefined
      ? await new LockedCall(method, self, args).run(open)
      : await method.lockFor(self).run(method.keyOf(args), undefined, open);
  if (!isMaybeStream(value)) return value;
  return lockedStream(value, () => new LockedCall(method, self, args));
}

function isMaybeStream(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** A stream that comes out of a promise has not run yet: it takes the lock of its own when somebody reads it. */
function lockedStream(value: object, begin: () => LockedCall): object {
  if (isObservable(value)) return lockedObservable(begin, () => value);
  return isAsyncGenerator(value) ? new LockedIterator(begin, () => value) : value;
}

/** Not for every async iterable: a Node stream in a result is data, and must stay the stream that it is. */
function isAsyncGenerator(value: unknown): value is AsyncGenerator {
  return Object.prototype.toString.call(value) === '[object AsyncGenerator]';
}

function tellOnce(method: LockedMethod, value: unknown, told: Set<string>): unknown {
  if (!(isObservable(value) || value instanceof LockedIterator) || told.has(method.label)) return value;
  told.add(method.label);
  new Logger('Holdfast').warn(
    `${method.label} returned a stream, which nothing said beforehand: its callers get a promise of it, and the lock ` +
      'is taken once for the call and again for the stream. Give the method a return type that the compiler emits, ' +
      "or say returns: 'observable' (or 'async-iterable') in @WithLock",
  );
  return value;
}
