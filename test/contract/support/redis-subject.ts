/** One real Redis as a subject of the contract. Instances that may die speak to it through a proxy of their own. */
import { createHoldfast, type Holdfast, type HoldfastConnection, type ReplicaOptions } from '@holdfast/core';
import type { ContractSubject, InstanceOptions } from '@holdfast/testing';
import { Redis } from 'ioredis';
import { always, eventually } from '../../support/eventually.js';
import { startFaultProxy, type FaultProxy } from '../../support/fault-proxy.js';
import { uniqueNamespace } from '../../support/namespace.js';
import { sharedRedisUrl } from '../../support/shared-redis.js';
import { remainingFrom } from './remaining-from.js';

/** Where an instance connects to. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** How a connection to an address is spelled; what differs between the suites. */
export type Spell = (address: Address) => HoldfastConnection;

/** Which server, and what it is asked for. */
export interface Setting {
  readonly url: string;
  readonly replicas?: ReplicaOptions;
}

/** A subject on the shared server unless told, with a namespace of its own. */
export function onRedis(
  spell: Spell,
  setting: () => Setting = () => ({ url: sharedRedisUrl() }),
): () => Promise<ContractSubject> {
  return async () => new RedisSubject(spell, setting());
}

class RedisSubject implements ContractSubject {
  readonly #spell: Spell;
  readonly #setting: Setting;
  readonly #namespace = uniqueNamespace();
  readonly #admin: Redis;
  readonly #proxies: FaultProxy[] = [];

  constructor(spell: Spell, setting: Setting) {
    this.#spell = spell;
    this.#setting = setting;
    this.#admin = new Redis(setting.url);
  }

  open(options: InstanceOptions): Promise<Holdfast> {
    const { hostname, port } = new URL(this.#setting.url);
    return this.#openAt({ host: hostname, port: Number(port) }, options);
  }

  async openMortal(options: InstanceOptions) {
    const proxy = await startFaultProxy(Number(new URL(this.#setting.url).port));
    this.#proxies.push(proxy);
    const holdfast = await this.#openAt({ host: '127.0.0.1', port: proxy.port }, options);
    return { holdfast, die: () => this.#cut(proxy), revive: () => proxy.heal() };
  }

  /** Over when the server has noticed: until then it takes the dead process for one that listens. */
  async #cut(proxy: FaultProxy): Promise<void> {
    const listening = await this.#listening();
    await proxy.refuse();
    await eventually(async () => (await this.#listening()) < listening);
  }

  async #listening(): Promise<number> {
    const channels: unknown = await this.#admin.pubsub('CHANNELS', `*${this.#namespace}*`);
    return Array.isArray(channels) ? channels.length : 0;
  }

  /** Real time cannot be moved, only watched passing. */
  passTime(ms: number): Promise<void> {
    return always(() => true, ms, 2);
  }

  /** By the namespace, which is unique and stands in every key whatever is in front of it. */
  async keys(): Promise<readonly string[]> {
    const keys = new Set<string>();
    let cursor = '0';
    do {
      const [next, found] = await this.#admin.scan(cursor, 'MATCH', `*${this.#namespace}*`, 'COUNT', 1_000);
      for (const key of found) keys.add(key);
      cursor = next;
    } while (cursor !== '0');
    return [...keys];
  }

  async remainingMs(key: string): Promise<number | undefined> {
    return remainingFrom(await this.#admin.pttl(key));
  }

  async deleteKeys(keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.#admin.del(...keys);
  }

  async close(): Promise<void> {
    this.#admin.disconnect();
    await Promise.all(this.#proxies.map((proxy) => proxy.stop()));
  }

  #openAt(address: Address, options: InstanceOptions): Promise<Holdfast> {
    const { replicas } = this.#setting;
    return createHoldfast({
      ...options,
      connection: this.#spell(address),
      namespace: this.#namespace,
      ...(replicas === undefined ? {} : { replicas }),
    });
  }
}
