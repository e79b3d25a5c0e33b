/** `once/read`: what came of it, or nothing. */
import { expect, it } from 'vitest';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();

it('tells what was written down', async () => {
  const given = { outcome: { type: 'string', value: '{}', ttlMs: 9_000 } } as const;
  const { reply } = await lua().transition({ given, run: ['once/read', {}] });
  expect(reply).toEqual([1, '{}']);
});

it('tells that nothing was', async () => {
  expect((await lua().transition({ run: ['once/read', {}] })).reply).toEqual([0]);
});
