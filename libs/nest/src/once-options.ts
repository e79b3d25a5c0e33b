/** Options of `@Once`, and the types that hold a key function against the method it is for. */
import type { LockKey, PreparedOnceOptions } from '@holdfast/core';
import type { AnyMethod, IsAny, MayBeSkipped } from './method-types.js';
import type { WhenBusy } from './with-lock-options.js';

/**
 * Options of `@Once`.
 *
 * @typeParam KeyParameters - What the key function takes; checked against the method.
 * @typeParam Busy - The literal type of `whenBusy`.
 */
export interface OnceMethodOptions<
  KeyParameters extends readonly unknown[] = [],
  Busy extends WhenBusy = WhenBusy,
> extends PreparedOnceOptions {
  /** Name of what is done once: few different ones, for it is a label in metrics and a row in the dashboard. */
  readonly name: string;
  /** Which one, from the arguments of the call. @defaultValue none: one for all calls */
  readonly key?: (...args: KeyParameters) => LockKey;
  /**
   * What happens when somebody else is at it for longer than `wait`: `throw` fails the call with LockTimeoutError or
   * LockBusyError; `skip` lets it resolve to `undefined`. @defaultValue 'throw'
   */
  readonly whenBusy?: Busy;
  /** Which `HoldfastModule` remembers it. @defaultValue the unnamed one */
  readonly instance?: string;
}

interface Refused<Why extends string> {
  /** Never there: its name is the message that the compiler shows. */
  readonly 'This method cannot be done once': Why;
}

/** `object` if `@Once` may stand on `Method`, otherwise a type that says why not. */
export type DoableOnce<A extends readonly unknown[], B extends WhenBusy, Method> = [IsAny<Method>] extends [
  true,
]
  ? object
  : Method extends (...args: infer P) => infer R
    ? [IsAny<R>] extends [true]
      ? KeyFits<A, P>
      : [R] extends [PromiseLike<unknown>]
        ? 'skip' extends B
          ? MayBeSkipped<R> extends true
            ? KeyFits<A, P>
            : Refused<"whenBusy: 'skip' makes it resolve to undefined, which its return type does not allow">
          : KeyFits<A, P>
        : Refused<'it must return a Promise: what comes of it is kept as JSON'>
    : Refused<'it is no method'>;

type KeyFits<A extends readonly unknown[], P extends readonly unknown[]> = ((...args: A) => unknown) extends (
  ...args: P
) => unknown
  ? object
  : Refused<'the key function takes more, or other, parameters than the method'>;

/** What `@Once(…)` gives: a decorator for methods that its key function and `whenBusy` fit. */
export interface OnceMethodDecorator<A extends readonly unknown[], B extends WhenBusy> {
  // See LockedMethodDecorator.
  (): never;
  <Method extends AnyMethod>(
    target: object,
    property: string | symbol,
    descriptor: TypedPropertyDescriptor<Method> & DoableOnce<A, B, Method>,
  ): void;
}
