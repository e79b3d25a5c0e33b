/** What is wrong with a `connection`, found without connecting. No value of the user's is shown that may hold a password. */
import { show, unknownOption } from '../time/duration.js';
import {
  asToldTo,
  isCluster,
  isClusterInWords,
  toldToSomeOnly,
  type ClusterConnection,
} from './cluster-connection.js';
import { isLiveClient } from './connection.js';
import type { NodeAddress } from './redirect.js';

const KNOWN_OF_NODE: ReadonlySet<string> = new Set(['host', 'port'] satisfies (keyof NodeAddress)[]);
const KNOWN_OF_CLUSTER: ReadonlySet<string> = new Set([
  'cluster',
  'redisOptions',
  'natMap',
] satisfies (keyof ClusterConnection)[]);
/** Of one server: a cluster has many, and one database. */
const NOT_OF_NODES = ['host', 'port', 'path', 'sentinels'];

/** One sentence each; empty when nothing is wrong. */
export function connectionFaults(connection: unknown): readonly string[] {
  if (connection === undefined || connection === null) {
    return [
      "connection: undefined must be given; 'redis://localhost:6379' (or ioredis options, a cluster, a client, " +
        'a factory) for several processes, embedded() of @holdfast/embedded for one process without Redis',
    ];
  }
  if (typeof connection === 'string') {
    const parsed = tryUrl(connection);
    return parsed !== null && /^rediss?:$/.test(parsed.protocol)
      ? []
      : ['connection: the text given must be a URL that starts with redis:// or rediss://'];
  }
  if (typeof connection === 'function') return [];
  if (typeof connection === 'object' && isConnectionObject(connection)) return faultsOfObject(connection);
  return [
    `connection: ${show(connection)} must be a URL, ioredis options, a cluster, a client, a factory or embedded()`,
  ];
}

/**
 * Whether somebody there knows how many replicas there are: sentinels or a cluster do. Of a factory that shows when it
 * has made a client.
 */
export function knowsReplicas(connection: unknown): 'yes' | 'no' | 'shows' | 'has-none' {
  if (typeof connection === 'function') return 'shows';
  if (typeof connection !== 'object' || connection === null) return 'no';
  if ('holdfastHost' in connection) return 'has-none';
  if (isClusterInWords(connection) || isCluster(connection)) return 'yes';
  const { sentinels }: { sentinels?: unknown } = isLiveClient(connection) ? connection.options : connection;
  return Array.isArray(sentinels) ? 'yes' : 'no';
}

/** A URL object, a promise or an array has no option of ioredis: it would quietly mean localhost. */
function isConnectionObject(value: object): boolean {
  return isPlain(value) || 'holdfastHost' in value || isLiveClient(value);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function faultsOfObject(connection: object): readonly string[] {
  if ('holdfastHost' in connection) return [];
  if (isLiveClient(connection)) return isCluster(connection) ? liveClusterFaults(connection) : [];
  if (isClusterInWords(connection)) return clusterFaults(connection);
  return 'sentinels' in connection ? sentinelFaults(connection) : [];
}

/** @param client by shape, so that it may lack what we look for */
export function liveClusterFaults(client: Parameters<typeof asToldTo>[0]): readonly string[] {
  if (client.options.useSRVRecords === true)
    return [
      "connection: a cluster that is looked up with useSRVRecords isn't supported; name some of its nodes",
    ];
  const own = toldToSomeOnly(client);
  if (own.length > 0)
    return [
      `connection: no node of the Cluster client may have ${own.join(', ')} of its own; give it in redisOptions`,
    ];
  return asToldTo(client).cluster.length > 0
    ? []
    : ['connection: the Cluster client must be of ioredis and name at least one node'];
}

function clusterFaults(connection: object): readonly string[] {
  const { cluster, redisOptions, natMap }: Partial<Record<string, unknown>> = { ...connection };
  const faults = unknownIn(connection, KNOWN_OF_CLUSTER).map((fault) => `connection.${fault}`);
  if (!Array.isArray(cluster) || cluster.length === 0)
    faults.push(
      `connection.cluster: ${showList(cluster)} must be a list of { host, port } with at least one node`,
    );
  else faults.push(...cluster.flatMap((node: unknown, at) => nodeFaults(node, `connection.cluster[${at}]`)));
  faults.push(...nodeOptionFaults(redisOptions));
  if (natMap !== undefined && typeof natMap !== 'function' && (typeof natMap !== 'object' || natMap === null))
    faults.push(`connection.natMap: ${show(natMap)} must be an object or a function`);
  return faults;
}

function unknownIn(options: object, known: ReadonlySet<string>): string[] {
  return Object.keys(options)
    .filter((option) => !known.has(option))
    .map((option) => unknownOption(option, known));
}

function showList(value: unknown): string {
  return Array.isArray(value) ? '[]' : show(value);
}

function nodeFaults(node: unknown, option: string): string[] {
  if (typeof node !== 'object' || node === null) return [`${option}: ${show(node)} must be { host, port }`];
  const { host, port }: { host?: unknown; port?: unknown } = node;
  const faults = unknownIn(node, KNOWN_OF_NODE).map((fault) => `${option}.${fault}`);
  if (typeof host !== 'string' || host === '')
    faults.push(`${option}.host: ${show(host)} must be a name or an address`);
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535)
    faults.push(`${option}.port: ${show(port)} must be a whole number from 1 to 65535`);
  return faults;
}

function nodeOptionFaults(options: unknown): string[] {
  if (options === undefined) return [];
  if (typeof options !== 'object' || options === null)
    return [`connection.redisOptions: ${show(options)} must be an object`];
  const faults = NOT_OF_NODES.filter((option) => option in options).map(
    (option) => `connection.redisOptions.${option}: must not be given; the nodes tell where they are`,
  );
  if ('db' in options && options.db !== undefined && options.db !== 0)
    faults.push(`connection.redisOptions.db: ${show(options.db)} must be 0; a cluster has one database`);
  return faults;
}

function sentinelFaults({ sentinels, name }: { sentinels?: unknown; name?: unknown }): readonly string[] {
  if (sentinels === undefined || sentinels === null) return [];
  const faults: string[] = [];
  if (!Array.isArray(sentinels) || sentinels.length === 0)
    faults.push(
      `connection.sentinels: ${showList(sentinels)} must be a list of { host, port } with at least one`,
    );
  if (typeof name !== 'string' || name === '')
    faults.push(`connection.name: ${show(name)} must be what the sentinels call the primary`);
  return faults;
}

function tryUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
