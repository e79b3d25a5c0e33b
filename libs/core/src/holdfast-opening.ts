/** From what the user gives as `connection` to the ground of an instance. */
import { missingOfOne } from './health.js';
import type { Ground } from './holdfast-ground.js';
import type { ResolvedHoldfastOptions } from './holdfast-options.js';
import { openQuorum } from './holdfast-quorum.js';
import { KeySpace } from './redis/keys.js';
import { openHost } from './redis/open-host.js';
import { isQuorum } from './redis/quorum-connection.js';
import { RedisCardStore } from './redis/redis-card-store.js';
import { RedisJobStore } from './redis/redis-job-store.js';
import { RedisLeaseStore } from './redis/redis-lease-store.js';
import { RedisPreferenceStore } from './redis/redis-preference-store.js';
import type { HostContext, HostProvider, ScriptHost } from './redis/script-host.js';

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
