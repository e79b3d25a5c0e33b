/** From what the user gives as `connection` to the hosts that run the scripts there. */
import type { Cluster, Redis } from 'ioredis';
import { systemClock } from '../time/clock.js';
import {
  asToldTo,
  isCluster,
  isClusterInWords,
  planOf,
  type ClusterConnection,
} from './cluster-connection.js';
import { ClusterHost } from './cluster-host.js';
import { knowsReplicas, liveClusterFaults } from './connection-faults.js';
import { cannotStart, isLiveClient, type RedisConnection, type SingleConnection } from './connection.js';
import { alone } from './host-role.js';
import { IoredisHost } from './ioredis-host.js';
import type { HostContext, ScriptHost } from './script-host.js';
import { NOBODY_KNOWS, WantedReplicas, type ReplicaTerms } from './wanted-replicas.js';

/** Where an instance keeps things. One and the same, unless grants and renewals wait for replicas. */
export interface Hosts {
  /** Of leases, and of runs of jobs. */
  readonly leases: ScriptHost;
  /** Of everything else, which must not wait behind them. */
  readonly rest: ScriptHost;
}

/** @throws LockConfigError when the connection leads nowhere, or to where nobody knows the replicas that are asked for */
export function openHosts(
  connection: RedisConnection,
  context: HostContext,
  replicas: ReplicaTerms | undefined,
): Hosts {
  if (replicas === undefined) {
    const host = openHost(connection, context);
    return { leases: host, rest: host };
  }
  const leases = openHost(connection, context, new WantedReplicas(replicas, systemClock));
  // What happens to one connection happens to the other, and is told once.
  return { leases, rest: openHost(connection, { ...context, report: () => undefined }) };
}

/** @throws LockConfigError when it leads nowhere */
export function openHost(
  connection: RedisConnection,
  context: HostContext,
  replicas?: WantedReplicas,
): ScriptHost {
  const role = { context, replicas };
  if (typeof connection !== 'function') return hostOf(connection, role);
  const made = madeBy(connection);
  try {
    return hostOf(made, role);
  } finally {
    made.disconnect();
  }
}

/** What is the same for hosts of every kind. */
interface Opening {
  readonly context: HostContext;
  readonly replicas: WantedReplicas | undefined;
}

function hostOf(
  connection: SingleConnection | ClusterConnection | Cluster,
  { context, replicas }: Opening,
): ScriptHost {
  if (typeof connection !== 'string') {
    if (isClusterInWords(connection)) return new ClusterHost(planOf(connection), context, replicas);
    if (isCluster(connection)) return new ClusterHost(planOf(toldTo(connection)), context, replicas);
  }
  if (replicas?.hasToBeFound === true && knowsReplicas(connection) === 'no')
    throw cannotStart([NOBODY_KNOWS]);
  return new IoredisHost(connection, context, alone(replicas));
}

function toldTo(client: Cluster): ClusterConnection {
  const faults = liveClusterFaults(client);
  if (faults.length > 0) throw cannotStart(faults);
  return asToldTo(client);
}

function madeBy(factory: () => unknown): Redis | Cluster {
  const made = factory();
  if (typeof made === 'object' && made !== null && isLiveClient(made)) return made;
  throw cannotStart(['connection: the factory must return an ioredis client, and not a promise of one']);
}
