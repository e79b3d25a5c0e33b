/** Options of `@OnlyLeader`, and the types that hold it against the method it is for. */
import type { AnyMethod, IsAny, Later, MayBeSkipped } from './method-types.js';
import type { MethodReturns } from './with-lock-options.js';

/** Options of `@OnlyLeader`. */
export interface OnlyLeaderOptions {
  /**
   * The election to lead, by its name: replicas that name the same one elect one of them. Its ttl is the module's, and
   * nobody is preferred, unless this process campaigns in it by `LeaderService` before the application has started.
   */
  readonly election: string;
  /** Which `HoldfastModule` the election belongs to. @defaultValue the unnamed one */
  readonly instance?: string;
  /**
   * What the method returns. Only needed for a method that is not `async`, returns an Observable or an AsyncIterable
   * to callers of your own, and has no return type for the compiler to emit as metadata.
   */
  readonly returns?: MethodReturns;
}

interface Refused<Why extends string> {
  /** Never there: its name is the message that the compiler shows. */
  readonly 'This method cannot be left to the leader': Why;
}

/** `object` if `@OnlyLeader` may stand on `Method`, otherwise a type that says why not. */
export type Leadable<Method> = [IsAny<Method>] extends [true]
  ? object
  : Method extends (...args: never[]) => infer R
    ? ResultFits<R>
    : Refused<'it is no method'>;

type ResultFits<R> = [IsAny<R>] extends [true]
  ? object
  : [R] extends [Later]
    ? MayBeSkipped<R> extends true
      ? object
      : Refused<'without the leadership it resolves to undefined, which its return type does not allow'>
    : Refused<'it must return a Promise, an Observable or an AsyncIterable'>;

/** What `@OnlyLeader(…)` gives. */
export interface LedMethodDecorator {
  // Never the one that is called: see LockedMethodDecorator.
  (): never;
  <Method extends AnyMethod>(
    target: object,
    property: string | symbol,
    descriptor: TypedPropertyDescriptor<Method> & Leadable<Method>,
  ): void;
}
