/** Options of `@WithLock`, and the types that hold a key function against the method it is for. */
import type { BodyOptions, Duration, LockKey, LockTraits } from '@holdfast/core';
import type { AnyMethod, IsAny, Later, MayBeSkipped } from './method-types.js';

/** What happens when the lock is still busy after `wait`. */
export type WhenBusy = 'throw' | 'skip';

/** What a method returns, for where it can't be told before the first call. */
export type MethodReturns = 'promise' | 'observable' | 'async-iterable';

/**
 * Options of `@WithLock`.
 *
 * @typeParam KeyParameters - What the key function takes; checked against the method.
 * @typeParam Busy - The literal type of `whenBusy`.
 */
export interface WithLockOptions<
  KeyParameters extends readonly unknown[] = [],
  Busy extends WhenBusy = WhenBusy,
>
  extends LockTraits, BodyOptions {
  /** Name of the lock: few different ones, for it is a label in metrics and a row in the dashboard. */
  readonly name: string;
  /** The variable part, from the arguments of the call. @defaultValue none: one lock for all calls */
  readonly key?: (...args: KeyParameters) => LockKey;
  /**
   * How long to stand in line; 0 not at all, 'forever' must be written out.
   * @defaultValue 0 with `whenBusy: 'skip'`, otherwise the module's
   */
  readonly wait?: Duration | 'forever';
  /**
   * What happens when the lock is still busy after `wait`: `throw` fails the call with LockBusyError or
   * LockTimeoutError; `skip` leaves the method out, so that it resolves to `undefined` or completes empty. A method
   * that `@nestjs/schedule` calls has to say it. @defaultValue 'throw'
   */
  readonly whenBusy?: Busy;
  /** Which `HoldfastModule` the lock belongs to. @defaultValue the unnamed one */
  readonly instance?: string;
  /**
   * What the method returns. Only needed for a method that is not `async`, returns an Observable or an AsyncIterable
   * to callers of your own, and has no return type for the compiler to emit as metadata.
   */
  readonly returns?: MethodReturns;
}

interface Refused<Why extends string> {
  /** Never there: its name is the message that the compiler shows. */
  readonly 'This method cannot be locked': Why;
}

/** `object` if `@WithLock` may stand on `Method`, otherwise a type that says why not. */
export type Lockable<A extends readonly unknown[], B extends WhenBusy, Method> = [IsAny<Method>] extends [
  true,
]
  ? object
  : Method extends (...args: infer P) => infer R
    ? [ReturnFits<B, R>] extends [true]
      ? KeyFits<A, P>
      : ReturnFits<B, R>
    : Refused<'it is no method'>;

type ReturnFits<B extends WhenBusy, R> = [IsAny<R>] extends [true]
  ? true
  : [R] extends [Later]
    ? SkipFits<B, R>
    : Refused<'it must return a Promise, an Observable or an AsyncIterable'>;

type KeyFits<A extends readonly unknown[], P extends readonly unknown[]> = ((...args: A) => unknown) extends (
  ...args: P
) => unknown
  ? object
  : Refused<'the key function takes more, or other, parameters than the method'>;

type SkipFits<B extends WhenBusy, R> = 'skip' extends B
  ? MayBeSkipped<R> extends true
    ? true
    : Refused<"whenBusy: 'skip' makes it resolve to undefined, which its return type does not allow">
  : true;

/** What `@WithLock(…)` gives: a decorator for methods that its key function and `whenBusy` fit. */
export interface LockedMethodDecorator<A extends readonly unknown[], B extends WhenBusy> {
  // Never the one that is called. Of a type with two signatures TypeScript compares each without its type parameters,
  // and only so does `applyDecorators()` of Nest, which takes a MethodDecorator, accept this one.
  (): never;
  <Method extends AnyMethod>(
    target: object,
    property: string | symbol,
    descriptor: TypedPropertyDescriptor<Method> & Lockable<A, B, Method>,
  ): void;
}
