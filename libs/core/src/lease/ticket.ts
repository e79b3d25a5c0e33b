/** The caller's side of a request: its promise, its patience, its abort signal. Settles once. */
import { LockAbortedError, LockUnavailableError } from '../acquire-errors.js';
import { watchAbort } from './abort-watch.js';
import type { AcquisitionParts, Standing, Waiting } from './acquisition-parts.js';
import type { Demand } from './demand.js';
import type { Settlement } from './settlement.js';
import type { Tenure } from './tenure.js';

/** Who is told what happens to a ticket. */
export interface TicketOwner {
  /** The moment came that it was armed for. */
  due(): void;
  /** The patience is over; it ends in `Ticket.timeIsOver`. */
  timeIsOver(): void;
  /** The caller aborted; it ends in `Ticket.reject`. */
  giveUp(error: Error): void;
  /** It is settled, by this tenure if it was granted. */
  settled(tenure: Tenure | undefined): void;
}

/** Until the promise has given its ends out. One for all: a million tickets would make two million. */
const nothing = (): void => undefined;

export class Ticket implements Waiting {
  bucket: Waiting['bucket'] = undefined;
  before: Waiting | undefined = undefined;
  behind: Waiting | undefined = undefined;
  readonly demand: Demand;
  /** Rejects with a `LockError`. */
  readonly settlement: Promise<Settlement>;
  readonly #parts: AcquisitionParts;
  readonly #owner: TicketOwner;
  readonly #startedAt: number;
  /** `Infinity` for never. */
  readonly #endsAt: number;
  #resolve: (settlement: Settlement) => void = nothing;
  #reject: (error: Error) => void = nothing;
  #unwatchAbort: (() => void) | undefined;
  #open = true;

  constructor(demand: Demand, parts: AcquisitionParts, owner: TicketOwner) {
    this.demand = demand;
    this.#parts = parts;
    this.#owner = owner;
    this.#startedAt = parts.clock.now();
    const { lockName, waitMs } = demand.terms;
    this.#endsAt = this.#startedAt + (waitMs === 0 ? parts.attemptTimeoutMs : waitMs);
    this.settlement = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const { signal } = demand;
    if (signal === undefined) return;
    this.#unwatchAbort = watchAbort(signal, () =>
      owner.giveUp(new LockAbortedError(lockName, signal.reason)),
    );
  }

  get open(): boolean {
    return this.#open;
  }

  /** Tells the owner at `at`, or that the time is over when that comes first. Replaces what was armed before. */
  arm(at: number): void {
    const dueAt = Math.min(at, this.#endsAt);
    if (dueAt === Infinity) this.#parts.agenda.delete(this);
    else this.#parts.agenda.set(this, dueAt);
  }

  due(): void {
    if (this.#parts.clock.now() >= this.#endsAt) this.#owner.timeIsOver();
    else this.#owner.due();
  }

  grant(tenure: Tenure): void {
    this.#close(tenure);
    this.#resolve({ outcome: 'granted', tenure, askedAt: this.#startedAt });
  }

  /** The patience is over, or need not be: busy if the server's last word was that somebody holds, else unavailable. */
  timeIsOver({ taken, trouble }: Standing): void {
    this.#close(undefined);
    const waitedMs = this.#waitedMs;
    if (taken !== undefined && trouble === undefined) {
      const { holder, remainingMs, told } = taken;
      this.#resolve({ outcome: 'busy', holder, remainingMs, told, waitedMs });
      return;
    }
    const details = { condition: trouble?.condition ?? 'timeout', waitedMs, cause: trouble };
    this.#reject(new LockUnavailableError(this.demand.terms.lockName, details));
  }

  reject(error: Error): void {
    this.#close(undefined);
    this.#reject(error);
  }

  get #waitedMs(): number {
    return this.#parts.clock.now() - this.#startedAt;
  }

  #close(tenure: Tenure | undefined): void {
    this.#open = false;
    this.#parts.agenda.delete(this);
    this.#unwatchAbort?.();
    this.#owner.settled(tenure);
  }
}
