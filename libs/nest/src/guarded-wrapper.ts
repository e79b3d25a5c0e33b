/** The function that stands in for a decorated method. */
import { Logger } from '@nestjs/common';
import { isObservable } from 'rxjs';
import type { Method } from './decorated-place.js';
import type { Guard, GuardedCall } from './guard.js';
import { GuardedIterator } from './guarded-iterator.js';
import { guardedObservable } from './guarded-observable.js';
import { isSse, markReturns, returnsOf } from './return-kind.js';

/** What a stand-in stands in for. */
interface Target {
  readonly guard: Guard;
  readonly original: Method;
}

/** Makes the stand-in, with the metadata, the name and the number of parameters of the original. */
export function wrapMethod(guard: Guard, original: Method): Method {
  const returns = returnsOf(guard.method, original);
  const told = new Set<string>();
  const target = { guard, original };
  function guarded(this: unknown, ...args: unknown[]): unknown {
    if (returns === 'promise') return runGuarded(target, this, args);
    const begin = (): GuardedCall => guard.begin(this, args);
    const open = (): unknown => Reflect.apply(original, this, args);
    if (returns === 'async-iterable') return new GuardedIterator(begin, open);
    // Decorators above this one are known by now, but not yet when it was applied.
    if (returns === 'observable' || isSse(guarded)) return guardedObservable(begin, open);
    return runGuarded(target, this, args).then((value) => tellOnce(guard, value, told));
  }
  copyFace(original, guarded);
  markReturns(guarded, returns);
  return guarded;
}

/** Frameworks find a method by what other decorators left on its function; without it a guard would be gone. */
function copyFace(original: Method, guarded: Method): void {
  for (const key of Reflect.getOwnMetadataKeys(original)) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, original), guarded);
  }
  for (const detail of ['name', 'length'] as const) {
    Object.defineProperty(guarded, detail, { value: original[detail], configurable: true });
  }
}

async function runGuarded(
  { guard, original }: Target,
  self: unknown,
  args: readonly unknown[],
): Promise<unknown> {
  const open = (): unknown => Reflect.apply(original, self, args);
  const value = await guard.run(self, args, open);
  if (!isMaybeStream(value)) return value;
  return guardedStream(value, () => guard.begin(self, args));
}

function isMaybeStream(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** A stream that comes out of a promise has not run yet: it has a guard of its own when somebody reads it. */
function guardedStream(value: object, begin: () => GuardedCall): object {
  if (isObservable(value)) return guardedObservable(begin, () => value);
  return isAsyncGenerator(value) ? new GuardedIterator(begin, () => value) : value;
}

/** Not for every async iterable: a Node stream in a result is data, and must stay the stream that it is. */
function isAsyncGenerator(value: unknown): value is AsyncGenerator {
  return Object.prototype.toString.call(value) === '[object AsyncGenerator]';
}

function tellOnce({ method }: Guard, value: unknown, told: Set<string>): unknown {
  const { label, decorator } = method;
  if (!(isObservable(value) || value instanceof GuardedIterator) || told.has(label)) return value;
  told.add(label);
  new Logger('Holdfast').warn(
    `${label} returned a stream, which nothing said beforehand: its callers get a promise of it, and ${decorator} ` +
      'guards the call by itself and the stream again. Give the method a return type that the compiler emits, ' +
      `or say returns: 'observable' (or 'async-iterable') in ${decorator}`,
  );
  return value;
}
