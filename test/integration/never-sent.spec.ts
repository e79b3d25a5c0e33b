/** An acquisition that was refused because there is no connection was never sent: there is nothing to clean up. */
import { expect, it, onTestFinished } from 'vitest';
import { always, eventually } from '../support/eventually.js';
import { startFaultProxy } from '../support/fault-proxy.js';
import { openHoldfast, rejectionOf } from '../support/holdfasts.js';
import { isRelease } from '../support/lock-keys.js';
import { sharedRedisUrl } from '../support/shared-redis.js';

async function offline() {
  const proxy = await startFaultProxy(Number(new URL(sharedRedisUrl()).port));
  onTestFinished(() => proxy.stop());
  const { locks } = await openHoldfast(proxy.url, { ttl: '60s' });
  const released: string[] = [];
  proxy.onRequest((args) => isRelease(args) && released.push(args.join(' ')));
  await proxy.refuse();
  await eventually(async () => {
    const error = await rejectionOf(locks.tryAcquire('first'));
    return error instanceof Error && 'condition' in error && error.condition === 'disconnected';
  });
  return { proxy, locks, released };
}

it('nothing is released for refused calls once the connection is back', async () => {
  const { proxy, locks, released } = await offline();
  const refused = Array.from({ length: 100 }, (_, key) => locks.tryAcquire('order', { key }));
  for (const error of await Promise.all(refused.map((call) => rejectionOf(call))))
    expect(error).toMatchObject({ code: 'ERR_LOCK_UNAVAILABLE' });
  await proxy.heal();
  await eventually(async () => (await locks.tryAcquire('after', { ttl: 200 })) !== undefined);
  await always(() => released.filter((call) => call.includes('{order')).length === 0, 1_200);
});

it('nothing is released for waits that never reached the server', async () => {
  const { proxy, locks, released } = await offline();
  const waits = Array.from({ length: 20 }, (_, key) => locks.acquire('order', { key, wait: 200 }));
  for (const error of await Promise.all(waits.map((wait) => rejectionOf(wait))))
    expect(error).toMatchObject({ code: 'ERR_LOCK_UNAVAILABLE' });
  await proxy.heal();
  await eventually(async () => (await locks.tryAcquire('after', { ttl: 200 })) !== undefined);
  await always(() => released.filter((call) => call.includes('{order')).length === 0, 1_200);
});
