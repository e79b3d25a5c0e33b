/** A primary with replicas, each behind a proxy of its own: what a primary has and its replicas never get can be had. */
import type { Redis } from 'ioredis';
import { eventually } from './eventually.js';
import { startFaultProxy, type FaultProxy } from './fault-proxy.js';
import { startRedis, type RedisServer } from './redis-server.js';

const HOST = '127.0.0.1';
const AT_ONCE = ['--repl-diskless-sync-delay', '0'] as const;

/** A replica, and its way to the primary. */
export interface Replica {
  readonly server: RedisServer;
  readonly link: FaultProxy;
}

/** Starts them and waits until every replica is in step. */
export async function startReplicated(count = 1): Promise<ReplicatedRedis> {
  const primary = await startRedis({ args: AT_ONCE });
  const replicas = await Promise.all(Array.from({ length: count }, () => startReplica(primary)));
  const replicated = new ReplicatedRedis(primary, replicas);
  await eventually(async () => (await replicated.online()) === count, { withinMs: 10_000, everyMs: 20 });
  return replicated;
}

async function startReplica(primary: RedisServer): Promise<Replica> {
  const link = await startFaultProxy(primary.port);
  const server = await startRedis({ args: [...AT_ONCE, '--replicaof', HOST, String(link.port)] });
  return { server, link };
}

export class ReplicatedRedis {
  readonly primary: RedisServer;
  readonly replicas: readonly Replica[];
  /** Of the primary. */
  readonly admin: Redis;

  constructor(primary: RedisServer, replicas: readonly Replica[]) {
    this.primary = primary;
    this.replicas = replicas;
    this.admin = primary.client();
  }

  /** Nothing that is written from now on gets to a replica, and nobody is told. */
  cutOff(): void {
    for (const { link } of this.replicas) link.silence();
  }

  async heal(): Promise<void> {
    for (const { link } of this.replicas) await link.heal();
  }

  /** How many replicas the primary takes to be in step. */
  async online(): Promise<number> {
    return (await this.admin.info('replication')).split('state=online').length - 1;
  }

  async stop(): Promise<void> {
    for (const { server, link } of this.replicas) {
      await link.stop();
      await server.stop();
    }
    await this.primary.stop();
  }
}
