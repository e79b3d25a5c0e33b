import { expect, it } from 'vitest';
import { about } from '../cast.js';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();
const withdraw = ['holder/withdraw', { process: 'a' }] as const;

it('takes back what is known of a process, and of no other', async () => {
  const given = {
    cards: { type: 'hash', value: { a: '{"pid":1}', b: '{"pid":2}' }, ttlMs: 9_000 },
    heard: { type: 'zset', value: { a: 1, b: 2 }, ttlMs: 9_000 },
  } as const;
  expect(await lua().transition({ given, run: withdraw })).toEqual({
    reply: [1],
    pushed: [],
    after: {
      cards: { type: 'hash', value: { b: '{"pid":2}' }, ttlMs: about(9_000) },
      heard: { type: 'zset', value: { b: 2 }, ttlMs: about(9_000) },
    },
  });
});

it('takes nothing back when nothing is known', async () => {
  expect(await lua().transition({ run: withdraw })).toEqual({ reply: [0], pushed: [], after: {} });
});
