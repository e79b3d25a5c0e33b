/** REDIS_URL if it is set, else a private redis-server, else no Redis at all. */
import { Redis } from 'ioredis';
import type { DemoOptions } from '../../command-line/options.js';
import type { Ground } from './ground.js';
import { OrphanGuard } from './orphan-guard.js';
import { processReplicas } from './process-replica.js';
import { startRedisServer } from './redis-server.js';

/** What was asked for can't be had here. */
export class GroundFault extends Error {}

/** @throws GroundFault if the options, or the environment, do not go with what is there */
export async function chooseGround(options: DemoOptions, redisUrl: string | undefined): Promise<Ground> {
  if (options.embedded) return embeddedGround(options);
  if (redisUrl !== undefined && redisUrl !== '') return urlGround(redisUrl);
  const guard = new OrphanGuard();
  const server = await startRedisServer(guard).catch(async (error: unknown) => {
    await guard.close();
    throw error;
  });
  if (server === undefined) {
    await guard.close();
    return embeddedGround(options);
  }
  return {
    mode: 'redis',
    label: `${options.replicas} processes on a private redis-server`,
    startReplica: processReplicas(server.url, guard),
    close: async () => {
      await server.stop();
      await guard.close();
    },
  };
}

async function embeddedGround(options: DemoOptions): Promise<Ground> {
  if (options.freezeOne) {
    throw new GroundFault(
      '--freeze-one: needs redis-server in PATH, or REDIS_URL; on the embedded host all replicas share one process, ' +
        'and nobody would be left to take over from a frozen one',
    );
  }
  if (options.skewMs > 0) {
    throw new GroundFault(
      '--skew: needs redis-server in PATH, or REDIS_URL; on the embedded host all replicas share one process and its clock',
    );
  }
  // Where replicas have processes of their own, this one needs no Nest, and is there twice as fast.
  const { EmbeddedReplicas } = await import('./embedded-replicas.js');
  const replicas = new EmbeddedReplicas();
  const why = options.embedded ? '' : ' (there is neither REDIS_URL nor redis-server in PATH)';
  return {
    mode: 'embedded',
    label: `${options.replicas} Nest applications in one process on the embedded host, without Redis${why}`,
    startReplica: replicas.start,
    close: () => replicas.close(),
  };
}

async function urlGround(redisUrl: string): Promise<Ground> {
  if (!/^rediss?:\/\//.test(redisUrl))
    throw new GroundFault('REDIS_URL: must start with redis:// or rediss://');
  await ping(redisUrl);
  const guard = new OrphanGuard();
  return {
    mode: 'redis-url',
    label: 'processes on the Redis of REDIS_URL',
    startReplica: processReplicas(redisUrl, guard),
    close: () => guard.close(),
  };
}

/** A Redis that can't be reached is told now and by name, not as a run in which nobody gets a lock. */
async function ping(redisUrl: string): Promise<void> {
  const client = new Redis(redisUrl, { lazyConnect: true, connectTimeout: 3_000, retryStrategy: () => null });
  let reason = 'no answer';
  client.on('error', (error: Error) => (reason = error.message));
  try {
    await client.connect();
    await client.ping();
  } catch {
    throw new Error(`REDIS_URL: can't be reached: ${reason}`);
  } finally {
    client.disconnect();
  }
}
