import type { Redis } from 'ioredis';
import { KeySpace } from '../../libs/core/src/redis/keys.js';
import type { LeaseKeys } from '../../libs/core/src/redis/named-keys.js';
import { leaseBatch } from '../../libs/core/src/redis/scripts.generated.js';

/** The keys of a lock whose name needs no escaping. */
export function keysOfLock(namespace: string, name: string): LeaseKeys {
  return new KeySpace(namespace).lease(name);
}

/** Scores above it are arrivals; those of heartbeats and grant times are below. */
export const FIRST_ARRIVAL = 1e14;

/** The tokens that stand in line, with their arrivals, first come first. */
export async function lineIn(
  redis: Redis,
  queue: string,
): Promise<readonly (readonly [token: string, arrivedAt: number])[]> {
  const flat = await redis.zrange(queue, FIRST_ARRIVAL, '+inf', 'BYSCORE', 'WITHSCORES');
  return flat.flatMap((token, index) => (index % 2 === 0 ? [[token, Number(flat[index + 1])] as const] : []));
}

/** What a call on the wire takes and gives back; nothing for any other command. `args` is what stands behind EVALSHA. */
function lifetimesIn([script, count, ...rest]: readonly string[]): number[] {
  if (script !== leaseBatch.sha1 && script !== leaseBatch.source) return [];
  const width = leaseBatch.eachArgs.length;
  const at = leaseBatch.eachArgs.indexOf('ttlMs');
  return rest
    .slice(Number(count))
    .filter((_, index) => index % width === at)
    .map(Number);
}

/** Whether this call gives a lock back, or leaves its line. */
export const isRelease = (args: readonly string[]): boolean => lifetimesIn(args).includes(0);

/** Whether this call asks for a lock. */
export const isAcquire = (args: readonly string[]): boolean => lifetimesIn(args).some((ttlMs) => ttlMs > 0);
