/** P9: a connection that stays silent is replaced, whatever it owes an answer to; one that owes none is left alone. */
import { createHoldfast, type HoldfastOptions, type LockService } from '@holdfast/core';
import { describe, expect, it, type TestContext } from 'vitest';
import { always, eventually } from '../support/eventually.js';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.js';
import { uniqueNamespace } from '../support/namespace.js';
import { sharedRedisUrl } from '../support/shared-redis.js';

/** Five looks of a second, one more for the first, and the delay before a new connection. */
const REPLACED_WITHIN_MS = 7_500;

// They take their time, so they run side by side: each cleans up after itself by its own context.
async function throughProxy({ onTestFinished }: TestContext): Promise<FaultProxy> {
  const proxy = await startFaultProxy(Number(new URL(sharedRedisUrl()).port));
  onTestFinished(() => proxy.stop());
  return proxy;
}

async function locksOn(
  { onTestFinished }: TestContext,
  options: Omit<HoldfastOptions, 'namespace'>,
): Promise<LockService> {
  const holdfast = await createHoldfast({ namespace: uniqueNamespace(), attemptTimeout: 300, ...options });
  onTestFinished(() => holdfast.close(0));
  return holdfast.locks;
}

/** Loses what comes back on the connections of this moment, and on no others. */
function deafen(proxy: FaultProxy): void {
  for (const connection of proxy.connections) connection.setFlow('to-client', { kind: 'swallow' });
}

describe.concurrent('a connection', () => {
  it('that owes an answer and stays silent is replaced, and the next call goes through', async (test) => {
    const proxy = await throughProxy(test);
    const locks = await locksOn(test, { connection: proxy.url });
    await (await locks.acquire('order')).release();
    deafen(proxy);
    await locks.tryAcquire('order').catch(() => undefined);
    const before = proxy.counts.connections;
    await eventually(() => proxy.counts.connections > before, { withinMs: REPLACED_WITHIN_MS });
    const next = await eventually(() => locks.acquire('invoice', { wait: 300 }));
    expect(await next.release()).toBe('released');
  });

  it.for([2, 3] as const)(
    'of RESP%i whose greeting is never answered is replaced',
    async (protocol, test) => {
      const proxy = await throughProxy(test);
      proxy.silence({ direction: 'to-client' });
      const connection = { host: '127.0.0.1', port: proxy.port, protocol };
      const locks = await locksOn(test, { connection, connectTimeout: 100 });
      const before = proxy.counts.connections;
      expect(before).toBe(1);
      await eventually(() => proxy.counts.connections > before, { withinMs: REPLACED_WITHIN_MS });
      await proxy.heal();
      await eventually(async () => (await locks.acquire('invoice', { wait: 300 })).release(), {
        withinMs: REPLACED_WITHIN_MS,
      });
    },
  );

  it('that owes nothing may be silent for as long as it likes', async (test) => {
    const proxy = await throughProxy(test);
    const locks = await locksOn(test, { connection: proxy.url });
    await (await locks.acquire('order')).release();
    const { connections } = proxy.counts;
    await always(() => proxy.counts.connections === connections, REPLACED_WITHIN_MS, 100);
    expect(await (await locks.acquire('order')).release()).toBe('released');
  });
});
