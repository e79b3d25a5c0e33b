/** `latch/arrive`: each part counts once, and the last one wakes all who wait. */
import { expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import { about, anna, ben, cleo } from '../cast.js';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();

const KEPT_MS = 60_000;
const arriving = (part: string, again = 0) =>
  ['latch/arrive', { part, parties: 2, again, keptMs: KEPT_MS }] as const;
const arrived: Keyspace = { arrived: { type: 'zset', value: { a: 7 }, ttlMs: 5_000 } };
const waiting: Keyspace = {
  waiting: { type: 'zset', value: { [anna]: Date.now() + 9_000, [ben]: 5 }, ttlMs: 9_000 },
};

it('counts a part, once, and keeps it', async () => {
  const { reply, after } = await lua().transition({ given: { ...arrived, ...waiting }, run: arriving('a') });
  expect(reply).toEqual([0, 1, 0]);
  expect(after['arrived']).toEqual({ type: 'zset', value: { a: 7 }, ttlMs: about(KEPT_MS) });
  expect(after['waiting']).toBeDefined();
});

it('opens with the last part, stays open, and wakes those who are believed to wait', async () => {
  const given = { ...arrived, ...waiting };
  const { reply, pushed, after } = await lua().transition({
    given,
    run: arriving('b'),
    listening: [anna, ben, cleo],
  });
  expect([reply, pushed, Object.keys(after)]).toEqual([[1, 2, 0], [`${anna}: open waiting`], ['arrived']]);
});

it('begins anew with the last party where it is a barrier', async () => {
  const { reply, after } = await lua().transition({ given: arrived, run: arriving('b', 1) });
  expect(reply).toEqual([1, 2, 1]);
  expect(after).toEqual({ passed: { type: 'string', value: '1', ttlMs: about(KEPT_MS) } });
});
