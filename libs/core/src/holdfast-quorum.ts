/** A quorum of servers as the ground of an instance. */
import { LockConfigError } from './errors.js';
import { CLOSE_WITHIN_MS } from './holdfast-ending.js';
import type { Ground } from './holdfast-ground.js';
import { QuorumHost, type QuorumMember } from './holdfast-quorum-host.js';
import { absenceMs } from './quorum/absence.js';
import { QuorumCardStore } from './quorum/quorum-card-store.js';
import { QuorumLeaseStore } from './quorum/quorum-lease-store.js';
import { KeySpace } from './redis/keys.js';
import { openHost } from './redis/open-host.js';
import { longestTtlOf, type QuorumConnection, type QuorumServer } from './redis/quorum-connection.js';
import { RedisCardStore } from './redis/redis-card-store.js';
import { RedisVotingStore } from './redis/redis-voting-store.js';
import type { HostContext, ScriptHost } from './redis/script-host.js';

const NO_JOBS =
  'connection: a quorum keeps no jobs: their history and claims need one server; give jobs an instance of their own on ' +
  'a single Redis, and this one jobs: { enabled: false }';
const NO_READERS = 'a quorum keeps no readers: who reads beside whom needs one server to say';
const NO_PERMITS =
  'connection: a quorum keeps no semaphores: who has how many permits needs one server to count; give semaphores an ' +
  'instance of their own on a single Redis';
const NO_LIMITS =
  'connection: a quorum keeps no limiters: what has passed needs one server to count; give limiters an instance of their ' +
  'own on a single Redis';
const NO_QUOTAS =
  'connection: a quorum keeps no quotas: their counters need one server; give quotas an instance of their own on a single ' +
  'Redis';
const NO_OUTCOMES =
  'connection: a quorum remembers nothing that is done once: that needs one server; give it an instance of its own on a ' +
  'single Redis';
const NO_ARRIVALS =
  'connection: a quorum keeps no latches: who has arrived needs one server to count; give latches an instance of their own ' +
  'on a single Redis';
const NO_SCRIPTS =
  'connection: a quorum runs no scripts of yours: each of its servers would run them by itself; give them an instance of ' +
  'their own on a single Redis';
const NO_PREFERENCES = 'a quorum has no preferred candidates: the lines of its servers are never moved';

/** @throws LockConfigError when a connection leads nowhere, or to more than one server */
export async function openQuorum(connection: QuorumConnection, context: HostContext): Promise<Ground> {
  const hosts: ScriptHost[] = [];
  try {
    for (const server of connection.quorum) hosts.push(await open(server, context));
    return groundOn(hosts, connection, context.namespace);
  } catch (error) {
    await Promise.all(hosts.map((host) => host.close(CLOSE_WITHIN_MS)));
    throw error;
  }
}

function open(server: QuorumServer, context: HostContext): Promise<ScriptHost> | ScriptHost {
  if (typeof server === 'object' && 'holdfastHost' in server) return server.open(context);
  return openHost(server, context);
}

function groundOn(hosts: readonly ScriptHost[], connection: QuorumConnection, namespace: string): Ground {
  const [first] = hosts;
  const fault = faultOf(hosts);
  if (first === undefined || fault !== undefined)
    throw new LockConfigError('Holdfast cannot start', [fault ?? 'connection.quorum: must not be empty']);
  const terms = { absentMs: absenceMs(longestTtlOf(connection)) };
  const members = hosts.map((host): QuorumMember => {
    const keys = new KeySpace(namespace, host.keyPrefix);
    const voting = new RedisVotingStore(host, keys, terms);
    return { host, voting, cards: new RedisCardStore(host, keys) };
  });
  const host = new QuorumHost(members, first.clock, terms.absentMs);
  const store = new QuorumLeaseStore(
    members.map(({ voting }) => voting),
    first.clock,
  );
  return {
    host,
    store,
    readers: NO_READERS,
    permits: NO_PERMITS,
    limits: NO_LIMITS,
    quotas: NO_QUOTAS,
    outcomes: NO_OUTCOMES,
    arrivals: NO_ARRIVALS,
    scripts: NO_SCRIPTS,
    jobs: NO_JOBS,
    preferences: NO_PREFERENCES,
    cards: new QuorumCardStore(members),
    listen: (processId) => store.listen(processId),
    missing: (processId, limitMs) => host.missing(processId, limitMs),
    replicas: () => Promise.resolve(undefined),
  };
}

function faultOf(hosts: readonly ScriptHost[]): string | undefined {
  if (hosts.some(({ oneNameACall }) => oneNameACall === true))
    return 'connection.quorum: a factory made a client of a cluster; give independent servers, or the cluster alone';
  return hosts.some(({ clock }) => clock !== hosts[0]?.clock)
    ? 'connection.quorum: all servers must be on one clock of this process; give all embedded() the same, or none'
    : undefined;
}
