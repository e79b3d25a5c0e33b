/** Stands where limiters would be on a store that cannot count, and says so to whoever wants one. */
import { LockConfigError } from '../errors.js';
import { show } from '../time/duration.js';
import { RateLimiterService } from './rate-limiter-service.js';

export class RefusingRateLimiterService extends RateLimiterService {
  readonly #why: string;

  constructor(why: string) {
    super();
    this.#why = why;
  }

  override define(name: string): never {
    throw new LockConfigError(`Limiter ${show(name)} cannot work`, [this.#why]);
  }

  close(): void {
    // There is nothing to end.
  }
}
