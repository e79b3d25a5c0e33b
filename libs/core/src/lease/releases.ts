/** Sends the one release of a tenure, and answers for it in time whatever the store does. */
import type { ReleaseOutcome } from '../events.js';
import type { AcquisitionParts, Waiting } from './acquisition-parts.js';
import type { HeldLease } from './held-lease.js';
import type { ReleaseRequest } from './lease-store.js';

/** What releases work with. */
export type ReleaseParts = Pick<AcquisitionParts, 'store' | 'agenda' | 'attemptTimeoutMs'>;

export class Releases {
  readonly #parts: ReleaseParts;
  readonly #told: (lease: HeldLease, outcome: ReleaseOutcome) => void;
  /** Sent and not answered. */
  #open = 0;
  readonly #onQuiet: (() => void)[] = [];

  constructor(parts: ReleaseParts, told: (lease: HeldLease, outcome: ReleaseOutcome) => void) {
    this.#parts = parts;
    this.#told = told;
  }

  /** Resolves after one round trip at most, and no later than an attempt may take; never rejects. */
  send(lease: HeldLease, holdMs: number, now: number): Promise<ReleaseOutcome> {
    const { store, agenda, attemptTimeoutMs } = this.#parts;
    const pending = new PendingRelease(lease, holdMs, this);
    this.#open += 1;
    agenda.set(pending, now + attemptTimeoutMs);
    store.release(pending);
    return pending.outcome;
  }

  ended(pending: PendingRelease, outcome: ReleaseOutcome): void {
    this.#parts.agenda.delete(pending);
    this.#told(pending.lease, outcome);
    this.#open -= 1;
    if (this.#open === 0) for (const resolve of this.#onQuiet.splice(0)) resolve();
  }

  /** Resolves when none is under way. */
  settled(): Promise<void> {
    if (this.#open === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onQuiet.push(resolve));
  }
}

const nothing = (): void => undefined;

class PendingRelease implements ReleaseRequest, Waiting {
  readonly lease: HeldLease;
  readonly holdMs: number;
  readonly outcome: Promise<ReleaseOutcome>;
  bucket: Waiting['bucket'] = undefined;
  before: Waiting | undefined = undefined;
  behind: Waiting | undefined = undefined;
  readonly #releases: Releases;
  #resolve: (outcome: ReleaseOutcome) => void = nothing;
  #over = false;

  constructor(lease: HeldLease, holdMs: number, releases: Releases) {
    this.lease = lease;
    this.holdMs = holdMs;
    this.#releases = releases;
    this.outcome = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  get operation(): 'release' {
    return 'release';
  }

  get identity(): string {
    return this.lease.tenure.identity;
  }

  get token(): string {
    return this.lease.tenure.token;
  }

  answered(released: boolean): void {
    this.#end(released ? 'released' : 'lost');
  }

  failed(): void {
    this.#end('unknown');
  }

  /** No answer came in time. */
  due(): void {
    this.#end('unknown');
  }

  /** Of a lease that was lost before, the release tidies up and no more. */
  #end(outcome: ReleaseOutcome): void {
    if (this.#over) return;
    this.#over = true;
    const ended = this.lease.endError === undefined ? outcome : 'lost';
    this.#releases.ended(this, ended);
    this.#resolve(ended);
  }
}
