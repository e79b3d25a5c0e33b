import { expect, it } from 'vitest';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();
const lookUp = ['holder/lookup', { process: 'a' }] as const;

it('reads who stands behind a process', async () => {
  const given = { cards: { type: 'hash', value: { a: '{"pid":1}', b: '{"pid":2}' } } } as const;
  expect(await lua().transition({ given, run: lookUp })).toEqual({
    reply: [1, '{"pid":1}'],
    pushed: [],
    after: given,
  });
});

it('says gone for a process that was never announced or stopped', async () => {
  expect(await lua().transition({ run: lookUp })).toEqual({ reply: [0], pushed: [], after: {} });
});
