import { expect, it } from 'vitest';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();

it('takes back what is known of a process, also when nothing is', async () => {
  const given = { card: { type: 'string', value: '{"pid":1}', ttlMs: 9_000 } } as const;
  expect(await lua().transition({ given, run: ['holder/withdraw', {}] })).toEqual({
    reply: [1],
    pushed: [],
    after: {},
  });
  expect(await lua().transition({ run: ['holder/withdraw', {}] })).toEqual({
    reply: [0],
    pushed: [],
    after: {},
  });
});
