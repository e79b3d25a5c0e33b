/** Clocks that processes of one machine share. */
import type { Redis } from 'ioredis';

/** Milliseconds of the monotonic clock; what `at` in the messages of a lock-taker is. */
export function machineMs(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}

/**
 * What to take from a time of the wall clock, such as the server's in a command log, to get one of {@link machineMs}.
 *
 * Of several readings the one that took least: a process that has to wait for its turn between the two would be wrong.
 */
export function wallMinusMachineMs(): number {
  const readings = Array.from({ length: 5 }, () => {
    const before = machineMs();
    const wall = Date.now();
    return { wall, before, tookMs: machineMs() - before };
  });
  const [best] = readings.toSorted((a, b) => a.tookMs - b.tookMs);
  if (best === undefined) return NaN;
  return best.wall - best.before;
}

/** In whole milliseconds of the server's clock; nothing for a key that is not there. */
const EXPIRES_AT = `
local now, left = redis.call('TIME'), redis.call('PTTL', KEYS[1])
return left < 0 and -1 or now[1] * 1000 + math.floor(now[2] / 1000) + left
`;

/** When the server will let `key` expire, in machine time; fails when it has. */
export async function expiresAt(redis: Redis, key: string): Promise<number> {
  const at = Number(await redis.eval(EXPIRES_AT, 1, key));
  if (at < 0) throw new Error(`${key} is not there any more`);
  return at - wallMinusMachineMs();
}
