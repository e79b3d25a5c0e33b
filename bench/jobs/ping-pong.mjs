// One of two processes that hand a lock to and fro: holds it until the other one has surely queued, and stays away for
// a moment after it gave it back.
import { setTimeout as delay } from 'node:timers/promises';
import { commonNow, until } from '../harness/common-clock.mjs';

/**
 * @param {import('../contenders/contender.d.ts').Client} client
 * @param {{ key: string, startsAt: number, endsAt: number, holdMs: number, awayMs: number, options: object }} params
 * @returns {Promise<[number, number][]>} when it got the lock, and when it called release
 */
export default async function pingPong(client, { key, startsAt, endsAt, holdMs, awayMs, options }) {
  const turns = [];
  await until(startsAt);
  while (commonNow() < endsAt) {
    const handle = await client.acquire(key, options);
    const gotAt = commonNow();
    await delay(holdMs);
    const releasedAt = commonNow();
    await client.release(handle);
    turns.push([gotAt, releasedAt]);
    await delay(awayMs);
  }
  return turns;
}
