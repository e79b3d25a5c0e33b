/** Several locks that are held together: what their holder sees. */
import type { ReleaseOutcome } from '../events.js';
import type { Lease } from '../lease/lease.js';

/** What {@link LockService.acquireAll} gives: all of them, until they are given back or the first of them is lost. */
export interface LeaseSet {
  /** One for each lock that was asked for, in that order; where one was asked for twice, the same lease twice. */
  readonly leases: readonly Lease[];
  /** Aborts as soon as one of them is lost; `signal.reason` is that one's. It does not abort on `release()`. */
  readonly signal: AbortSignal;
  /** Whether all of them are valid at this instant. */
  readonly held: boolean;
  /**
   * Throws unless all of them are valid at this instant. Call it before every side effect.
   * @throws LeaseLostError when one is over; LockHoldLimitError when `holdAtMost` ended one
   */
  assertHeld(): void;
  /**
   * Gives all of them back, in one step; never rejects. `lost`: one was over before; `unknown`: of one no answer came, its
   * key goes away by itself within the ttl.
   */
  release(): Promise<ReleaseOutcome>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What is told of several releases: the worst of them. */
const FROM_WORST = ['lost', 'unknown'] as const satisfies ReleaseOutcome[];

/** Leases, joined. Also for stand-ins of a `LockService`. */
export class JoinedLeases implements LeaseSet {
  readonly leases: readonly Lease[];
  #signal: AbortSignal | undefined;

  constructor(leases: readonly Lease[]) {
    this.leases = leases;
  }

  get signal(): AbortSignal {
    // Each looks at the clock when it is read, so that this one is right from the first instruction after a freeze, too.
    const signals = this.leases.map(({ signal }) => signal);
    this.#signal ??= AbortSignal.any(signals);
    return this.#signal;
  }

  get held(): boolean {
    return this.leases.every(({ held }) => held);
  }

  assertHeld(): void {
    for (const lease of this.leases) lease.assertHeld();
  }

  async release(): Promise<ReleaseOutcome> {
    const outcomes = await Promise.all(this.leases.map((lease) => lease.release()));
    return FROM_WORST.find((outcome) => outcomes.includes(outcome)) ?? 'released';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}
