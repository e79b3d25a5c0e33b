/** What may be given as a connection to a cluster, and what of it counts: where it is, and how its nodes are spoken to. */
import type { Cluster, ClusterOptions, NatMap, RedisOptions } from 'ioredis';
import type { NodeAddress } from './redirect.js';
import { addressKey } from './slot-map.js';

/** A cluster in words. The rest of what ioredis takes for one is about re-sending, which Holdfast does not leave to it. */
export interface ClusterConnection {
  /** Some of its nodes, one of which must answer at the start; the others are found. */
  readonly cluster: readonly NodeAddress[];
  /** How each node is spoken to: user, password, TLS. */
  readonly redisOptions?: NonNullable<ClusterOptions['redisOptions']>;
  /** From what the nodes call themselves to where they can be reached, as in ioredis. */
  readonly natMap?: NatMap;
}

/** What is needed of it. */
export interface ClusterPlan {
  readonly seeds: readonly NodeAddress[];
  readonly label: string;
  readonly keyPrefix: string;
  /** Where a node is reached that calls itself `address`. */
  reach(address: NodeAddress): NodeAddress;
  /** How the node at `address` is spoken to. */
  optionsOf(address: NodeAddress): RedisOptions;
}

const DEFAULT_PORT = 6379;
const OF_EVERY_NODE = ['tls', 'username', 'password'] as const;

export function planOf({ cluster, redisOptions = {}, natMap }: ClusterConnection): ClusterPlan {
  const { keyPrefix = '' } = redisOptions;
  return {
    seeds: cluster,
    label: `cluster:${cluster.slice(0, 1).map(addressKey).join()}`,
    keyPrefix,
    reach: (address) => translated(natMap, address) ?? address,
    optionsOf: ({ host, port }) => ({ ...redisOptions, host, port, keyPrefix: '' }),
  };
}

/** A client has a member of that name, too, which is a command. */
export function isClusterInWords(connection: object): connection is ClusterConnection {
  return 'cluster' in connection && typeof connection.cluster !== 'function';
}

/** By shape, never `instanceof`: the application's ioredis may be another copy. */
export function isCluster(client: object): client is Cluster {
  return 'nodes' in client && typeof client.nodes === 'function';
}

/** The same as a live client was told; nothing of the client itself is used. */
export function asToldTo(client: Cluster): ClusterConnection {
  const { redisOptions = {}, natMap, keyPrefix } = client.options;
  return {
    cluster: startupNodesOf(client).flatMap((node) => seedOf(node) ?? []),
    redisOptions: keyPrefix === undefined ? redisOptions : { ...redisOptions, keyPrefix },
    ...(natMap === undefined ? {} : { natMap }),
  };
}

/** What only the nodes named at the start were told. Those that are found later would be spoken to without it. */
export function toldToSomeOnly(client: Cluster): readonly string[] {
  const { redisOptions = {} } = client.options;
  return OF_EVERY_NODE.filter(
    (option) =>
      redisOptions[option] === undefined && startupNodesOf(client).some((node) => has(node, option)),
  );
}

function has(node: unknown, option: (typeof OF_EVERY_NODE)[number]): boolean {
  if (typeof node === 'object' && node !== null)
    return option in node && Reflect.get(node, option) !== undefined;
  const url = typeof node === 'string' ? urlOf(node) : undefined;
  return url !== undefined && (option === 'tls' ? url.protocol === 'rediss:' : url[option] !== '');
}

/** ioredis keeps them to itself. */
function startupNodesOf(client: object): readonly unknown[] {
  const nodes: unknown = 'startupNodes' in client ? client.startupNodes : undefined;
  return Array.isArray(nodes) ? nodes : [];
}

/** A port, an address, a URL or `host:port`, as ioredis takes them. */
function seedOf(node: unknown): NodeAddress | undefined {
  if (typeof node === 'number') return { host: '127.0.0.1', port: node };
  if (typeof node === 'string') return ofText(node);
  if (typeof node !== 'object' || node === null) return undefined;
  const { host, port }: { host?: unknown; port?: unknown } = node;
  return {
    host: typeof host === 'string' ? host : '127.0.0.1',
    port: port === undefined ? DEFAULT_PORT : Number(port),
  };
}

function ofText(text: string): NodeAddress | undefined {
  if (/^\d+$/.test(text)) return { host: '127.0.0.1', port: Number(text) };
  const url = urlOf(text);
  if (url === undefined) return undefined;
  const { hostname, port } = url;
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? DEFAULT_PORT : Number(port) };
}

function urlOf(text: string): URL | undefined {
  try {
    return new URL(text.includes('://') ? text : `redis://${text}`);
  } catch {
    return undefined;
  }
}

/** A function of the user's that throws translates nothing: nobody is there to be told. */
function translated(natMap: NatMap | undefined, address: NodeAddress): NodeAddress | null | undefined {
  const told = addressKey(address);
  try {
    return typeof natMap === 'function' ? natMap(told) : natMap?.[told];
  } catch {
    return undefined;
  }
}
