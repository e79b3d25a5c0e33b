/** A cluster as a subject of the contract. Instances that may die speak to every master of it through a proxy of their own. */
import { createHoldfast, type ClusterConnection, type Holdfast } from '@holdfast/core';
import type { ContractSubject, InstanceOptions } from '@holdfast/testing';
import { hashSlot, hashTag } from '../../../libs/core/src/redis/hash-slot.js';
import { always, eventually } from '../../support/eventually.js';
import { startFaultProxy, type FaultProxy } from '../../support/fault-proxy.js';
import { keysBelow } from '../../support/keyspace.js';
import { uniqueNamespace } from '../../support/namespace.js';
import type { ClusterMember, RedisCluster } from '../../support/redis-cluster.js';
import { remainingFrom } from '../../contract/support/remaining-from.js';

/** How the nodes are spoken to; what differs between the suites. */
export type NodeOptions = NonNullable<ClusterConnection['redisOptions']>;

/** A subject on `cluster`, with a namespace of its own. */
export function onCluster(cluster: () => RedisCluster, redisOptions: NodeOptions = {}) {
  return async (): Promise<ContractSubject> => new ClusterSubject(cluster(), redisOptions);
}

class ClusterSubject implements ContractSubject {
  readonly #cluster: RedisCluster;
  readonly #redisOptions: NodeOptions;
  readonly #namespace = uniqueNamespace();
  readonly #proxies: FaultProxy[] = [];

  constructor(cluster: RedisCluster, redisOptions: NodeOptions) {
    this.#cluster = cluster;
    this.#redisOptions = redisOptions;
  }

  open(options: InstanceOptions): Promise<Holdfast> {
    return this.#openOn({ cluster: this.#cluster.seeds }, options);
  }

  async openMortal(options: InstanceOptions) {
    const proxies = await Promise.all(this.#cluster.seeds.map(({ port }) => startFaultProxy(port)));
    this.#proxies.push(...proxies);
    const natMap = Object.fromEntries(
      this.#cluster.seeds.map(({ host, port }, node) => [
        `${host}:${port}`,
        { host, port: proxies[node]?.port ?? 0 },
      ]),
    );
    const holdfast = await this.#openOn({ cluster: this.#cluster.seeds, natMap }, options);
    return { holdfast, die: () => this.#cut(proxies), revive: () => heal(proxies) };
  }

  /** Over when every master has noticed: until then it takes the dead process for one that listens. */
  async #cut(proxies: readonly FaultProxy[]): Promise<void> {
    const before = await this.#listening();
    await Promise.all(proxies.map((proxy) => proxy.refuse()));
    await eventually(async () =>
      (await this.#listening()).every((listening, node) => listening < (before[node] ?? 0)),
    );
  }

  #listening(): Promise<number[]> {
    return Promise.all(
      this.#cluster.masters.map(async ({ admin }) => {
        const channels: unknown = await admin.pubsub('CHANNELS', `*${this.#namespace}*`);
        return Array.isArray(channels) ? channels.length : 0;
      }),
    );
  }

  /** Real time cannot be moved, only watched passing. */
  passTime(ms: number): Promise<void> {
    return always(() => true, ms, 2);
  }

  /** By the namespace, which is unique and stands in every key. */
  async keys(): Promise<readonly string[]> {
    const keys = await Promise.all(
      this.#cluster.masters.map(({ admin }) => keysBelow(admin, `hf1:${this.#namespace}`)),
    );
    return keys.flat();
  }

  async remainingMs(key: string): Promise<number | undefined> {
    const { admin } = await this.#masterOf(key);
    return remainingFrom(await admin.pttl(key));
  }

  async deleteKeys(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const { admin } = await this.#masterOf(key);
      await admin.del(key);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#proxies.map((proxy) => proxy.stop()));
  }

  #masterOf(key: string): Promise<ClusterMember> {
    return this.#cluster.masterOf(hashSlot(hashTag(key)));
  }

  #openOn(connection: ClusterConnection, options: InstanceOptions): Promise<Holdfast> {
    const whole = { ...connection, redisOptions: this.#redisOptions };
    return createHoldfast({ ...options, connection: whole, namespace: this.#namespace });
  }
}

async function heal(proxies: readonly FaultProxy[]): Promise<void> {
  await Promise.all(proxies.map((proxy) => proxy.heal()));
}
