/** A private cluster: masters with a replica each, on free ports of 127.0.0.1, which fail over after two seconds. */
import type { Redis } from 'ioredis';
import { hashSlot } from '../../libs/core/src/redis/hash-slot.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { startRedis, type RedisServer } from './redis-server.js';

const SLOTS = 16_384;
const HOST = '127.0.0.1';

/** A server of a cluster, with a connection for looking and its id. */
export interface ClusterMember {
  readonly server: RedisServer;
  readonly admin: Redis;
  readonly id: string;
  readonly busPort: number;
}

export interface RedisClusterOptions {
  readonly masters?: number;
  /** Whether each master has a replica. */
  readonly replicated?: boolean;
  /** Further arguments of each server. */
  readonly args?: readonly string[];
}

/** `count` names without anything to escape whose locks are in `slot`. */
export function namesIn(slot: number, count: number): string[] {
  const names: string[] = [];
  for (let tried = 0; names.length < count; tried += 1)
    if (hashSlot(`order-${tried}`) === slot) names.push(`order-${tried}`);
  return names;
}

/** Starts the servers, joins them, and waits until every one of them says that the cluster works. */
export async function startCluster(options: RedisClusterOptions = {}): Promise<RedisCluster> {
  const { masters = 3, replicated = true, args = [] } = options;
  const count = replicated ? 2 * masters : masters;
  const started = await Promise.allSettled(Array.from({ length: count }, () => startMember(args)));
  const members = started.flatMap((start) => (start.status === 'fulfilled' ? start.value : []));
  const cluster = new RedisCluster(members, masters);
  try {
    for (const start of started) if (start.status === 'rejected') throw start.reason;
    await cluster.form();
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** Its bus has a port of its own: the usual one, 10000 above, may not exist. */
async function startMember(args: readonly string[]): Promise<ClusterMember> {
  const busPort = await freePort();
  const clustered = ['--cluster-enabled', 'yes', '--cluster-port', String(busPort)];
  const timeout = ['--cluster-node-timeout', '2000', '--cluster-replica-validity-factor', '0'];
  const server = await startRedis({
    args: [...clustered, ...timeout, '--repl-diskless-sync-delay', '0', ...args],
  });
  const admin = server.client();
  return { server, admin, id: await admin.cluster('MYID'), busPort };
}

export class RedisCluster {
  readonly members: readonly ClusterMember[];
  readonly #masters: number;

  constructor(members: readonly ClusterMember[], masters: number) {
    this.members = members;
    this.#masters = masters;
  }

  /** Those that began as masters. */
  get masters(): readonly ClusterMember[] {
    return this.members.slice(0, this.#masters);
  }

  /** Where an application would begin to look. */
  get seeds(): { readonly host: string; readonly port: number }[] {
    return this.members.map(({ server }) => ({ host: HOST, port: server.port }));
  }

  /** The master that carries `slot`, as the first member that lives sees it. */
  async masterOf(slot: number): Promise<ClusterMember> {
    for (const [first, last, [, port]] of await this.#slots())
      if (slot >= first && slot <= last) {
        const found = this.members.find(({ server }) => server.port === port);
        if (found !== undefined) return found;
      }
    throw new Error(`nobody carries slot ${slot}`);
  }

  /** Hands `slot` over between two masters as `redis-cli --cluster reshard` does; `between` runs while it is under way. */
  async moveSlot(
    slot: number,
    [from, to]: readonly [ClusterMember, ClusterMember],
    between: () => Promise<void> = async () => undefined,
  ): Promise<void> {
    await to.admin.cluster('SETSLOT', slot, 'IMPORTING', from.id);
    await from.admin.cluster('SETSLOT', slot, 'MIGRATING', to.id);
    await between();
    await this.moveSome(slot, [from, to]);
    await to.admin.cluster('SETSLOT', slot, 'NODE', to.id);
    await from.admin.cluster('SETSLOT', slot, 'NODE', to.id);
  }

  /** Moves the keys that are in `slot` now, at most `most`. */
  async moveSome(slot: number, ends: readonly [ClusterMember, ClusterMember], most = 10_000): Promise<void> {
    const keys: unknown = await ends[0].admin.call('CLUSTER', 'GETKEYSINSLOT', slot, most);
    if (Array.isArray(keys)) await this.moveKeys(keys.map(String), ends);
  }

  /** Moves keys of a slot that is on its way. */
  async moveKeys(
    keys: readonly string[],
    [from, to]: readonly [ClusterMember, ClusterMember],
  ): Promise<void> {
    if (keys.length > 0)
      await from.admin.call('MIGRATE', HOST, to.server.port, '', 0, 5_000, 'KEYS', ...keys);
  }

  /** @internal */
  async form(): Promise<void> {
    const [first, ...others] = this.members;
    if (first === undefined) throw new Error('a cluster has at least one member');
    for (const [at, { admin }] of this.members.entries()) await admin.cluster('SET-CONFIG-EPOCH', at + 1);
    for (const [at, { admin }] of this.masters.entries()) {
      const bounds = [at, at + 1].map((share) => Math.floor((SLOTS * share) / this.#masters));
      await admin.call('CLUSTER', 'ADDSLOTSRANGE', bounds[0] ?? 0, (bounds[1] ?? 0) - 1);
    }
    for (const { server, busPort } of others)
      await first.admin.call('CLUSTER', 'MEET', HOST, server.port, busPort);
    await this.#eachSays((told) => told.includes(`cluster_known_nodes:${this.members.length}`));
    for (const [at, { admin }] of this.members.slice(this.#masters).entries())
      await admin.cluster('REPLICATE', this.members[at]?.id ?? '');
    await this.#eachSays((told) => told.includes('cluster_state:ok'));
    await eventually(() => this.#replicated(), { withinMs: 10_000, everyMs: 20 });
  }

  async stop(): Promise<void> {
    await Promise.all(this.members.map(({ server }) => server.stop()));
  }

  async #eachSays(isTrue: (info: string) => boolean): Promise<void> {
    for (const { admin } of this.members)
      await eventually(async () => isTrue(await admin.cluster('INFO')), { withinMs: 10_000 });
  }

  async #replicated(): Promise<boolean> {
    const told = await Promise.all(
      this.members.slice(this.#masters).map(({ admin }) => admin.info('replication')),
    );
    return told.every((info) => info.includes('master_link_status:up'));
  }

  async #slots(): Promise<[number, number, [string, number]][]> {
    const living = this.members.find(({ admin }) => admin.status === 'ready');
    const slots: unknown = await living?.admin.cluster('SLOTS');
    if (!Array.isArray(slots)) throw new Error('no member of this cluster is connected');
    return slots;
  }
}
