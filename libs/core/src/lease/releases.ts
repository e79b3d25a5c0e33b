/** Sends the one release of a tenure, and answers for it in time whatever the store does. */
import type { ReleaseOutcome } from '../events.js';
import type { AcquisitionParts, Waiting } from './acquisition-parts.js';
import type { ReleaseRequest } from './lease-store.js';
import type { Tenure } from './tenure.js';

/** What releases work with. */
export type ReleaseParts = Pick<AcquisitionParts, 'store' | 'clock' | 'agenda' | 'attemptTimeoutMs'>;

export class Releases {
  readonly #parts: ReleaseParts;
  readonly #pending = new Set<PendingRelease>();

  constructor(parts: ReleaseParts) {
    this.#parts = parts;
  }

  /** Resolves after one round trip at most, and no later than an attempt may take; never rejects. */
  send(tenure: Tenure, holdMs: number): Promise<ReleaseOutcome> {
    const { store, clock, agenda, attemptTimeoutMs } = this.#parts;
    const pending = new PendingRelease(tenure, holdMs, this);
    this.#pending.add(pending);
    agenda.set(pending, clock.now() + attemptTimeoutMs);
    store.release(pending);
    return pending.outcome;
  }

  ended(pending: PendingRelease): void {
    this.#pending.delete(pending);
    this.#parts.agenda.delete(pending);
  }

  /** Resolves when none of those that are under way now is any more. */
  async settled(): Promise<void> {
    await Promise.all([...this.#pending].map(({ outcome }) => outcome));
  }
}

class PendingRelease implements ReleaseRequest, Waiting {
  readonly holdMs: number;
  readonly outcome: Promise<ReleaseOutcome>;
  bucket: number | undefined = undefined;
  readonly #tenure: Tenure;
  readonly #releases: Releases;
  #resolve: (outcome: ReleaseOutcome) => void = () => undefined;

  constructor(tenure: Tenure, holdMs: number, releases: Releases) {
    this.#tenure = tenure;
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
    return this.#tenure.identity;
  }

  get token(): string {
    return this.#tenure.token;
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

  #end(outcome: ReleaseOutcome): void {
    this.#releases.ended(this);
    this.#resolve(outcome);
  }
}
