/** How many bytes a lock costs on the wire, requests and replies, as the server counts them. */
import type { PreparedLock } from '@holdfast/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openHoldfast } from '../support/holdfasts.js';
import { countNetBytes } from '../support/net-bytes.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';

/**
 * Identities of four characters in a namespace of one: `l#e7`. Another character is sent in three keys of two calls,
 * so it costs six bytes.
 */
const NAMESPACE = 'b';
const NAME = 'l';
const LOCKS = 512;
const keyAt = (at: number): string => (36 + at).toString(36);

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

/** Takes and gives back {@link LOCKS} locks, so many of them at once. */
async function takeAll(lock: PreparedLock, atOnce: number): Promise<void> {
  for (let first = 0; first < LOCKS; first += atOnce) {
    const leases = await Promise.all(
      Array.from({ length: atOnce }, (_, at) => lock.acquire(keyAt(first + at), undefined)),
    );
    await Promise.all(leases.map((lease) => lease.release()));
  }
}

it.each([
  ['alone', 420, 1],
  ['taken with 127 others', 260, 128],
])('a lock %s costs %i bytes at most', async (how, most, atOnce) => {
  const { locks } = await openHoldfast(server.url, { namespace: NAMESPACE });
  const lock = locks.prepare(NAME, { ttl: '10s', wait: '5s' });
  // Behind the first one everything is in that is asked once.
  await (await lock.acquire('first', undefined)).release();
  const { requests, replies } = await countNetBytes(server.client(), () => takeAll(lock, atOnce));
  const each = (bytes: number): string => (bytes / LOCKS).toFixed(1);
  console.log(`a lock ${how}: ${each(requests)} bytes sent, ${each(replies)} received`);
  expect((requests + replies) / LOCKS).toBeLessThanOrEqual(most);
});
