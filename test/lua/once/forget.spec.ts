/** `once/forget`: what came of it is not known any more. */
import { expect, it } from 'vitest';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();

it('tells whether anything was known', async () => {
  const given = { outcome: { type: 'string', value: '{}', ttlMs: 9_000 } } as const;
  const first = await lua().transition({ given, run: ['once/forget', {}] });
  expect([first.reply, first.after]).toEqual([[1], {}]);
  expect((await lua().transition({ run: ['once/forget', {}] })).reply).toEqual([0]);
});
