/** Options of `@ClusterCron`, and the types that say on which methods it may stand. */
import type { JobOptions, JobRun } from '@holdfast/core';
import type { Subscribable } from 'rxjs';
import type { AnyMethod, IsAny } from './method-types.js';

/** Options of `@ClusterCron`: those of a job, without its expression. */
export interface ClusterCronOptions extends Omit<JobOptions, 'cron'> {
  /** Which `HoldfastModule` the job belongs to. @defaultValue the unnamed one */
  readonly instance?: string;
}

interface Refused<Why extends string> {
  /** Never there: its name is the message that the compiler shows. */
  readonly 'This method cannot be a job': Why;
}

/** What does nothing until somebody reads it. */
type Unread =
  Subscribable<unknown> | AsyncIterator<unknown, unknown, never> | Iterator<unknown, unknown, never>;

/** `object` if `@ClusterCron` may stand on `Method`, otherwise a type that says why not. */
export type Schedulable<Method> = [IsAny<Method>] extends [true]
  ? object
  : Method extends (...args: infer P) => infer R
    ? ((...args: P) => unknown) extends (run: JobRun) => unknown
      ? ReturnFits<R>
      : Refused<'it is called with a JobRun and nothing else'>
    : Refused<'it is no method'>;

type ReturnFits<R> = [IsAny<R>] extends [true]
  ? object
  : [Extract<Awaited<R>, Unread>] extends [never]
    ? object
    : Refused<'nobody would read the stream that it returns; return a Promise'>;

/** What `@ClusterCron(…)` gives: a decorator for methods that take a `JobRun` or nothing. */
export interface ClusterCronDecorator {
  // Never the one that is called; it is here for `applyDecorators()` of Nest, as in the decorator of locks.
  (): never;
  <Method extends AnyMethod>(
    target: object,
    property: string | symbol,
    descriptor: TypedPropertyDescriptor<Method> & Schedulable<Method>,
  ): void;
}
