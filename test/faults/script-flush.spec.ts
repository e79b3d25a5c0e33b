/** The server forgets its scripts, loses connections or restarts while locks are at work: nobody sees an error. */
import type { Holdfast } from '@holdfast/core';
import type { Redis } from 'ioredis';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.js';
import { openHoldfast } from '../support/holdfasts.js';
import { keysBelow } from '../support/keyspace.js';
import { machineMs } from '../support/machine-clock.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';

const CYCLES = 200;
const TTL_MS = 150;

let server: RedisServer;
let admin: Redis;
let namespace: string;
let holdfasts: readonly Holdfast[];
beforeEach(async () => {
  server = await startRedis();
  onTestFinished(() => server.stop());
  admin = server.client();
  namespace = uniqueNamespace();
  holdfasts = await Promise.all(
    [1, 2].map(() => openHoldfast(server.url, { namespace, attemptTimeout: 500 })),
  );
});

/** Each cycle takes a lock for longer than its first renewal; both instances want all the names. */
async function cycle(index: number, ttl: number): Promise<void> {
  const holdfast = holdfasts[index % holdfasts.length];
  const held = await holdfast?.locks.run(`lock-${index % 5}`, { ttl, wait: 20_000 }, async (lease) => {
    const grantedAt = machineMs();
    await eventually(() => machineMs() - grantedAt > ttl / 3 + 10);
    return lease.held;
  });
  expect(held).toBe(true);
}

async function cycles(count: number, ttl: number): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await cycle(next++, ttl);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

/** Does it every `everyMs` until the test is over. */
function again(everyMs: number, meddle: () => Promise<unknown>): () => number {
  let times = 0;
  const timer = setInterval(() => {
    times += 1;
    meddle().catch(() => undefined);
  }, everyMs);
  onTestFinished(() => clearInterval(timer));
  return () => times;
}

it('SCRIPT FLUSH every 100 ms during 200 acquire, renew and release cycles: no error', async () => {
  const flushes = again(100, () => admin.script('FLUSH'));
  await cycles(CYCLES, TTL_MS);
  expect(flushes()).toBeGreaterThan(10);
  const keys = await keysBelow(admin, `hf1:${namespace}:{`);
  expect(keys.filter((key) => !key.endsWith('}:fence'))).toEqual([]);
}, 60_000);

it('CLIENT KILL of everybody every 300 ms: no error, and no lease of a second is lost', async () => {
  const kills = again(300, () => admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'));
  await cycles(30, 1_000);
  expect(kills()).toBeGreaterThan(3);
}, 60_000);

it('one server that calls itself a cluster: renewals of names in different slots are sent one by one', async () => {
  const cluster = await startRedis({ args: ['--cluster-enabled', 'yes'] });
  onTestFinished(() => cluster.stop());
  const slots = Array.from({ length: 16_384 }, (_, slot) => slot);
  await cluster.client().call('CLUSTER', 'ADDSLOTS', ...slots);
  await eventually(async () =>
    String(await cluster.client().call('CLUSTER', 'INFO')).includes('cluster_state:ok'),
  );
  const { locks } = await openHoldfast(cluster.url, { namespace });
  const leases = await Promise.all(
    Array.from({ length: 20 }, (_, key) => locks.acquire('lock', { key, ttl: 600 })),
  );
  const grantedAt = machineMs();
  await eventually(() => machineMs() - grantedAt > 2_000);
  expect(leases.filter((lease) => lease.held)).toHaveLength(20);
  expect(await Promise.all(leases.map((lease) => lease.release()))).toEqual(leases.map(() => 'released'));
});
