// A process that locks in two ways by turns, a slice of each and many of them, and says what the processor spent on a
// lock: what else the machine does meanwhile hits both alike. Called with the address of a Redis and the lib to use.
import { createHash } from 'node:crypto';
import { createHoldfast } from '@holdfast/core';
import { Redis } from 'ioredis';

const IN_FLIGHT = 512;
const LOCKS_IN_SLICE = 8_192;
const WARM_UP_SLICES = 3;
const SLICES = 11;

const url = process.argv[2] ?? '';
const TTL_MS = 10_000;
const COMPARE_AND_DELETE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

/** The lock that people write themselves on ioredis. */
async function homeMade() {
  const redis = new Redis(url);
  const sha = createHash('sha1').update(COMPARE_AND_DELETE).digest('hex');
  await redis.script('LOAD', COMPARE_AND_DELETE);
  let tokens = 0;
  return {
    lockOnce: async (key) => {
      const token = String((tokens += 1));
      await redis.set(key, token, 'PX', TTL_MS, 'NX');
      await redis.evalsha(sha, 1, key, token);
    },
    end: async () => redis.disconnect(),
  };
}

async function holdfast() {
  const instance = await createHoldfast({ connection: url, namespace: 'b' });
  const lock = instance.locks.prepare('l', { ttl: TTL_MS });
  return {
    lockOnce: async (key) => (await lock.acquire(key, undefined)).release(),
    end: () => instance.close(0),
  };
}

/** Microseconds of this process for each lock. */
async function microsOfSlice({ lockOnce }) {
  let next = 0;
  const chain = async () => {
    while (next < LOCKS_IN_SLICE) await lockOnce(`k${(next += 1)}`);
  };
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: IN_FLIGHT }, chain));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / next;
}

const ways = [await holdfast(), await homeMade()];
const slices = [];
for (let slice = -WARM_UP_SLICES; slice < SLICES; slice += 1) {
  const [ours, theirs] = [await microsOfSlice(ways[0]), await microsOfSlice(ways[1])];
  if (slice >= 0) slices.push({ ours, theirs });
}
await Promise.all(ways.map(({ end }) => end()));
console.log(JSON.stringify({ event: 'measured', slices }));
