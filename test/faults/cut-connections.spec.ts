/** The server loses its connections while locks are at work: nobody sees an error. Scripts that are lost are row F16. */
import type { Holdfast } from '@holdfast/core';
import type { Redis } from 'ioredis';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.js';
import { openHoldfast } from '../support/holdfasts.js';
import { machineMs } from '../support/machine-clock.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';

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

it('CLIENT KILL of everybody every 300 ms: no error, and no lease of a second is lost', async () => {
  const kills = again(300, () => admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'));
  await cycles(30, 1_000);
  expect(kills()).toBeGreaterThan(3);
}, 60_000);
