/**
 * A lease as its holder sees it: a right that ends by itself, with a number that only grows.
 *
 * `signal` is for promptness, `assertHeld()` for every side effect, `fence` for correctness. Reading `signal` and
 * calling `assertHeld()` both look at the clock, so they are right from the first instruction after a freeze.
 */
import type { ReleaseOutcome } from '../events.js';

/** A right that was granted. Give it back with {@link release}, or `await using`. */
export interface Lease {
  /** Name of the lock as given by the caller. */
  readonly lockName: string;
  /**
   * Grows strictly with every grant of this name, also across expiry, data loss and failover. Pass it to the
   * resource that you write to and let that refuse a lower one: it is the only protection that holds when this
   * process is frozen between a check and a write.
   */
  readonly fence: number;
  /**
   * Aborts when the lease is lost, at the latest when it ends by this process' own clock, also when Redis is silent.
   * `signal.reason` is a `LeaseLostError` or a `LockHoldLimitError`. It does not abort on `release()`.
   */
  readonly signal: AbortSignal;
  /** Whether the lease is valid at this instant. */
  readonly held: boolean;
  /** Milliseconds until the lease ends unless it is renewed before; 0 when it is over. */
  readonly remainingMs: number;
  /**
   * Throws unless the lease is valid at this instant. Call it before every side effect.
   * @throws LeaseLostError when it is over; LockHoldLimitError when `holdAtMost` ended it
   */
  assertHeld(): void;
  /**
   * Gives the lock back with at most one round trip; never rejects. Calling it again returns the same answer.
   * `lost`: it was over before; `unknown`: no answer came, the key goes away by itself within the ttl.
   */
  release(): Promise<ReleaseOutcome>;
  [Symbol.asyncDispose](): Promise<void>;
}
