/** A grant and every renewal count only when enough replicas have them. */
import { LockUnavailableError } from '@holdfast/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { openHoldfast, rejectionOf } from '../support/holdfasts.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startReplicated, type ReplicatedRedis } from '../support/redis-replicas.js';

const REPLICAS = { atLeast: 1, within: 150 } as const;

let redis: ReplicatedRedis;
beforeEach(async () => {
  redis = await startReplicated();
});
afterEach(() => redis.stop());

it('a grant that no replica has is refused as not replicated, within the time of an attempt, and given back', async () => {
  const namespace = uniqueNamespace();
  const { locks } = await openHoldfast(redis.primary.url, { namespace, replicas: REPLICAS });
  await (await locks.acquire('order')).release();
  redis.cutOff();
  const askedAt = performance.now();
  const error = await rejectionOf(locks.tryAcquire('order'));
  const tookMs = performance.now() - askedAt;
  expect(error).toMatchObject({ code: 'ERR_LOCK_UNAVAILABLE', condition: 'not-replicated' });
  expect(LockUnavailableError.is(error)).toBe(true);
  expect(tookMs).toBeLessThan(1_500);
  await eventually(async () => (await redis.admin.keys(`hf1:${namespace}:*:lock`)).length === 0);
  await redis.heal();
  const lease = await locks.acquire('order');
  expect(await lease.release()).toBe('released');
});

it('who stands in line hears the same, and never that somebody else holds', async () => {
  const { locks } = await openHoldfast(redis.primary.url, { replicas: REPLICAS });
  redis.cutOff();
  const error = await rejectionOf(locks.acquire('order', { wait: 600 }));
  expect(error).toMatchObject({ code: 'ERR_LOCK_UNAVAILABLE', condition: 'not-replicated' });
});

it('a lease is kept by renewals that a replica has', async () => {
  const { locks } = await openHoldfast(redis.primary.url, { replicas: REPLICAS });
  const lease = await locks.acquire('order', { ttl: 600 });
  const until = performance.now() + 1_500;
  await eventually(() => performance.now() > until);
  lease.assertHeld();
  expect(await lease.release()).toBe('released');
});

it('renewals that no replica has do not count: the holder is told by its deadline, before anybody else is granted', async () => {
  const namespace = uniqueNamespace();
  const holder = await openHoldfast(redis.primary.url, { namespace, replicas: REPLICAS });
  const contender = await openHoldfast(redis.primary.url, { namespace, replicas: REPLICAS });
  const lease = await holder.locks.acquire('order', { ttl: 1_000 });
  redis.cutOff();
  const cutAt = performance.now();
  let lostAt = Infinity;
  lease.signal.addEventListener('abort', () => (lostAt = performance.now()));
  const waiting = contender.locks.acquire('order', { ttl: 1_000, wait: 10_000 });
  await eventually(() => lostAt < Infinity);
  expect(lostAt - cutAt).toBeLessThan(1_050);
  expect(lease.signal.reason).toMatchObject({ code: 'ERR_LOCK_LOST', reason: 'expired' });
  await redis.heal();
  const next = await waiting;
  expect(next.fence).toBeGreaterThan(lease.fence);
});
