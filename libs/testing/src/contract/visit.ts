/** A body under a lock that stays inside until the test lets it go. */
import type { Lease, LockService, RunOptions } from '@holdfast/core';
import { Exit } from './exit.js';
import type { Scene } from './scene.js';

export class Visit<T> {
  /** What `run` does in the end. */
  readonly outcome: Promise<T>;
  /** The lease that the body runs under. */
  readonly lease: Lease;
  readonly #exit: Exit<T>;

  private constructor(outcome: Promise<T>, lease: Lease, exit: Exit<T>) {
    this.outcome = outcome;
    this.lease = lease;
    this.#exit = exit;
  }

  /** Starts `run` and comes back when its body is inside. */
  static async enter<T>(scene: Scene, locks: LockService, options: RunOptions = {}): Promise<Visit<T>> {
    const exit = new Exit<T>();
    let inside: Lease | undefined;
    const outcome = scene.later(
      locks.run('job', options, (lease) => {
        inside = lease;
        return exit.taken;
      }),
    );
    await scene.until('the body is inside', () => inside !== undefined);
    if (inside === undefined) throw new Error('the body is inside');
    return new Visit(outcome, inside, exit);
  }

  /** The body returns. */
  leave(value: T): void {
    this.#exit.leave(value);
  }

  /** The body throws. */
  fail(error: unknown): void {
    this.#exit.fail(error);
  }
}
