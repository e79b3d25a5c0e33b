/** A primary that became a replica while leases are only renewed: the connection is replaced, not kept for ever. */
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.js';
import { startFaultProxy } from '../support/fault-proxy.js';
import { freePort } from '../support/free-port.js';
import { openHoldfast } from '../support/holdfasts.js';
import { startRedis } from '../support/redis-server.js';

it.each([1, 3])('a READONLY answer to the renewal of %i leases makes us connect again', async (leases) => {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  const proxy = await startFaultProxy(server.port);
  onTestFinished(() => proxy.stop());
  const { locks } = await openHoldfast(proxy.url);
  const held = await Promise.all(
    Array.from({ length: leases }, (_, lock) => locks.acquire(`order-${lock}`, { ttl: 3_000 })),
  );
  const before = proxy.counts.connections;
  const admin = server.client();
  await admin.replicaof('127.0.0.1', await freePort());
  await eventually(() => proxy.counts.connections > before, { withinMs: 2_800 });
  await admin.replicaof('NO', 'ONE');
  await eventually(async () => (await locks.acquire('next', { wait: 300 })).release());
  for (const lease of held) expect(lease.held, 'nothing was lost').toBe(true);
});
