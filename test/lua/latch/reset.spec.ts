/** `latch/reset`: no part is done. */
import { expect, it } from 'vitest';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();

it('forgets what is done', async () => {
  const given = { arrived: { type: 'zset', value: { a: 7 }, ttlMs: 5_000 } } as const;
  const { reply, after } = await lua().transition({ given, run: ['latch/reset', {}] });
  expect([reply, after]).toEqual([[1], {}]);
  expect((await lua().transition({ run: ['latch/reset', {}] })).reply).toEqual([0]);
});
