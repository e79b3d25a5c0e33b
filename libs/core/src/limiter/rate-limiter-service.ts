/** The public face of rate limiters. An abstract class, so that it is a type, an injection token and easy to stand in for. */
import type { LockKey } from '../lease/lease-name.js';
import type { StoreCondition } from '../lease/store-error.js';
import type { Duration } from '../time/duration.js';
import type { RateLimitRule } from './rate-limit-rule.js';

/** Options of {@link RateLimiterService.define}. */
export interface RateLimiterOptions {
  /** All of them have to let a request pass, and it is counted against all or none: 1 to 8. */
  readonly limits: RateLimitRule | readonly RateLimitRule[];
  /**
   * What becomes of a request when the server cannot be asked: `throw` rejects with LockUnavailableError, `allow` lets it
   * pass uncounted. @defaultValue 'throw'
   */
  readonly whenUnavailable?: 'throw' | 'allow';
}

/** How one limit stands. */
export interface LimitState {
  /** How many may pass in {@link windowMs}; of a bucket, how many come into it. */
  readonly limit: number;
  readonly windowMs: number;
  /** How many more may pass right now. */
  readonly remaining: number;
  /** How long the request that was asked about has to wait for this limit; 0 when it does not. */
  readonly retryAfterMs: number;
  /** When nothing that was counted matters any more. */
  readonly resetMs: number;
}

/** What a limiter says of a request. */
export type RateDecision =
  | {
      readonly allowed: true;
      readonly counted: true;
      /** The smallest of all limits. */
      readonly remaining: number;
      /** One for each, in the order in which they were given. */
      readonly limits: readonly LimitState[];
    }
  /** Only with `whenUnavailable: 'allow'`. */
  | { readonly allowed: true; readonly counted: false; readonly condition: StoreCondition }
  | {
      readonly allowed: false;
      /** For how long at least it would not pass. */
      readonly retryAfterMs: number;
      readonly remaining: number;
      readonly limits: readonly LimitState[];
    };

/** Options of {@link RateLimiter.waitFor}. */
export interface WaitForOptions {
  /** How much the request counts. @defaultValue 1 */
  readonly cost?: number;
  /** How long to wait at most; 'forever' must be written out. @defaultValue '10s' or the module's */
  readonly wait?: Duration | 'forever';
  /** Aborting it gives the wait up; nothing is counted then. */
  readonly signal?: AbortSignal;
}

/**
 * A limiter by its name. All times are the server's. `key` tells apart who is limited: an address, a customer; left out,
 * all share one count. `cost` is how much a request counts, an integer of 1 or more (@defaultValue 1).
 *
 * A request whose answer did not arrive may have been counted: it is never asked again, and rejects with a
 * LockUnavailableError, or passes with `whenUnavailable: 'allow'`.
 *
 * @throws LockConfigError for a bad key, or a cost that no limit could ever let pass; LockUnavailableError;
 *   LockRefusedError when the server never will answer; LockClosedError after shutdown
 */
export interface RateLimiter {
  readonly name: string;
  /** Counts the request if all limits let it pass. One round trip. */
  consume(key?: LockKey, cost?: number): Promise<RateDecision>;
  /** Whether it would pass right now. Counts nothing. */
  check(key?: LockKey, cost?: number): Promise<RateDecision>;
  /**
   * Waits until the request passes, and counts it. Callers of one process and key go one after the other, in order.
   * @throws RateLimitedError when `wait` is over, and at once when it cannot be long enough; LockAbortedError
   */
  waitFor(key?: LockKey, options?: WaitForOptions): Promise<RateDecision>;
  /** How the limits stand. Counts nothing. */
  peek(key?: LockKey): Promise<readonly LimitState[]>;
  /** Forgets all that was counted of this key. */
  reset(key?: LockKey): Promise<void>;
}

/** Rate limiters that all processes share: each decision is one step on the server, by the server's clock. */
export abstract class RateLimiterService {
  /**
   * A limiter with checked options. Nothing is sent, and defining it again is as good: what counts is kept by name, key and
   * limit. Where processes differ in a limit, as in a rolling deploy, each counts by its own.
   * @throws LockConfigError that lists every fault
   * @example `const logins = limiters.define('login', { limits: [{ limit: 10, per: '1m' }, { limit: 100, per: '1d' }] })`
   */
  abstract define(name: string, options: RateLimiterOptions): RateLimiter;
}
