import { expect, it } from 'vitest';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();

it('reads who stands behind a process', async () => {
  const given = { card: { type: 'string', value: '{"pid":1}' } } as const;
  expect(await lua().transition({ given, run: ['holder/lookup', {}] })).toEqual({
    reply: [1, '{"pid":1}'],
    pushed: [],
    after: given,
  });
});

it('says gone for a process that was never announced or stopped', async () => {
  expect(await lua().transition({ run: ['holder/lookup', {}] })).toEqual({
    reply: [0],
    pushed: [],
    after: {},
  });
});
