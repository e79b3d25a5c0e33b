/** One term of a leader: its lease, whose signal aborts also when the leader itself ends the term. */
import type { ReleaseOutcome } from '../events.js';
import { LeaseLostError } from '../lease-errors.js';
import type { HeldLease } from '../lease/held-lease.js';
import type { Lease } from '../lease/lease.js';

/** How a term ends. */
export type TermEnd = 'lost' | 'stepped-down' | 'yielded' | 'stopped';

export class Term implements Lease {
  readonly lockName: string;
  readonly fence: number;
  readonly #lease: HeldLease;
  readonly #ended: (why: TermEnd) => void;
  readonly #controller = new AbortController();

  /** @param ended is called once, in the same tick, with the signal aborted */
  constructor(lease: HeldLease, ended: (why: TermEnd) => void) {
    this.lockName = lease.lockName;
    this.fence = lease.fence;
    this.#lease = lease;
    this.#ended = ended;
  }

  /** From now on a loss ends it. Ends it at once when the lease is lost already. */
  begin(): void {
    const { signal } = this.#lease;
    if (signal.aborted) this.#lost(signal.reason);
    else signal.addEventListener('abort', () => this.#lost(signal.reason), { once: true });
  }

  get signal(): AbortSignal {
    void this.held;
    return this.#controller.signal;
  }

  /** Looks at the clock, which may end the term. */
  get held(): boolean {
    return this.#lease.held;
  }

  get remainingMs(): number {
    return this.#lease.remainingMs;
  }

  assertHeld(): void {
    this.#lease.assertHeld();
  }

  release(): Promise<ReleaseOutcome> {
    return this.end('stepped-down');
  }

  /** Gives the lease back; whoever looks from now on sees that it is over, before the server hears of it. */
  end(why: TermEnd): Promise<ReleaseOutcome> {
    const released = this.#lease.release();
    const { lockName, fence } = this;
    this.#over(why, new LeaseLostError(lockName, { reason: 'released', fence }));
    return released;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }

  #lost(reason: unknown): void {
    this.#over('lost', reason);
    // Its key may still be there, and the next leader waits for it.
    void this.#lease.release();
  }

  #over(why: TermEnd, reason: unknown): void {
    if (this.#controller.signal.aborted) return;
    this.#controller.abort(reason);
    this.#ended(why);
  }
}
