/** Types about methods that decorators of this package may stand on. */
import type { Subscribable } from 'rxjs';

/** Whether `T` is `any`, with which every comparison comes out right. */
export type IsAny<T> = 0 extends 1 & T ? true : false;

/** What a method may return that does not come to its end in the call itself. */
export type Later = PromiseLike<unknown> | Subscribable<unknown> | AsyncIterable<unknown>;

/** Any method. */
export type AnyMethod = (...args: never[]) => unknown;

/** Whether what a method returns may be left out: a promise has to allow `undefined`, a stream can be empty. */
export type MayBeSkipped<R> = [R] extends [PromiseLike<infer V>]
  ? undefined extends V
    ? true
    : false
  : true;
