/** A primary with two replicas and three sentinels that fail over after a second, on free ports of 127.0.0.1. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { eventually } from './eventually.js';
import { startFaultProxy, type FaultProxy } from './fault-proxy.js';
import { guardFolder } from './orphan-guard.js';
import { startRedis, type RedisServer } from './redis-server.js';

const HOST = '127.0.0.1';
const NAME = 'orders';
const QUORUM = 2;
const DOWN_AFTER_MS = 1_000;

/** One of three, with a connection for looking. */
export interface Sentinel {
  readonly server: RedisServer;
  readonly admin: Redis;
  readonly dir: string;
}

/**
 * Starts the servers and waits until every sentinel knows all the others and both replicas.
 * @param args further arguments of each server that keeps data
 */
export async function startSentinels(args: readonly string[] = []): Promise<SentinelSet> {
  const replicable = ['--repl-diskless-sync-delay', '0', ...args];
  const servers = await Promise.all([0, 1, 2].map(() => startRedis({ args: replicable })));
  const links = await Promise.all(servers.map(({ port }) => startFaultProxy(port)));
  const sentinels = await Promise.all([0, 1, 2].map(() => startSentinel()));
  const set = new SentinelSet(servers, { sentinels, links });
  try {
    await set.form();
    return set;
  } catch (error) {
    await set.stop();
    throw error;
  }
}

async function startSentinel(): Promise<Sentinel> {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-sentinel-'));
  guardFolder(dir);
  const configFile = join(dir, 'sentinel.conf');
  writeFileSync(configFile, '');
  const server = await startRedis({ configFile, dir, args: ['--sentinel'] });
  return { server, admin: server.client(), dir };
}

export class SentinelSet {
  /** The first one began as primary. */
  readonly servers: readonly RedisServer[];
  readonly sentinels: readonly Sentinel[];
  readonly #links: readonly FaultProxy[];

  constructor(
    servers: readonly RedisServer[],
    { sentinels, links }: { readonly sentinels: readonly Sentinel[]; readonly links: readonly FaultProxy[] },
  ) {
    this.servers = servers;
    this.sentinels = sentinels;
    this.#links = links;
  }

  /** What an application gives as its connection. */
  get connection() {
    const sentinels = this.sentinels.map(({ server }) => ({ host: HOST, port: server.port }));
    return { sentinels, name: NAME };
  }

  /** The primary, as most of the sentinels see it. */
  async primary(): Promise<RedisServer> {
    const told = await Promise.all(
      this.sentinels.map(({ admin }) => admin.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME)),
    );
    const ports = told.map((address) => (Array.isArray(address) ? Number(address[1]) : NaN));
    const found = this.servers.find(({ port }) => ports.filter((one) => one === port).length >= QUORUM);
    if (found === undefined) throw new Error('the sentinels do not agree');
    return found;
  }

  /** Whether the failover to `primary` is over for all of them: before that, replicas are not to be led elsewhere. */
  async hasSettledOn(primary: RedisServer): Promise<boolean> {
    return this.#eachTells((valueOf) => valueOf('port') === String(primary.port));
  }

  /** The way of replicas to `server`, when they were {@link lead led}. */
  linkTo(server: RedisServer): FaultProxy {
    const link = this.#links[this.servers.indexOf(server)];
    if (link === undefined) throw new Error('no server of this set');
    return link;
  }

  /** Makes all others replicas of `primary`, over its link; some ten seconds later sentinels lead them to it directly. */
  async lead(primary: RedisServer): Promise<void> {
    const { port } = this.linkTo(primary);
    for (const server of this.servers) if (server !== primary) await server.client().replicaof(HOST, port);
    const admin = primary.client();
    await eventually(async () => (await admin.info('replication')).split('state=online').length === 3, {
      withinMs: 10_000,
    });
  }

  /** @internal */
  async form(): Promise<void> {
    const [primary] = this.servers;
    if (primary === undefined) throw new Error('there is no primary');
    await this.lead(primary);
    for (const { admin } of this.sentinels) {
      await admin.call('SENTINEL', 'MONITOR', NAME, HOST, primary.port, QUORUM);
      await admin.call('SENTINEL', 'SET', NAME, 'down-after-milliseconds', DOWN_AFTER_MS);
      await admin.call('SENTINEL', 'SET', NAME, 'failover-timeout', 5_000);
    }
    const allKnown = () =>
      this.#eachTells((valueOf) => valueOf('num-slaves') === '2' && valueOf('num-other-sentinels') === '2');
    await eventually(allKnown, { withinMs: 15_000, everyMs: 50 });
  }

  async stop(): Promise<void> {
    await Promise.all(
      [...this.sentinels.map(({ server }) => server), ...this.servers].map((one) => one.stop()),
    );
    await Promise.all(this.#links.map((link) => link.stop()));
    for (const { dir } of this.sentinels) rmSync(dir, { recursive: true, force: true });
  }

  async #eachTells(isTrue: (valueOf: (field: string) => unknown) => boolean): Promise<boolean> {
    const told = await Promise.all(this.sentinels.map(({ admin }) => admin.call('SENTINEL', 'MASTER', NAME)));
    return told.every(
      (fields) => Array.isArray(fields) && isTrue((field) => fields[fields.indexOf(field) + 1]),
    );
  }
}
