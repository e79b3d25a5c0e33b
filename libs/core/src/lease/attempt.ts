import type { Demand } from './demand.js';
import type { AcquireRequest } from './lease-store.js';

/** Who sends attempts, and knows which of them still counts. */
interface Asker {
  readonly demand: Demand;
  wants(attempt: Attempt): boolean;
}

/** One call to the store. It stays what it was sent as, whatever becomes of its acquisition. */
export class Attempt implements AcquireRequest {
  readonly token: string;
  readonly grantMs: number;
  readonly #asker: Asker;

  constructor(asker: Asker, token: string, grantMs: number) {
    this.#asker = asker;
    this.token = token;
    this.grantMs = grantMs;
  }

  get identity(): string {
    return this.#asker.demand.identity;
  }

  get ttlMs(): number {
    return this.#asker.demand.terms.ttlMs;
  }

  get queueing(): boolean {
    return this.#asker.demand.terms.waitMs > 0;
  }

  stillWanted(): boolean {
    return this.#asker.wants(this);
  }
}
