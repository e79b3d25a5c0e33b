import type { Clock } from '../time/clock.js';
import type { LeaseStore } from './lease-store.js';
import type { TokenCleanup } from './token-cleanup.js';
import type { TokenSource } from './token-source.js';

/** What an acquisition works with. */
export interface AcquisitionParts {
  readonly store: LeaseStore;
  readonly clock: Clock;
  readonly tokens: TokenSource;
  readonly cleanup: TokenCleanup;
  readonly attemptTimeoutMs: number;
}

/** How often a waiter says that it lives. */
export const POLL_MS = 1_000;
/** How long a first grant by push may wait for its confirmation; each missed one doubles it, up to the ttl. */
export const FIRST_GRANT_MS = 2_000;
export const RETRY = { firstMs: 25, mostMs: 250 };

/** What an attempt was sent with. */
export interface Attempt {
  readonly number: number;
  readonly token: string;
  readonly grantMs: number;
}
