/** Servers of a quorum as a subject of the contract. Instances that may die speak to each of them through a proxy of their own. */
import { createHoldfast, quorum, type Holdfast } from '@holdfast/core';
import type { ContractSubject, InstanceOptions } from '@holdfast/testing';
import type { Redis } from 'ioredis';
import { remainingFrom } from '../../contract/support/remaining-from.js';
import { always, eventually } from '../../support/eventually.js';
import { startFaultProxy, type FaultProxy } from '../../support/fault-proxy.js';
import { keysBelow } from '../../support/keyspace.js';
import { uniqueNamespace } from '../../support/namespace.js';
import type { QuorumServers } from './quorum-servers.js';

/** What a quorum cannot have. */
export const leftOut = {
  preferences: 'a preferred candidate is refused: the lines of several servers are never moved',
  reading: 'it is refused: who reads beside whom needs one server to say',
};

/** A subject on `servers`, with a namespace of its own, in which they have had their seats for long. */
export function onQuorum(servers: () => QuorumServers) {
  return async (): Promise<ContractSubject> => {
    const namespace = uniqueNamespace();
    await servers().seat(namespace);
    return new QuorumSubject(servers(), namespace);
  };
}

class QuorumSubject implements ContractSubject {
  readonly #servers: QuorumServers;
  readonly #namespace: string;
  readonly #proxies: FaultProxy[] = [];

  constructor(servers: QuorumServers, namespace: string) {
    this.#servers = servers;
    this.#namespace = namespace;
  }

  open(options: InstanceOptions): Promise<Holdfast> {
    return this.#openOn(this.#servers.ports, options);
  }

  async openMortal(options: InstanceOptions) {
    const proxies = await Promise.all(this.#servers.ports.map((port) => startFaultProxy(port)));
    this.#proxies.push(...proxies);
    const holdfast = await this.#openOn(
      proxies.map(({ port }) => port),
      options,
    );
    const heal = async (): Promise<void> => {
      await Promise.all(proxies.map((proxy) => proxy.heal()));
    };
    return { holdfast, die: () => this.#cut(proxies), revive: heal };
  }

  /** Real time cannot be moved, only watched passing. */
  passTime(ms: number): Promise<void> {
    return always(() => true, ms, 2);
  }

  /**
   * On most of the servers: a release is answered when they have it. Without the seats, which are not of what is done in
   * the namespace but of the servers.
   */
  async keys(): Promise<readonly string[]> {
    const keys = (await this.#each((admin) => keysBelow(admin, `hf1:${this.#namespace}`))).flat();
    const majority = this.#servers.all.length / 2;
    const onMost = (key: string): boolean => keys.filter((other) => other === key).length > majority;
    return [...new Set(keys)].filter((key) => onMost(key) && !key.endsWith(':seat'));
  }

  async remainingMs(key: string): Promise<number | undefined> {
    const remaining = await this.#each(async (admin) => remainingFrom(await admin.pttl(key)));
    return remaining.includes(undefined) ? undefined : Math.max(...remaining.map((ms) => ms ?? 0));
  }

  async deleteKeys(keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.#each((admin) => admin.del(...keys));
  }

  async close(): Promise<void> {
    await Promise.all(this.#proxies.map((proxy) => proxy.stop()));
  }

  /** Over when every server has noticed: until then it takes the dead process for one that listens. */
  async #cut(proxies: readonly FaultProxy[]): Promise<void> {
    const before = await this.#listening();
    await Promise.all(proxies.map((proxy) => proxy.refuse()));
    await eventually(async () =>
      (await this.#listening()).every((listening, at) => listening < (before[at] ?? 0)),
    );
  }

  #listening(): Promise<number[]> {
    return this.#each(async (admin) => {
      const channels: unknown = await admin.pubsub('CHANNELS', `*${this.#namespace}*`);
      return Array.isArray(channels) ? channels.length : 0;
    });
  }

  #each<T>(ask: (admin: Redis) => Promise<T>): Promise<T[]> {
    return Promise.all(this.#servers.admins.map(ask));
  }

  #openOn(ports: readonly number[], options: InstanceOptions): Promise<Holdfast> {
    const connection = quorum(ports.map((port) => `redis://127.0.0.1:${port}`));
    return createHoldfast({ ...options, connection, namespace: this.#namespace });
  }
}
