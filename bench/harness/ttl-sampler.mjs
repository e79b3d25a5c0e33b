// The shortest time to live among keys that are looked at again and again from outside.
import { setTimeout as delay } from 'node:timers/promises';

const SAMPLE = 100;
const EVERY_MS = 50;

/**
 * @param {import('ioredis').Redis} admin
 * @param {readonly string[]} keys
 * @param {number} forMs
 * @returns {Promise<number>} milliseconds; 0 when one was gone
 */
export async function lowestTtl(admin, keys, forMs) {
  const endsAt = performance.now() + forMs;
  let lowest = Infinity;
  while (performance.now() < endsAt) {
    const looks = admin.pipeline();
    for (let look = 0; look < SAMPLE; look += 1) looks.pttl(keys[Math.floor(Math.random() * keys.length)]);
    for (const [, ttlMs] of (await looks.exec()) ?? []) lowest = Math.min(lowest, Math.max(0, Number(ttlMs)));
    await delay(EVERY_MS);
  }
  return lowest;
}
