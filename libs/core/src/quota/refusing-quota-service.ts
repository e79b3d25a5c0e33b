/** Stands where quotas would be on a store that cannot keep counters, and says so to whoever wants one. */
import { LockConfigError } from '../errors.js';
import { show } from '../time/duration.js';
import { QuotaService } from './quota-service.js';

export class RefusingQuotaService extends QuotaService {
  readonly #why: string;

  constructor(why: string) {
    super();
    this.#why = why;
  }

  override define(name: string): never {
    throw new LockConfigError(`Quota ${show(name)} cannot work`, [this.#why]);
  }

  close(): void {
    // There is nothing to end.
  }
}
