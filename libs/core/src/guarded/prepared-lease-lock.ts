/**
 * A lock whose options are checked: takes the lease, runs the body under it, and gives it back.
 *
 * How a run ends: the body threw → its error, always. The body returned while the lease was held → its value. It
 * returned after the loss → `LeaseLostError` with the value inside, or the value and an event (`whenLost: 'report'`).
 * `holdAtMost` was over → `LockHoldLimitError` at once, whatever the body still does. The release changes nothing.
 */
import { LockAbortedError, type Contention } from '../acquire-errors.js';
import { LockError, LockReentryError } from '../errors.js';
import { LeaseLostError } from '../lease-errors.js';
import type { PublishLeaseEvent } from '../events.js';
import type { HeldLease } from '../lease/held-lease.js';
import type { HolderDirectory } from '../lease/holder-directory.js';
import type { AcquireOutcome, LeaseEngine } from '../lease/lease-engine.js';
import type { Demand } from '../lease/demand.js';
import type { LockKey } from '../lease/lease-name.js';
import type { Lease } from '../lease/lease.js';
import { contentionOf, endOf, eventOf } from './call-outcomes.js';
import { AS_RESULT, OR_NOTHING, OR_THROW, type CallEnds } from './call-ends.js';
import { beginUnderLease, leaseInChain, type LeaseInUse } from './current-lease.js';
import type { LockBody, PreparedLock, TryRunResult } from './guarded-call.js';
import { notLongerThanHeld } from './hold-limit.js';
import { demandFor, type GuardTerms } from './guard-terms.js';

/** What guarded calls are made of. */
export interface GuardParts {
  /** What tells these locks from those of another instance, and of another kind, under the same name. */
  readonly scope: object;
  readonly engine: LeaseEngine;
  readonly directory: HolderDirectory;
  readonly publish: PublishLeaseEvent;
}

/** What a caller of `run` or `tryRun` says. */
interface RunCall<T> {
  readonly key: LockKey | undefined;
  readonly signal: AbortSignal | undefined;
  readonly body: LockBody<T>;
}

export class PreparedLeaseLock implements PreparedLock {
  readonly #parts: GuardParts;
  readonly #terms: GuardTerms;

  constructor(parts: GuardParts, terms: GuardTerms) {
    this.#parts = parts;
    this.#terms = terms;
  }

  get lockName(): string {
    return this.#terms.lockName;
  }

  run<T>(key: LockKey | undefined, signal: AbortSignal | undefined, body: LockBody<T>): Promise<T> {
    return this.#run<T, T>({ key, signal, body }, OR_THROW);
  }

  tryRun<T>(
    key: LockKey | undefined,
    signal: AbortSignal | undefined,
    body: LockBody<T>,
  ): Promise<TryRunResult<T>> {
    return this.#run<T, TryRunResult<T>>({ key, signal, body }, AS_RESULT);
  }

  acquire(key: LockKey | undefined, signal: AbortSignal | undefined): Promise<Lease> {
    return this.#acquire<Lease>(key, signal, OR_THROW);
  }

  tryAcquire(key: LockKey | undefined, signal: AbortSignal | undefined): Promise<Lease | undefined> {
    return this.#acquire<Lease | undefined>(key, signal, OR_NOTHING);
  }

  /** Runs `body` under a lease that was granted before, and leaves giving that back to whoever took it. */
  async runUnder<T>(lease: HeldLease, body: LockBody<T>): Promise<T> {
    const value = await this.#begin(lease, body);
    return this.#judged(lease, value, lease.endError);
  }

  // One async function for all of a run and none around its body: on the usual path, promises are most of the cost.
  async #run<T, R>({ key, signal, body }: RunCall<T>, ends: CallEnds<T, R>): Promise<R> {
    const { engine, scope } = this.#parts;
    const demand = demandFor(this.#terms, key, signal);
    const outer = leaseInChain(scope, demand.identity);
    if (outer !== undefined) return ends.done(await this.#runInside(outer, demand, body));
    let outcome: AcquireOutcome;
    try {
      outcome = engine.accept(await engine.request(demand), demand);
    } catch (error) {
      throw this.#told(error);
    }
    if (outcome.outcome === 'busy') return ends.busy(this.#busy(outcome), this.#terms);
    const { lease } = outcome;
    try {
      const value = await this.#begin(lease, body);
      return ends.done(this.#judged(lease, value, lease.endError));
    } finally {
      await lease.release();
    }
  }

  async #acquire<R>(
    key: LockKey | undefined,
    signal: AbortSignal | undefined,
    ends: CallEnds<Lease, R>,
  ): Promise<R> {
    const { engine, scope } = this.#parts;
    const demand = demandFor(this.#terms, key, signal);
    const outer = leaseInChain(scope, demand.identity);
    if (outer !== undefined) throw new LockReentryError(this.lockName, { upgrades: this.#upgrades(outer) });
    let outcome: AcquireOutcome;
    try {
      outcome = engine.accept(await engine.request(demand), demand);
    } catch (error) {
      throw this.#told(error);
    }
    if (outcome.outcome === 'busy') return ends.busy(this.#busy(outcome), this.#terms);
    return ends.done(outcome.lease);
  }

  /** Begins `body` under `lease`. What comes back settles with it, or with the end of `holdAtMost` before that. */
  #begin<T>(lease: HeldLease, body: LockBody<T>): T | Promise<T> {
    const { identity } = lease.tenure;
    const { reading = false } = this.#terms;
    const work = beginUnderLease({ lease, scope: this.#parts.scope, identity, reading }, body);
    if (lease.terms.holdAtMostMs === Infinity) return work;
    return notLongerThanHeld(lease, Promise.resolve(work), (error) => this.#resultAfterLoss(lease, error));
  }

  /** Inside a call that holds the lock: under its lease and with its fate, or not at all. */
  async #runInside<T>(
    outer: LeaseInUse,
    { terms: { lockName }, signal }: Demand,
    body: LockBody<T>,
  ): Promise<T> {
    const { lease } = outer;
    const upgrades = this.#upgrades(outer);
    if (!this.#terms.reentrant || upgrades) throw new LockReentryError(lockName, { upgrades });
    if (signal?.aborted === true) throw new LockAbortedError(lockName, signal.reason);
    const value = await body(lease);
    return this.#judged(lease, value, endOf(lease));
  }

  /** Two that read and both want to write would wait for each other. */
  #upgrades(outer: LeaseInUse): boolean {
    return outer.reading === true && this.#terms.reading !== true;
  }

  /** What a body's value is worth once it is known how its lease stood when it came back. */
  #judged<T>(lease: Lease, value: T, error: LockError | undefined): T {
    if (error === undefined) return value;
    if (this.#terms.whenLost === 'report') {
      this.#resultAfterLoss(lease, error);
      return value;
    }
    if (!LeaseLostError.is(error)) throw error;
    throw new LeaseLostError(this.lockName, { reason: error.reason, fence: error.fence, result: value });
  }

  #busy(settlement: Extract<AcquireOutcome, { outcome: 'busy' }>): Contention {
    const { directory, publish } = this.#parts;
    const contention = contentionOf(directory, settlement);
    const { heldBy, waitedMs } = contention;
    publish(() => ({ type: 'busy', lockName: this.lockName, heldBy, waitedMs }));
    return contention;
  }

  /** Publishes why nothing was granted, and gives the error back. */
  #told(error: unknown): unknown {
    if (LockError.is(error)) this.#parts.publish(() => eventOf(error, this.lockName));
    return error;
  }

  #resultAfterLoss(lease: Lease, error: LockError): void {
    const reason = LeaseLostError.is(error) ? error.reason : 'hold-limit';
    this.#parts.publish(() => ({
      type: 'result-after-loss',
      lockName: this.lockName,
      fence: lease.fence,
      reason,
    }));
  }
}
