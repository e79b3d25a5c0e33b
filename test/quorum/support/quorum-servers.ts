/** Servers that do not know each other, for a quorum. */
import type { Redis } from 'ioredis';
import { keysBelow } from '../../support/keyspace.js';
import { startRedis, type RedisServer } from '../../support/redis-server.js';

export class QuorumServers {
  readonly all: readonly RedisServer[];
  readonly #admins: ReadonlyMap<RedisServer, Redis>;

  private constructor(all: readonly RedisServer[]) {
    this.all = all;
    this.#admins = new Map(all.map((server) => [server, server.client()]));
  }

  static async start(count: number): Promise<QuorumServers> {
    return new QuorumServers(await Promise.all(Array.from({ length: count }, () => startRedis())));
  }

  get urls(): readonly string[] {
    return this.all.map(({ url }) => url);
  }

  get ports(): readonly number[] {
    return this.all.map(({ port }) => port);
  }

  /** Connections to those that run. */
  get admins(): readonly Redis[] {
    return this.all.flatMap((server) => (server.running ? (this.#admins.get(server) ?? []) : []));
  }

  /** As if they had had everything in this namespace for a month. */
  async seat(namespace: string): Promise<void> {
    await Promise.all(
      this.admins.map(async (admin) => {
        const runId = /run_id:(\w+)/.exec(await admin.info('server'))?.[1];
        const since = Date.now() - 30 * 24 * 60 * 60 * 1_000;
        await admin.set(
          `hf1:${namespace}:process:{${namespace}}:seat`,
          `${runId} ${since}`,
          'PX',
          86_400_000,
        );
      }),
    );
  }

  /** Keys of locks and of lines that are left on any server. */
  async leftovers(namespace: string): Promise<string[]> {
    const keys = await Promise.all(this.admins.map((admin) => keysBelow(admin, `hf1:${namespace}`)));
    return keys.flat().filter((key) => /:(?:lock|queue)$/.test(key));
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((server) => server.stop()));
  }
}
