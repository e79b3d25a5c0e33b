/** `latch/look`: whether all are there, and who wants to be told. */
import { expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import { about, anna } from '../cast.js';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();

const looking = (since: number, processId = '') =>
  ['latch/look', { parties: 1, since, processId, aliveMs: 2_500 }] as const;
const arrived: Keyspace = { arrived: { type: 'zset', value: { a: 7 }, ttlMs: 5_000 } };
const passed: Keyspace = { passed: { type: 'string', value: '3', ttlMs: 5_000 } };

it('a latch is open when all parts are done', async () => {
  expect((await lua().transition({ given: arrived, run: looking(-1, anna) })).reply).toEqual([1, 1, 0]);
  expect((await lua().transition({ run: looking(-1) })).reply).toEqual([0, 0, 0]);
});

it('a barrier is when all have passed since somebody arrived', async () => {
  expect((await lua().transition({ given: passed, run: looking(2) })).reply).toEqual([1, 0, 3]);
  expect((await lua().transition({ given: { ...passed, ...arrived }, run: looking(3) })).reply).toEqual([
    0, 1, 3,
  ]);
});

it('who waits is written down, for as long as it is believed to', async () => {
  const { after } = await lua().transition({ run: looking(-1, anna) });
  expect(after).toMatchObject({
    waiting: { type: 'zset', value: { [anna]: expect.any(Number) }, ttlMs: about(2_500) },
  });
});
