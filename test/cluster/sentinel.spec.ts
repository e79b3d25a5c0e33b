/** A primary that sentinels watch, spoken to as the least of users, and left without a trace. */
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { sectionsOf } from '../docs/pages.js';
import { eventually } from '../support/eventually.js';
import { startFaultProxy } from '../support/fault-proxy.js';
import { openHoldfast } from '../support/holdfasts.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startSentinels, type SentinelSet } from '../support/redis-sentinel.js';

const SENTINEL_USER = { sentinelUsername: 'holdfast', sentinelPassword: 'password' };

let set: SentinelSet;
beforeAll(async () => {
  set = await startSentinels();
});
afterAll(() => set.stop());

/** Names of the connections to sentinels. */
async function connections(namespace: string): Promise<string[]> {
  const lists = await Promise.all(set.sentinels.map(({ admin }) => admin.client('LIST')));
  return lists
    .flatMap((list) => [...String(list).matchAll(/ name=(\S*)/g)].map(([, name = '']) => name))
    .filter((name) => name.includes(namespace));
}

it('each sentinel is listened to until the instance is closed', async () => {
  const namespace = uniqueNamespace();
  const holdfast = await openHoldfast(set.connection, { namespace, preflight: 'refuse' });
  await eventually(async () => (await connections(namespace)).length === 3);
  await (await holdfast.locks.acquire('order')).release();
  await holdfast.close(0);
  await eventually(async () => (await connections(namespace)).length === 0);
  expect(await connections(namespace)).toEqual([]);
});

it('the user of docs/cluster.md is enough at the sentinels, and another primary is heard of', async () => {
  const section = sectionsOf('docs/cluster.md', 2).get('The Redis user of a cluster') ?? '';
  const rights = /^ACL SETUSER holdfast (on .+)$/m.exec(section)?.[1]?.split(' ') ?? [];
  for (const { admin } of set.sentinels) {
    await admin.call('ACL', 'SETUSER', 'holdfast', 'reset', ...rights);
    await admin.call('ACL', 'LOG', 'RESET');
  }
  const namespace = uniqueNamespace();
  const { locks } = await openHoldfast({ ...set.connection, ...SENTINEL_USER }, { namespace });
  await eventually(async () => (await connections(namespace)).length === 3);
  const before = await set.primary();
  await set.sentinels[0]?.admin.call('SENTINEL', 'FAILOVER', set.connection.name);
  const primary = await eventually(
    async () => {
      const now = await set.primary();
      return now === before ? undefined : now;
    },
    { withinMs: 10_000 },
  );
  const lease = await locks.acquire('order', { wait: 10_000 });
  const keys = await primary.client().keys(`hf1:${namespace}:*:lock`);
  expect(keys).toHaveLength(1);
  expect(await lease.release()).toBe('released');
  for (const { admin } of set.sentinels) expect(await admin.call('ACL', 'LOG')).toEqual([]);
}, 30_000);

it('sentinels that cannot be reached are asked again, also where the options of the client say not to', async () => {
  const [sentinel] = set.sentinels;
  const proxy = await startFaultProxy(sentinel?.server.port ?? 0);
  onTestFinished(() => proxy.stop());
  await proxy.refuse();
  const connection = {
    sentinels: [{ host: '127.0.0.1', port: proxy.port }],
    name: set.connection.name,
    sentinelRetryStrategy: () => null,
  };
  const { locks } = await openHoldfast(connection, { connectTimeout: 100, preflight: 'off' });
  await proxy.heal();
  const lease = await locks.acquire('order', { wait: 5_000 });
  expect(await lease.release()).toBe('released');
});
