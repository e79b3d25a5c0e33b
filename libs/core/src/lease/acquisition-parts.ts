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
