/**
 * A lock whose options are checked: takes the lease, runs the body under it, and gives it back.
 *
 * How a run ends: the body threw → its error, always. The body returned while the lease was held → its value. It
 * returned after the loss → `LeaseLostError` with the value inside, or the value and an event (`whenLost: 'report'`).
 * `holdAtMost` was over → `LockHoldLimitError` at once, whatever the body still does. The release changes nothing.
 */
import { LockAbortedError, LockBusyError, LockTimeoutError, type Contention } from '../acquire-errors.js';
import { LockError, LockReentryError } from '../errors.js';
import { LeaseLostError } from '../lease-errors.js';
import type { LeaseEventDetails, PublishLeaseEvent } from '../events.js';
import type { HeldLease } from '../lease/held-lease.js';
import type { HolderDirectory } from '../lease/holder-directory.js';
import type { AcquireOutcome, LeaseEngine } from '../lease/lease-engine.js';
import type { Demand } from '../lease/demand.js';
import type { LockKey } from '../lease/lease-name.js';
import type { Lease } from '../lease/lease.js';
import { leaseInChain, runUnderLease } from './current-lease.js';
import { demandFor, type LockDefaults, type ResolvedLockOptions } from './lock-options.js';
import type { LockBody, PreparedLock, TryRunResult } from './lock-service.js';

/** What locks are made of. */
export interface LockParts {
  readonly engine: LeaseEngine;
  readonly directory: HolderDirectory;
  readonly publish: PublishLeaseEvent;
  readonly defaults: LockDefaults;
}

/** A lease, or who has it instead. */
type Attempt =
  | { readonly outcome: 'granted'; readonly lease: HeldLease }
  | { readonly outcome: 'busy'; readonly contention: Contention };

export class PreparedLeaseLock implements PreparedLock {
  readonly #parts: LockParts;
  readonly #options: ResolvedLockOptions;

  constructor(parts: LockParts, options: ResolvedLockOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  get lockName(): string {
    return this.#options.lockName;
  }

  async run<T>(key: LockKey | undefined, signal: AbortSignal | undefined, body: LockBody<T>): Promise<T> {
    const result = await this.#runIfGranted(demandFor(this.#options, key, signal), body);
    if (result.ran) return result.value;
    throw this.#busyError(result.contention);
  }

  async tryRun<T>(
    key: LockKey | undefined,
    signal: AbortSignal | undefined,
    body: LockBody<T>,
  ): Promise<TryRunResult<T>> {
    const result = await this.#runIfGranted(demandFor(this.#options, key, signal), body);
    if (result.ran) return result;
    const { heldBy, retryAfterMs } = result.contention;
    return { ran: false, heldBy, retryAfterMs };
  }

  async acquire(key: LockKey | undefined, signal: AbortSignal | undefined): Promise<Lease> {
    const attempt = await this.#attempt(demandFor(this.#options, key, signal));
    if (attempt.outcome === 'granted') return attempt.lease;
    throw this.#busyError(attempt.contention);
  }

  async tryAcquire(key: LockKey | undefined, signal: AbortSignal | undefined): Promise<Lease | undefined> {
    const attempt = await this.#attempt(demandFor(this.#options, key, signal));
    return attempt.outcome === 'granted' ? attempt.lease : undefined;
  }

  async #runIfGranted<T>(
    demand: Demand,
    body: LockBody<T>,
  ): Promise<{ ran: true; value: T } | { ran: false; contention: Contention }> {
    const outer = this.#options.reentrant ? leaseInChain(this.#parts.engine, demand.identity) : undefined;
    if (outer !== undefined) return { ran: true, value: await this.#runInside(outer, demand, body) };
    const attempt = await this.#attempt(demand);
    if (attempt.outcome === 'busy') return { ran: false, contention: attempt.contention };
    return { ran: true, value: await this.#runUnder(attempt.lease, body) };
  }

  async #attempt(demand: Demand): Promise<Attempt> {
    const { engine, publish } = this.#parts;
    const { lockName } = this;
    if (leaseInChain(engine, demand.identity) !== undefined) throw new LockReentryError(lockName);
    const outcome = await engine.acquire(demand).catch((error: unknown) => this.#told(error));
    if (outcome.outcome === 'granted') return outcome;
    const contention = this.#contention(outcome);
    const { heldBy, waitedMs } = contention;
    publish(() => ({ type: 'busy', lockName, heldBy, waitedMs }));
    return { outcome: 'busy', contention };
  }

  async #runUnder<T>(lease: HeldLease, body: LockBody<T>): Promise<T> {
    const { identity } = lease.tenure;
    const { holdAtMostMs } = lease.terms;
    const work = runUnderLease({ lease, scope: this.#parts.engine, identity }, async () => body(lease));
    try {
      const value = await (holdAtMostMs === Infinity ? work : this.#notLongerThanHeld(lease, work));
      return this.#judged(lease, value, lease.endError);
    } finally {
      await lease.release();
    }
  }

  /** Reentrant: under the lease of the outer call, and with its fate. */
  async #runInside<T>(outer: Lease, { terms: { lockName }, signal }: Demand, body: LockBody<T>): Promise<T> {
    if (signal?.aborted === true) throw new LockAbortedError(lockName, signal.reason);
    const value = await body(outer);
    return this.#judged(outer, value, endOf(outer));
  }

  /** What a body's value is worth once it is known how its lease stood when it came back. */
  #judged<T>(lease: Lease, value: T, error: LockError | undefined): T {
    if (error === undefined) return value;
    if (this.#options.whenLost === 'report') {
      this.#resultAfterLoss(lease, error);
      return value;
    }
    if (!LeaseLostError.is(error)) throw error;
    throw new LeaseLostError(this.lockName, { reason: error.reason, fence: error.fence, result: value });
  }

  /** The body's own error wins if it answers the abort at once; a body that ignores it holds nobody up. */
  #notLongerThanHeld<T>(lease: HeldLease, work: Promise<T>): Promise<T> {
    let settled = false;
    const settle = (): void => void (settled = true);
    work.then(settle, settle);
    const limit = new Promise<never>((_, reject) => {
      const ended = (): void => {
        const error = lease.endError;
        if (error === undefined || LeaseLostError.is(error)) return;
        setImmediate(() => {
          if (settled) return;
          reject(error);
          const late = (): void => this.#resultAfterLoss(lease, error);
          work.then(late, () => undefined);
        });
      };
      if (lease.signal.aborted) ended();
      else lease.signal.addEventListener('abort', ended, { once: true });
    });
    return Promise.race([work, limit]);
  }

  #contention(busy: Extract<AcquireOutcome, { outcome: 'busy' }>): Contention {
    const heldBy = this.#parts.directory.holderOf(busy.holder);
    return { heldBy, retryAfterMs: Math.max(1, Math.ceil(busy.remainingMs)), waitedMs: busy.waitedMs };
  }

  #busyError(contention: Contention): LockError {
    const { lockName, waitMs } = this.#options;
    return waitMs === 0
      ? new LockBusyError(lockName, contention)
      : new LockTimeoutError(lockName, contention);
  }

  #told(error: unknown): never {
    const { lockName } = this;
    if (LockError.is(error)) this.#parts.publish(() => eventOf(error, lockName));
    throw error;
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

function endOf(lease: Lease): LockError | undefined {
  try {
    lease.assertHeld();
    return undefined;
  } catch (error) {
    if (LockError.is(error)) return error;
    throw error;
  }
}

function eventOf(error: LockError, lockName: string): LeaseEventDetails {
  const waitedMs = 'waitedMs' in error && typeof error.waitedMs === 'number' ? error.waitedMs : 0;
  if (error.code === 'ERR_LOCK_ABORTED') return { type: 'aborted', lockName, waitedMs };
  const condition =
    'condition' in error && typeof error.condition === 'string' ? error.condition : error.code;
  return { type: 'unavailable', lockName, condition, waitedMs };
}
