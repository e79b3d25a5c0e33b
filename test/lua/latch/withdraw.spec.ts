/** `latch/withdraw`: a party that gave up has not arrived, unless all have. */
import { expect, it } from 'vitest';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();

const arrived = { arrived: { type: 'zset', value: { a: 7, b: 8 }, ttlMs: 5_000 } } as const;
const leaving = (since: number) => ['latch/withdraw', { part: 'a', since }] as const;

it('takes it back', async () => {
  const { reply, after } = await lua().transition({ given: arrived, run: leaving(0) });
  expect([reply, after['arrived']?.value]).toEqual([[1], { b: 8 }]);
});

it('leaves what belongs to the next time', async () => {
  const given = { ...arrived, passed: { type: 'string', value: '1', ttlMs: 5_000 } } as const;
  const { reply, after } = await lua().transition({ given, run: leaving(0) });
  expect([reply, after['arrived']?.value]).toEqual([[0], { a: 7, b: 8 }]);
});
