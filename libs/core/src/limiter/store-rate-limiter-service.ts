/** Limiters on a store that counts. */
import type { LimiterParts } from './limiter-parts.js';
import { resolveRateLimiter } from './rate-limiter-options.js';
import { RateLimiterService, type RateLimiter, type RateLimiterOptions } from './rate-limiter-service.js';
import { StoreRateLimiter } from './store-rate-limiter.js';
import { Turns } from './turns.js';

export class StoreRateLimiterService extends RateLimiterService {
  readonly #parts: LimiterParts;
  readonly #turns = new Turns();
  readonly #closing = new AbortController();

  constructor(parts: LimiterParts) {
    super();
    this.#parts = parts;
  }

  override define(name: string, options: RateLimiterOptions): RateLimiter {
    const terms = resolveRateLimiter(name, options);
    return new StoreRateLimiter({ ...this.#parts, turns: this.#turns, closed: this.#closing.signal }, terms);
  }

  /** Refuses what is new, and ends waits. */
  close(): void {
    this.#closing.abort();
  }
}
