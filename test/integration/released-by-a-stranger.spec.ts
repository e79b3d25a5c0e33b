/** The story of every article: who was too slow deletes the lock of the next one. With a token that is compared he does not. */
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.js';
import { openHoldfast } from '../support/holdfasts.js';
import { keysOfLock } from '../support/lock-keys.js';
import { uniqueNamespace } from '../support/namespace.js';
import { sharedRedisUrl } from '../support/shared-redis.js';

function client(): Redis {
  const redis = new Redis(sharedRedisUrl());
  onTestFinished(() => redis.disconnect());
  return redis;
}

it('SET NX and DEL: the first one, whose lock ran out, gives away the lock of the second to a third', async () => {
  const redis = client();
  const key = `snippet:${uniqueNamespace()}`;
  const take = (ms: number): Promise<unknown> => redis.set(key, 'locked', 'PX', ms, 'NX');
  expect(await take(20)).toBe('OK');
  await eventually(async () => (await redis.exists(key)) === 0);
  expect(await take(10_000)).toBe('OK');
  // The first one is done with its work at last.
  await redis.del(key);
  expect(await take(10_000)).toBe('OK');
  await redis.del(key);
});

it('here: whoever lost the lock releases nothing, and is told', async () => {
  const redis = client();
  const namespace = uniqueNamespace();
  const [first, second] = [
    await openHoldfast(sharedRedisUrl(), { namespace }),
    await openHoldfast(sharedRedisUrl(), { namespace }),
  ];
  const slow = await first.locks.acquire('order', { ttl: 5_000 });
  await redis.del(keysOfLock(namespace, 'order').lock);
  const next = await second.locks.acquire('order', { ttl: 5_000 });
  expect(await slow.release()).toBe('lost');
  expect([next.held, (await second.locks.inspect('order')).held]).toEqual([true, true]);
  expect(next.fence).toBeGreaterThan(slow.fence);
  await next.release();
});
