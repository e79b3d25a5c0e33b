/**
 * A granted lease and how it ends: released by its holder, or lost. Whoever asks, asks the clock first; timers only
 * make it prompt. The controller behind `signal` is made when somebody reads it.
 */
import { LeaseLostError, LockHoldLimitError, type LossReason } from '../lease-errors.js';
import type { ReleaseOutcome } from '../events.js';
import type { Clock } from '../time/clock.js';
import { SUSPEND_LOOK_MS } from './deadline.js';
import { deferred } from './deferred.js';
import type { LeaseTerms } from './demand.js';
import type { Lease } from './lease.js';
import type { Tenure, TenureHolder } from './tenure.js';

/** One warning when it is held for so many ttls and has no `holdAtMost`. */
const LONG_HOLD_TTLS = 10;

/** Where a lease belongs: who is told when it ends. */
export interface LeaseHome {
  readonly clock: Clock;
  lost(lease: HeldLease, why: LossReason | 'hold-limit'): void;
  /** Passes it on or sends the release, with at most one round trip; `now` is when the clock was looked at. */
  release(lease: HeldLease, now: number): Promise<ReleaseOutcome>;
  heldLong(lease: HeldLease): void;
}

/** Why a lease ended without its holder's doing. */
export type EndError = LeaseLostError | LockHoldLimitError;

export class HeldLease implements Lease, TenureHolder {
  readonly tenure: Tenure;
  readonly terms: LeaseTerms;
  /** When the holder came to know: what `holdAtLeast` and `holdAtMost` count from. */
  readonly grantedAt: number;
  readonly #home: LeaseHome;
  readonly #fence: number;
  #fenceWasRead = false;
  #toldLong = false;
  #error: EndError | undefined;
  /** Its holder gave it back. */
  #given = false;
  #released: Promise<ReleaseOutcome> | undefined;
  #controller: AbortController | undefined;

  /** Takes `tenure` as its holder. */
  constructor(tenure: Tenure, terms: LeaseTerms, home: LeaseHome) {
    this.tenure = tenure;
    this.terms = terms;
    this.#fence = tenure.fence;
    this.grantedAt = tenure.servesFrom;
    this.#home = home;
    tenure.holder = this;
  }

  get lockName(): string {
    return this.terms.lockName;
  }

  get fence(): number {
    this.#fenceWasRead = true;
    return this.#fence;
  }

  /** Whether anybody asked for the fence. */
  get fenceWasRead(): boolean {
    return this.#fenceWasRead;
  }

  get endless(): boolean {
    return this.terms.endless === true;
  }

  get signal(): AbortSignal {
    this.#look();
    this.#controller ??= new AbortController();
    if (this.#error !== undefined && !this.#controller.signal.aborted) this.#controller.abort(this.#error);
    return this.#controller.signal;
  }

  get held(): boolean {
    this.#look();
    return this.#error === undefined && !this.#given;
  }

  get remainingMs(): number {
    return this.held ? Math.max(0, this.tenure.deadline - this.#home.clock.now()) : 0;
  }

  /** Why it ended other than by release; `undefined` while it did not. Looks at the clock first. */
  get endError(): EndError | undefined {
    this.#look();
    return this.#error;
  }

  get dueAt(): number {
    return Math.min(this.tenure.abortAt, this.#limitAt, this.#longAt);
  }

  assertHeld(): void {
    this.#look();
    if (this.#error !== undefined) throw this.#error;
    if (this.#given) throw this.#lostBecause('released');
  }

  /**
   * Its holder gives it back by a call of his own. Until that is over, which is to be told by what comes back, it is renewed
   * and nobody hears of a loss. Nothing when it is over already.
   */
  conclude(): ((outcome: ReleaseOutcome) => void) | undefined {
    if (!this.held || this.#concluding) return undefined;
    const { promise, resolve } = deferred<ReleaseOutcome>();
    this.#released = promise;
    return (outcome) => {
      this.#given = true;
      resolve(outcome);
    };
  }

  release(): Promise<ReleaseOutcome> {
    if (this.#released !== undefined) return this.#released;
    const now = this.#home.clock.nowAfterSuspendCheck(SUSPEND_LOOK_MS);
    if (!this.#given) this.#judge(now);
    // Whoever hears of the end while it is under way may ask for it, too.
    if (this.#given) return Promise.resolve().then(() => this.release());
    this.#given = true;
    this.#released = this.#home.release(this, now);
    return this.#released;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }

  attend(now: number): boolean {
    if (now >= this.tenure.abortAt) this.lose('expired');
    else if (now >= this.#limitAt) this.lose('hold-limit');
    else if (now >= this.#longAt) {
      this.#toldLong = true;
      this.#home.heldLong(this);
    }
    return this.held;
  }

  /** A renewal was confirmed. Counts from when it was sent; never brings a lost lease back. */
  renewed(sentAt: number): void {
    if (this.held) this.tenure.renewed(sentAt);
  }

  /** Ends the lease without its holder's doing. The first reason stays; after a release nothing happens. */
  lose(why: LossReason | 'hold-limit'): void {
    if (this.#error !== undefined || this.#given || this.#concluding) return;
    this.#error = why === 'hold-limit' ? this.#heldTooLong() : this.#lostBecause(why);
    this.#home.lost(this, why);
    this.#controller?.abort(this.#error);
  }

  get #concluding(): boolean {
    return !this.#given && this.#released !== undefined;
  }

  get #limitAt(): number {
    return this.grantedAt + this.terms.holdAtMostMs;
  }

  get #longAt(): number {
    if (this.#toldLong || this.endless || this.terms.holdAtMostMs !== Infinity) return Infinity;
    return this.grantedAt + LONG_HOLD_TTLS * this.terms.ttlMs;
  }

  #look(): void {
    if (this.#error !== undefined || this.#given) return;
    this.#judge(this.#home.clock.nowAfterSuspendCheck(SUSPEND_LOOK_MS));
  }

  /** Ends it if that is due. */
  #judge(now: number): void {
    if (now >= this.tenure.deadline) this.lose('expired');
    else if (now >= this.#limitAt) this.lose('hold-limit');
  }

  #lostBecause(reason: LossReason): LeaseLostError {
    return new LeaseLostError(this.lockName, { reason, fence: this.#fence });
  }

  #heldTooLong(): LockHoldLimitError {
    const { holdAtMostMs } = this.terms;
    return new LockHoldLimitError(this.lockName, { holdAtMostMs, fence: this.#fence });
  }
}
