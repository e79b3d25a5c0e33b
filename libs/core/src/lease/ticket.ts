/** The caller's side of a request: its promise, its patience, its abort signal. Settles once. */
import { LockAbortedError, LockUnavailableError } from '../acquire-errors.js';
import type { Clock } from '../time/clock.js';
import { watchAbort } from './abort-watch.js';
import { Countdown } from './countdown.js';
import { deferred } from './deferred.js';
import type { Demand, Settlement } from './demand.js';
import type { StoreError } from './store-error.js';

/** What is known about a lock that somebody else holds, or about why nothing is known. */
export interface Standing {
  /** The server's last word, when that was that somebody holds. */
  readonly taken: { readonly holder: string; readonly remainingMs: number } | undefined;
  /** What went wrong since. */
  readonly trouble: StoreError | undefined;
}

export const NOTHING_KNOWN: Standing = { taken: undefined, trouble: undefined };

export class Ticket {
  readonly demand: Demand;
  readonly #clock: Clock;
  readonly #end = deferred<Settlement>();
  readonly #countdown: Countdown;
  readonly #unwatchAbort: (() => void) | undefined;
  #open = true;

  /** @param giveUp called when the caller aborts; it ends in `reject` */
  constructor(demand: Demand, clock: Clock, options: { patienceMs: number; giveUp: (error: Error) => void }) {
    this.demand = demand;
    this.#clock = clock;
    this.#countdown = new Countdown(clock, options.patienceMs);
    const { lockName, signal } = demand;
    this.#unwatchAbort =
      signal && watchAbort(signal, () => options.giveUp(new LockAbortedError(lockName, signal.reason)));
  }

  get open(): boolean {
    return this.#open;
  }

  /** Rejects with a `LockError`. */
  get settled(): Promise<Settlement> {
    return this.#end.promise;
  }

  /** Calls `then` after `delayMs`, or `end` when the patience is over before. Replaces what was armed before. */
  arm(delayMs: number, then: () => void, end: () => void): void {
    this.#countdown.arm(delayMs, then, end);
  }

  grant(token: string, terms: { fence: number; sentAt: number; deadline: number }, confirmed: boolean): void {
    const { lockName, identity, ttlMs, holdAtLeastMs, holdAtMostMs } = this.demand;
    const grantedAt = this.#clock.now();
    const grant = { lockName, identity, token, ttlMs, holdAtLeastMs, holdAtMostMs, grantedAt, ...terms };
    this.#settle(() =>
      this.#end.resolve({ outcome: 'granted', grant, confirmed, waitedMs: this.#countdown.elapsedMs }),
    );
  }

  /** The patience is over: busy if the server's last word was that somebody holds, else unavailable. */
  timeIsOver({ taken, trouble }: Standing): void {
    const waitedMs = this.#countdown.elapsedMs;
    if (taken === undefined || trouble !== undefined) {
      const details = { condition: trouble?.condition ?? 'timeout', waitedMs, cause: trouble };
      this.reject(new LockUnavailableError(this.demand.lockName, details));
      return;
    }
    const { holder, remainingMs } = taken;
    this.#settle(() => this.#end.resolve({ outcome: 'busy', holder, remainingMs, waitedMs }));
  }

  reject(error: Error): void {
    this.#settle(() => this.#end.reject(error));
  }

  #settle(tell: () => void): void {
    if (!this.#open) return;
    this.#open = false;
    this.#countdown.cancel();
    this.#unwatchAbort?.();
    tell();
  }
}
