import type { Clock } from '../time/clock.js';
import type { Agenda, AgendaItem } from './agenda.js';
import type { AcquireReply, LeaseStore } from './lease-store.js';
import type { StoreError } from './store-error.js';
import type { TokenCleanup } from './token-cleanup.js';
import type { TokenSource } from './token-source.js';

/** Something that waits for a moment: an answer that does not come, the next attempt, the end of somebody's patience. */
export interface Waiting extends AgendaItem<Waiting> {
  /** The moment came. */
  due(): void;
}

/** What acquisitions work with. */
export interface AcquisitionParts {
  readonly store: LeaseStore;
  readonly clock: Clock;
  readonly tokens: TokenSource;
  readonly cleanup: TokenCleanup;
  readonly agenda: Agenda<Waiting>;
  readonly attemptTimeoutMs: number;
}

/** What is known about a lock that somebody else holds, or about why nothing is known. */
export interface Standing {
  /** The server's last word, when that was that somebody holds. */
  readonly taken:
    Pick<Extract<AcquireReply, { outcome: 'taken' }>, 'holder' | 'remainingMs' | 'told'> | undefined;
  /** What went wrong since. */
  readonly trouble: StoreError | undefined;
}

export const NOTHING_KNOWN: Standing = { taken: undefined, trouble: undefined };

/** How often a waiter says that it lives. */
const POLL_MS = 1_000;

/** How long somebody in line rests: until the next heartbeat, or until the holder's lease should be over. */
export function inLineMs(expiresInMs: number): number {
  return Math.min(POLL_MS, expiresInMs + 1);
}

/** How long a first grant by push may wait for its confirmation; each missed one doubles it, up to the ttl. */
export const FIRST_GRANT_MS = 2_000;
export const RETRY = { firstMs: 25, mostMs: 250 };
