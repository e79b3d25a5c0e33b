/** What an instance stands on: a single Redis, a cluster or the embedded host; or a quorum, which has its own file. */
import { missingOfOne } from './health.js';
import type { ResolvedHoldfastOptions } from './holdfast-options.js';
import { openQuorum } from './holdfast-quorum.js';
import type { JobStore } from './jobs/job-store.js';
import type { PreferenceStore } from './leader/preference-store.js';
import type { CardStore } from './lease/card-store.js';
import type { LeaseStore } from './lease/lease-store.js';
import type { StoreError } from './lease/store-error.js';
import { KeySpace } from './redis/keys.js';
import { openHost } from './redis/open-host.js';
import { isQuorum } from './redis/quorum-connection.js';
import { RedisCardStore } from './redis/redis-card-store.js';
import { RedisJobStore } from './redis/redis-job-store.js';
import { RedisLeaseStore } from './redis/redis-lease-store.js';
import { RedisPreferenceStore } from './redis/redis-preference-store.js';
import type { HostContext, HostProvider, ScriptHost } from './redis/script-host.js';

/** Where the connections lead to. */
export type GroundHost = Pick<ScriptHost, 'clock' | 'label' | 'trouble' | 'whenUp' | 'findings' | 'close'>;

/** The stores of an instance, and the connections under them. */
export interface Ground {
  readonly host: GroundHost;
  readonly store: LeaseStore;
  readonly cards: CardStore;
  /** Why there are no jobs, where they cannot be kept. */
  readonly jobs: JobStore | string;
  /** Why no candidate can be preferred, where that cannot be kept. */
  readonly preferences: PreferenceStore | string;
  /** Listens for what is pushed to this process. */
  listen(processId: string): Promise<void>;
  /** Which servers do not answer within `limitMs`, although enough do; or why too few do. Never rejects. */
  missing(processId: string, limitMs: number): Promise<readonly string[] | StoreError>;
}

/** @throws LockConfigError when a connection leads nowhere */
export async function openGround(options: ResolvedHoldfastOptions): Promise<Ground> {
  const { connection, namespace, log } = options;
  const context: HostContext = { namespace, report: log };
  if (isQuorum(connection)) return openQuorum(connection, context);
  const host = isHostProvider(connection) ? await connection.open(context) : openHost(connection, context);
  return groundOn(host, new KeySpace(namespace, host.keyPrefix));
}

function isHostProvider(connection: unknown): connection is HostProvider {
  return typeof connection === 'object' && connection !== null && 'holdfastHost' in connection;
}

function groundOn(host: ScriptHost, keys: KeySpace): Ground {
  const store = new RedisLeaseStore(host, keys);
  const cards = new RedisCardStore(host, keys);
  return {
    ...{ host, store, cards },
    jobs: new RedisJobStore(host, keys),
    preferences: new RedisPreferenceStore(host, keys),
    listen: (processId) => store.listen(processId),
    missing: (processId, limitMs) => missingOfOne(host.clock, limitMs, cards.lookUp(processId)),
  };
}
