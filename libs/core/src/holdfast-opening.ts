/** From what the user gives as `connection` to the ground of an instance. */
import { missingOfOne, replicaTrouble } from './health.js';
import type { Ground, GroundHost } from './holdfast-ground.js';
import type { ResolvedHoldfastOptions } from './holdfast-options.js';
import { openQuorum } from './holdfast-quorum.js';
import { KeySpace } from './redis/keys.js';
import { openHosts, type Hosts } from './redis/open-host.js';
import { isQuorum } from './redis/quorum-connection.js';
import { RedisCardStore } from './redis/redis-card-store.js';
import { RedisJobStore } from './redis/redis-job-store.js';
import { RedisLatchStore } from './redis/redis-latch-store.js';
import { RedisLeaseStore } from './redis/redis-lease-store.js';
import { RedisLimitStore } from './redis/redis-limit-store.js';
import { RedisOnceStore } from './redis/redis-once-store.js';
import { RedisPermitStore } from './redis/redis-permit-store.js';
import { RedisPreferenceStore } from './redis/redis-preference-store.js';
import { RedisQuotaStore } from './redis/redis-quota-store.js';
import { RedisReaderStore } from './redis/redis-reader-store.js';
import { RedisScriptStore } from './redis/redis-script-store.js';
import type { HostContext, HostProvider } from './redis/script-host.js';

/** @throws LockConfigError when a connection leads nowhere */
export async function openGround(options: ResolvedHoldfastOptions): Promise<Ground> {
  const { connection, namespace, log, replicas, scripts } = options;
  const context: HostContext = { namespace, report: log, scripts };
  if (isQuorum(connection)) return openQuorum(connection, context);
  if (!isHostProvider(connection)) return groundOn(openHosts(connection, context, replicas), namespace);
  const host = await connection.open(context);
  return groundOn({ leases: host, rest: host }, namespace);
}

function isHostProvider(connection: unknown): connection is HostProvider {
  return typeof connection === 'object' && connection !== null && 'holdfastHost' in connection;
}

function groundOn(hosts: Hosts, namespace: string): Ground {
  const { leases, rest } = hosts;
  const { clock, replicas } = leases;
  const keys = new KeySpace(namespace, leases.keyPrefix);
  // What is pushed no replica has said that it has.
  const store = new RedisLeaseStore(leases, keys, replicas === undefined ? 'grant' : 'hint');
  const permits = new RedisPermitStore(leases, keys, replicas === undefined ? 'grant' : 'hint');
  const readers = new RedisReaderStore(leases, keys, (identity) => store.inspect(identity));
  const outcomes = new RedisOnceStore(leases, keys, (identity) => store.inspect(identity));
  const arrivals = new RedisLatchStore(leases, keys);
  const cards = new RedisCardStore(rest, keys);
  return {
    ...{ host: asOne(hosts), store, cards },
    readers,
    permits,
    outcomes,
    arrivals,
    limits: new RedisLimitStore(rest, keys),
    quotas: new RedisQuotaStore(leases, keys),
    scripts: new RedisScriptStore(rest, keys),
    jobs: new RedisJobStore(leases, keys),
    preferences: new RedisPreferenceStore(rest, keys),
    listen: (processId) =>
      leases.subscribe(keys.channel(processId), (message) => {
        for (const kind of [store, permits, readers, outcomes, arrivals]) kind.deliver(message);
      }),
    missing: async (processId, limitMs) =>
      leases.trouble ?? missingOfOne(clock, limitMs, cards.lookUp(processId)),
    replicas: (limitMs) => replicaTrouble(replicas, clock, limitMs),
  };
}

/** Both connections: what is told is told of the one that carries leases. */
function asOne({ leases, rest }: Hosts): GroundHost {
  if (leases === rest) return leases;
  return {
    clock: leases.clock,
    label: leases.label,
    get trouble() {
      return leases.trouble;
    },
    whenUp: async (withinMs) =>
      void (await Promise.all([leases.whenUp?.(withinMs), rest.whenUp?.(withinMs)])),
    findings: async () => (await leases.findings?.()) ?? [],
    close: async (withinMs) => void (await Promise.all([leases.close(withinMs), rest.close(withinMs)])),
  };
}
