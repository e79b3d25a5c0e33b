/**
 * A granted lease and how it ends: released by its holder, or lost. Whoever asks, asks the clock first; timers only
 * make it prompt. The controller behind `signal` is made when somebody reads it.
 */
import { LeaseLostError, LockHoldLimitError, type LossReason } from '../lease-errors.js';
import type { ReleaseOutcome } from '../events.js';
import type { Clock } from '../time/clock.js';
import { abortMarginMs, validityMs } from './deadline.js';
import type { Lease } from './lease.js';
import type { LeaseRef, Sent } from './lease-store.js';

/** A suspend is looked for when the last look is older than this. */
const SUSPEND_LOOK_MS = 250;

/** What was granted, and on which terms. */
export interface Grant extends LeaseRef {
  readonly lockName: string;
  readonly fence: number;
  readonly ttlMs: number;
  readonly holdAtLeastMs: number;
  /** `Infinity` when there is no limit. */
  readonly holdAtMostMs: number;
  /** When the holder came to know: what `holdAtLeast` and `holdAtMost` count from. */
  readonly grantedAt: number;
  /** When the request was sent that the deadline counts from. */
  readonly sentAt: number;
  /** Until when it may be believed in without a renewal. */
  readonly deadline: number;
}

/** Who is told when a lease ends, by loss or by release. */
export interface LeaseEnding {
  lost(lease: HeldLease, why: LossReason | 'hold-limit'): void;
  /** Sends the release, with at most one round trip. */
  release(lease: HeldLease): Promise<ReleaseOutcome>;
}

type EndError = LeaseLostError | LockHoldLimitError;

export class HeldLease implements Lease {
  readonly grant: Grant;
  readonly #clock: Clock;
  readonly #ending: LeaseEnding;
  #deadline: number;
  /** When the holder is told that no renewal came: a little before the deadline, for timers fire late. */
  #abortAt: number;
  #error: EndError | undefined;
  #released: Promise<ReleaseOutcome> | undefined;
  #controller: AbortController | undefined;

  constructor(grant: Grant, clock: Clock, ending: LeaseEnding) {
    this.grant = grant;
    this.#clock = clock;
    this.#ending = ending;
    this.#deadline = grant.deadline;
    this.#abortAt = grant.deadline - abortMarginMs(grant.deadline - grant.sentAt);
  }

  get lockName(): string {
    return this.grant.lockName;
  }

  get fence(): number {
    return this.grant.fence;
  }

  get abortAt(): number {
    return this.#abortAt;
  }

  get signal(): AbortSignal {
    this.#look();
    this.#controller ??= new AbortController();
    if (this.#error !== undefined && !this.#controller.signal.aborted) this.#controller.abort(this.#error);
    return this.#controller.signal;
  }

  get held(): boolean {
    this.#look();
    return this.#error === undefined && this.#released === undefined;
  }

  get remainingMs(): number {
    return this.held ? Math.max(0, this.#deadline - this.#clock.now()) : 0;
  }

  /** Why it ended other than by release; `undefined` while it did not. Looks at the clock first. */
  get endError(): EndError | undefined {
    this.#look();
    return this.#error;
  }

  assertHeld(): void {
    this.#look();
    if (this.#error !== undefined) throw this.#error;
    if (this.#released !== undefined) throw this.#lostBecause('released');
  }

  release(): Promise<ReleaseOutcome> {
    this.#look();
    this.#released ??= this.#ending.release(this);
    return this.#released;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }

  /** A renewal was confirmed. Counts from when it was sent; never shortens, never brings a lost lease back. */
  renewed({ sentAt }: Pick<Sent, 'sentAt'>): void {
    this.#look();
    if (this.#error !== undefined) return;
    const { ttlMs } = this.grant;
    const deadline = sentAt + validityMs(ttlMs);
    this.#deadline = Math.max(this.#deadline, deadline);
    this.#abortAt = Math.max(this.#abortAt, deadline - abortMarginMs(ttlMs));
  }

  /** Ends the lease without its holder's doing. The first reason stays; after a release nothing happens. */
  lose(why: LossReason | 'hold-limit'): void {
    if (this.#error !== undefined || this.#released !== undefined) return;
    this.#error = why === 'hold-limit' ? this.#heldTooLong() : this.#lostBecause(why);
    this.#ending.lost(this, why);
    this.#controller?.abort(this.#error);
  }

  #look(): void {
    if (this.#error !== undefined || this.#released !== undefined) return;
    const now = this.#clock.nowAfterSuspendCheck(SUSPEND_LOOK_MS);
    if (now >= this.#deadline) this.lose('expired');
    else if (now >= this.grant.grantedAt + this.grant.holdAtMostMs) this.lose('hold-limit');
  }

  #lostBecause(reason: LossReason): LeaseLostError {
    return new LeaseLostError(this.lockName, { reason, fence: this.fence });
  }

  #heldTooLong(): LockHoldLimitError {
    return new LockHoldLimitError(this.lockName, {
      holdAtMostMs: this.grant.holdAtMostMs,
      fence: this.fence,
    });
  }
}
