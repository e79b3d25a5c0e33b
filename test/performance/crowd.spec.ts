/** A crowd for one lock, in four instances with a connection each: everybody is served, and alike. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PreparedLock } from '@holdfast/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openHoldfast } from '../support/holdfasts.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';

const INSTANCES = 4;

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

async function open(): Promise<PreparedLock[]> {
  const namespace = uniqueNamespace();
  const opened = Array.from({ length: INSTANCES }, () => openHoldfast(server.url, { namespace }));
  const instances = await Promise.all(opened);
  return instances.map(({ locks }) => locks.prepare('l', { ttl: '10s', wait: '3s' }));
}

/** 1 when all have the same, 1/n when one has everything. */
function jainOf(shares: readonly number[]): number {
  const sum = shares.reduce((total, share) => total + share, 0);
  return sum ** 2 / (shares.length * shares.reduce((total, share) => total + share ** 2, 0));
}

it('of 16 waiters in 4 instances each gets its share, nobody gives up and no two hold', async () => {
  const WAITERS = 16;
  const GRANTS = 1_600;
  let granted = 0;
  let holding = 0;
  let overlaps = 0;
  const section = async (): Promise<void> => {
    holding += 1;
    if (holding > 1) overlaps += 1;
    await nextTurn();
    holding -= 1;
  };
  const shareOf = async (lock: PreparedLock): Promise<number> => {
    let share = 0;
    for (; granted < GRANTS; share += 1) {
      await lock.run('k', undefined, section);
      granted += 1;
    }
    return share;
  };
  const locks = await open();
  const waiting = locks.flatMap((lock) => Array.from({ length: WAITERS / INSTANCES }, () => shareOf(lock)));
  const settled = await Promise.allSettled(waiting);
  const shares = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  console.log(`shares of 16 waiters: ${shares.join(' ')}; Jain ${jainOf(shares).toFixed(4)}`);
  expect(shares).toHaveLength(WAITERS);
  expect(overlaps).toBe(0);
  expect(Math.min(...shares)).toBeGreaterThan(0);
  expect(jainOf(shares)).toBeGreaterThanOrEqual(0.95);
});

it('of 128 callers who come at once to 4 instances all are served, each with a fence of its own', async () => {
  const CALLERS = 128;
  const locks = await open();
  const called = locks.flatMap((lock) =>
    Array.from({ length: CALLERS / INSTANCES }, () => lock.run('k', undefined, ({ fence }) => fence)),
  );
  const settled = await Promise.allSettled(called);
  const fences = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  expect(fences).toHaveLength(CALLERS);
  expect(new Set(fences).size).toBe(CALLERS);
});
