/** Requests that are given up at random moments on a real server, until ten thousand of them ended that way. */
import { createHoldfast } from '@holdfast/core';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { keysBelow } from '../../support/keyspace.js';
import { uniqueNamespace } from '../../support/namespace.js';
import { sharedRedisUrl } from '../../support/shared-redis.js';

const ABORTED = 10_000;
const AT_ONCE = 250;
const AT_MOST_MS = 40_000;

function timers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
}

it('P1.2 P1.4 10,000 acquires aborted at random moments leave no lock, no place in line and no timer', async () => {
  const namespace = uniqueNamespace();
  const redis = new Redis(sharedRedisUrl());
  onTestFinished(() => redis.disconnect());
  const open = () => createHoldfast({ connection: sharedRedisUrl(), namespace });
  const instances = [await open(), await open()];
  onTestFinished(async () => void (await Promise.all(instances.map((one) => one.close(0)))));
  const before = timers();
  const ends = { granted: 0, aborted: 0, other: 0 };
  const one = async (index: number): Promise<void> => {
    const caller = new AbortController();
    const request = instances[index % 2]?.locks.acquire(`n${index % 40}`, {
      signal: caller.signal,
      ttl: '20s',
    });
    const ended = request?.then(
      async (lease) => {
        ends.granted += 1;
        await lease.release();
      },
      (error: unknown) => {
        const aborted = error instanceof Error && 'code' in error && error.code === 'ERR_LOCK_ABORTED';
        ends[aborted ? 'aborted' : 'other'] += 1;
      },
    );
    const turns = Math.floor(Math.random() * 6);
    for (let turn = 1; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    if (turns > 0) await Promise.resolve();
    caller.abort();
    await ended;
  };
  const endsAt = performance.now() + AT_MOST_MS;
  for (let first = 0; ends.aborted < ABORTED && performance.now() < endsAt; first += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, (_, offset) => one(first + offset)));
  expect(ends.other).toBe(0);
  console.log(`${ends.aborted} aborted, ${ends.granted} granted`);
  expect(ends.aborted).toBeGreaterThanOrEqual(ABORTED);
  expect(ends.granted).toBeGreaterThan(0);
  const left = async () =>
    (await keysBelow(redis, `hf1:${namespace}:{`)).filter((key) => !key.endsWith(':fence'));
  await eventually(async () => (await left()).length === 0, { withinMs: 2_000, everyMs: 50 });
  await eventually(() => timers() <= before);
}, 60_000);
