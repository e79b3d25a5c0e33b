/** One call of a decorated method: which lock, which key, and what a busy lock or a shutdown makes of it. */
import { LockAbortedError, type LockBody, type LockKey } from '@holdfast/core';
import type { GuardedCall } from './guard.js';
import type { LockedMethod } from './locked-method.js';
import type { PreparedCalls } from './method-kinds.js';

/** A call that has not taken its lock yet. */
export class LockedCall implements GuardedCall {
  private readonly lock: PreparedCalls;
  private readonly key: LockKey | undefined;
  /** Set for methods that a schedule calls: aborts when the application begins to shut down. */
  private readonly stop: AbortSignal | undefined;

  /** @throws LockNotWiredError, LockConfigError */
  constructor(
    readonly method: LockedMethod,
    self: unknown,
    args: readonly unknown[],
  ) {
    this.lock = method.lockFor(self);
    this.key = method.keyOf(args);
    this.stop = method.stops.of(self);
  }

  get endsWhenLost(): boolean {
    const { options } = this.method;
    return !('whenLost' in options) || options.whenLost !== 'report';
  }

  run<T>(body: LockBody<T>, abandoned?: AbortSignal): Promise<T | undefined> {
    return this.stop === undefined
      ? this.enter(abandoned, body)
      : this.enterUnless(this.stop, abandoned, body);
  }

  private async enterUnless<T>(
    stop: AbortSignal,
    abandoned: AbortSignal | undefined,
    body: LockBody<T>,
  ): Promise<T | undefined> {
    if (stop.aborted) return undefined;
    const signal = abandoned === undefined ? stop : AbortSignal.any([stop, abandoned]);
    try {
      return await this.enter(signal, body);
    } catch (error) {
      // Still in line when the shutdown began: a scheduled run that never started is a skipped one.
      if (stop.aborted && LockAbortedError.is(error)) return undefined;
      throw error;
    }
  }

  private async enter<T>(signal: AbortSignal | undefined, body: LockBody<T>): Promise<T | undefined> {
    if (!this.method.skips) return this.lock.run(this.key, signal, body);
    const outcome = await this.lock.tryRun(this.key, signal, body);
    return outcome.ran ? outcome.value : undefined;
  }
}
