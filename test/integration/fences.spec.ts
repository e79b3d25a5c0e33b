/** Fences of one name grow strictly, whatever happens to the lock, to its keys or to the server. */
import type { Holdfast, Lease } from '@holdfast/core';
import type { Redis } from 'ioredis';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.js';
import { openHoldfast } from '../support/holdfasts.js';
import { keysOfLock } from '../support/lock-keys.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';

let server: RedisServer;
let redis: Redis;
let namespace: string;
let one: Holdfast;
let other: Holdfast;

beforeEach(async () => {
  server = await startRedis();
  onTestFinished(() => server.stop());
  redis = server.client();
  namespace = uniqueNamespace();
  one = await openHoldfast(server.url, { namespace, attemptTimeout: 300 });
  other = await openHoldfast(server.url, { namespace, attemptTimeout: 300 });
});

const take = (holdfast: Holdfast): Promise<Lease> =>
  holdfast.locks.acquire('lock', { ttl: 600, wait: 10_000 });

/** What comes between one grant and the next. */
const between: Record<string, (lease: Lease) => Promise<unknown>> = {
  'a release': (lease) => lease.release(),
  'an expiry': async () => redis.pexpire(keysOfLock(namespace, 'lock').lock, 1),
  'FLUSHALL while it is held': () => redis.flushall(),
  'FLUSHALL after the release': async (lease) => {
    await lease.release();
    await redis.flushall();
  },
  'the expiry of the counter': async (lease) => {
    await lease.release();
    await redis.pexpire(keysOfLock(namespace, 'lock').fence, 1);
    await eventually(async () => (await redis.exists(keysOfLock(namespace, 'lock').fence)) === 0);
  },
  'the loss of the counter while it is held': async (lease) => {
    await redis.del(keysOfLock(namespace, 'lock').fence);
    await lease.release();
  },
  'an empty restart of the server': () => server.restart({ empty: true }),
};

it.each(Object.entries(between))('the next fence is higher after %s', async (_, happen) => {
  const fences: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const lease = await take(round % 2 === 0 ? one : other);
    fences.push(lease.fence);
    await happen(lease);
  }
  const last = await take(other);
  fences.push(last.fence);
  expect(fences).toEqual([...new Set(fences)].toSorted((a, b) => a - b));
  expect(fences.every((fence) => Number.isSafeInteger(fence))).toBe(true);
});

it('the next fence is higher after each hand-off', async () => {
  const fences: number[] = [];
  const turn = (holdfast: Holdfast): Promise<void> =>
    holdfast.locks.run('lock', { ttl: 2_000, wait: 10_000 }, ({ fence }) => void fences.push(fence));
  const turns = Array.from({ length: 40 }, (_, index) => turn(index % 2 === 0 ? one : other));
  await Promise.all(turns);
  expect(fences).toHaveLength(40);
  expect(fences).toEqual([...new Set(fences)].toSorted((a, b) => a - b));
});

it('the next fence is higher although the counter is far ahead of the clock', async () => {
  const ahead = 2 ** 52;
  await redis.set(keysOfLock(namespace, 'lock').fence, String(ahead));
  const first = await take(one);
  await first.release();
  const second = await take(other);
  expect(first.fence).toBe(ahead + 1);
  expect(second.fence).toBe(ahead + 17);
});

it('a restart that kept the data keeps the lease, and the next fence is higher', async () => {
  const before = await one.locks.acquire('lock', { ttl: 3_000 });
  await redis.call('SAVE');
  await server.restart({ empty: false });
  expect(await other.locks.tryAcquire('lock').catch(() => undefined)).toBeUndefined();
  expect(before.held).toBe(true);
  await eventually(async () => (await one.locks.inspect('lock')).held);
  await eventually(() => before.release());
  const after = await take(other);
  expect(after.fence).toBeGreaterThan(before.fence);
});
