import type { Clock } from '../time/clock.js';
import type { LimitStore } from './limit-store.js';

/** What limiters are made of. */
export interface LimiterParts {
  readonly store: LimitStore;
  readonly clock: Clock;
  readonly attemptTimeoutMs: number;
  /** Of `waitFor`, where a caller says nothing. */
  readonly waitMs: number;
}
