/** A lease is kept for as long as its holder wants it, on a real Redis. */
import { expect, it } from 'vitest';
import { always } from '../support/eventually.js';
import { openHoldfast } from '../support/holdfasts.js';
import { sharedRedisUrl } from '../support/shared-redis.js';

it('a lease that is renewed is kept for many times its ttl', async () => {
  const { locks } = await openHoldfast(sharedRedisUrl());
  const lease = await locks.acquire('kept', { ttl: 300 });
  await always(() => lease.held && !lease.signal.aborted, 1_500);
  expect(await lease.release()).toBe('released');
});
