/** From what the user gives as `connection` to the host that runs the scripts there. */
import type { Cluster, Redis } from 'ioredis';
import {
  asToldTo,
  isCluster,
  isClusterInWords,
  planOf,
  type ClusterConnection,
} from './cluster-connection.js';
import { ClusterHost } from './cluster-host.js';
import { liveClusterFaults } from './connection-faults.js';
import { cannotStart, isLiveClient, type RedisConnection, type SingleConnection } from './connection.js';
import { IoredisHost } from './ioredis-host.js';
import type { HostContext, ScriptHost } from './script-host.js';

/** @throws LockConfigError when it leads nowhere */
export function openHost(connection: RedisConnection, context: HostContext): ScriptHost {
  if (typeof connection !== 'function') return hostOf(connection, context);
  const made = madeBy(connection);
  try {
    return hostOf(made, context);
  } finally {
    made.disconnect();
  }
}

function hostOf(
  connection: SingleConnection | ClusterConnection | Cluster,
  context: HostContext,
): ScriptHost {
  if (typeof connection === 'string') return new IoredisHost(connection, context);
  if (isClusterInWords(connection)) return new ClusterHost(planOf(connection), context);
  if (!isCluster(connection)) return new IoredisHost(connection, context);
  const faults = liveClusterFaults(connection);
  if (faults.length > 0) throw cannotStart(faults);
  return new ClusterHost(planOf(asToldTo(connection)), context);
}

function madeBy(factory: () => unknown): Redis | Cluster {
  const made = factory();
  if (typeof made === 'object' && made !== null && isLiveClient(made)) return made;
  throw cannotStart(['connection: the factory must return an ioredis client, and not a promise of one']);
}
