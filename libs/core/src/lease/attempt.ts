import { keyTtlMs, type Demand, type Share } from './demand.js';
import type { AcquireReply, AcquireRequest } from './lease-store.js';
import type { StoreError } from './store-error.js';

/** Who sends attempts, and knows which of them still counts. */
export interface AttemptOwner {
  readonly demand: Demand;
  wants(attempt: Attempt): boolean;
  answered(attempt: Attempt, reply: AcquireReply): void;
  failed(attempt: Attempt, error: StoreError): void;
}

/** What an attempt says beside what is demanded. */
export interface AttemptTerms {
  readonly grantMs: number;
  /** From this fence on it is held by who was at it when this was first asked, or by who came later. */
  readonly heldSince: number | undefined;
}

/** One call to the store. It stays what it was sent as, whatever becomes of its acquisition. */
export class Attempt implements AcquireRequest {
  readonly token: string;
  readonly grantMs: number;
  readonly outcomeSince: number | undefined;
  readonly #owner: AttemptOwner;

  constructor(owner: AttemptOwner, token: string, { grantMs, heldSince }: AttemptTerms) {
    this.#owner = owner;
    this.token = token;
    this.grantMs = grantMs;
    this.outcomeSince = owner.demand.terms.outcomeOf === 'anybody' ? 0 : heldSince;
  }

  get operation(): 'acquire' {
    return 'acquire';
  }

  get identity(): string {
    return this.#owner.demand.identity;
  }

  get ttlMs(): number {
    return keyTtlMs(this.#owner.demand.terms);
  }

  get share(): Share | undefined {
    return this.#owner.demand.terms.share;
  }

  get queueing(): boolean {
    return this.#owner.demand.terms.waitMs > 0;
  }

  stillWanted(): boolean {
    return this.#owner.wants(this);
  }

  answered(reply: AcquireReply): void {
    this.#owner.answered(this, reply);
  }

  failed(error: StoreError): void {
    this.#owner.failed(this, error);
  }
}
