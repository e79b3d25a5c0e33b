/** How many connections an instance has: one where it speaks RESP3, two where not, and none once it is over. */
import { createHoldfast } from '@holdfast/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { always, eventually } from '../support/eventually.js';
import { startFaultProxy } from '../support/fault-proxy.js';
import { openHoldfast, rejectionOf } from '../support/holdfasts.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis } from '../support/redis-server.js';

async function setUp() {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  const proxy = await startFaultProxy(server.port);
  onTestFinished(() => proxy.stop());
  const admin = server.client();
  const namespace = uniqueNamespace();
  /** Connections of the instance, as the server sees them. */
  const ours = async (): Promise<number> =>
    String(await admin.client('LIST'))
      .split('\n')
      .filter((line) => line.includes(` name=holdfast:${namespace}`)).length;
  return { proxy, namespace, ours };
}

describe('an instance that speaks RESP3', () => {
  it('has one connection', async () => {
    const { proxy, namespace, ours } = await setUp();
    const { locks } = await openHoldfast(proxy.url, { namespace });
    expect(await (await locks.acquire('order')).release()).toBe('released');
    await always(async () => (await ours()) === 1 && proxy.connections.length === 1, 200);
  });

  it.each(['SCRIPT', 'HELLO'])('has one connection also when it was cut at %s of its start', async (at) => {
    const { proxy, namespace, ours } = await setUp();
    let [cut, scripts] = [false, 0];
    proxy.onRequest(([name = '']) => {
      if (name.toUpperCase() === 'SCRIPT') scripts += 1;
      if (cut || scripts === 0 || name.toUpperCase() !== at) return;
      cut = true;
      proxy.reset();
    });
    const { locks } = await openHoldfast(proxy.url, { namespace });
    expect(cut).toBe(true);
    await eventually(async () => (await locks.acquire('order', { wait: 300 })).release());
    await eventually(async () => (await ours()) === 1);
    await always(async () => (await ours()) === 1 && proxy.connections.length === 1, 300);
  });
});

describe('a start that fails', () => {
  it.each([20, 60, 100, 140, 180, 220, 260])(
    'after %i ms behind a slow network leaves no connection',
    async (connectTimeout) => {
      const { proxy, namespace, ours } = await setUp();
      proxy.delay(40);
      const options = { connection: proxy.url, namespace, connectTimeout, preflight: 'refuse' } as const;
      await createHoldfast(options).then(
        (holdfast) => holdfast.close(0),
        (error: unknown) => expect(error).toMatchObject({ code: 'ERR_LOCK_UNAVAILABLE' }),
      );
      const none = async (): Promise<boolean> => proxy.connections.length === 0 && (await ours()) === 0;
      await eventually(none);
      await always(none, 500);
    },
  );

  it.each([2, 3] as const)(
    'while HELLO has no answer leaves no connection, with RESP%i',
    async (protocol) => {
      const { proxy, namespace, ours } = await setUp();
      let scripts = 0;
      proxy.onRequest(([name = '']) => {
        if (name.toUpperCase() === 'SCRIPT') scripts += 1;
        if (name.toUpperCase() === 'HELLO' && scripts > 0) proxy.silence({ direction: 'to-client' });
      });
      const connection = { host: '127.0.0.1', port: proxy.port, protocol };
      const start = createHoldfast({ connection, namespace, connectTimeout: 300, preflight: 'refuse' });
      expect(await rejectionOf(start)).toMatchObject({ code: 'ERR_LOCK_UNAVAILABLE' });
      const none = async (): Promise<boolean> => proxy.connections.length === 0 && (await ours()) === 0;
      await eventually(none);
      await always(none, 500);
    },
  );
});
