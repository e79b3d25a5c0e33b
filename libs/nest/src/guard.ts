/** What stands between a call of a decorated method and its body: a lock to be taken, a term to be in. */
import type { LockBody } from '@holdfast/core';
import type { MethodReturns } from './with-lock-options.js';

/** A decorated method, as far as it is the same whatever decorates it. */
export interface DecoratedMethod {
  /** `@WithLock`, for messages. */
  readonly decorator: string;
  /** `Class.method`, for messages only: minifiers change it. */
  readonly label: string;
  readonly prototype: object;
  readonly property: string | symbol;
  /** What its options say that it returns. */
  readonly returns: MethodReturns | undefined;
}

/** A call that has not begun. */
export interface GuardedCall {
  /** Whether a lost lease ends the call at once where that is possible, as with a stream. */
  readonly endsWhenLost: boolean;
  /**
   * Runs `body` under a lease; resolves to `undefined` without running it when it was skipped.
   * @param abandoned - Aborts the wait when the caller left.
   */
  run<T>(body: LockBody<T>, abandoned?: AbortSignal): Promise<T | undefined>;
}

/** Guards the calls of one method. */
export interface Guard {
  readonly method: DecoratedMethod;
  /** @throws LockNotWiredError, LockConfigError */
  begin(self: unknown, args: readonly unknown[]): GuardedCall;
  /** The same for a method that returns a promise, as directly as it can be. */
  run(self: unknown, args: readonly unknown[], body: () => unknown): Promise<unknown>;
}
