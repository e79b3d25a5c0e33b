/** Quotas on a store that keeps their counters. */
import { resolveQuota } from './quota-options.js';
import { QuotaService, type Quota, type QuotaOptions } from './quota-service.js';
import { StoreQuota, type QuotaParts } from './store-quota.js';

export class StoreQuotaService extends QuotaService {
  readonly #parts: Omit<QuotaParts, 'closed'>;
  readonly #closing = new AbortController();

  constructor(parts: Omit<QuotaParts, 'closed'>) {
    super();
    this.#parts = parts;
  }

  override define<const Counter extends string>(
    name: string,
    options: QuotaOptions<Counter>,
  ): Quota<Counter> {
    const terms = resolveQuota(name, options);
    return new StoreQuota({ ...this.#parts, closed: this.#closing.signal }, terms, namesOf(options.counters));
  }

  /** Refuses what is new. */
  close(): void {
    this.#closing.abort();
  }
}

/** In the order in which the terms have them. */
function namesOf<Counter extends string>(counters: Readonly<Record<Counter, unknown>>): Counter[] {
  const names: Counter[] = [];
  for (const name in counters) if (Object.hasOwn(counters, name)) names.push(name);
  return names;
}
