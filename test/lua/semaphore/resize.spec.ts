/** `semaphore/resize`: how many there are, for all; and who has what is new. */
import { expect, it } from 'vitest';
import { about, AHEAD, anna, arrival, beating, ben, tokenOf } from '../cast.js';
import { useLuaBench } from '../lua-bench.js';
import { crewOf, fenceOf, inMs, lineOf } from './crew.js';

const lua = useLuaBench();

const size = (value: string, ttlMs: number) => ({ size: { type: 'string', value, ttlMs } as const });
const resized = { most: 2, keptMs: 80_000 };

it('is remembered for as long as it was told', async () => {
  expect(await lua().transition({ run: ['semaphore/resize', resized] })).toEqual({
    reply: [1],
    pushed: [],
    after: size('2', about(80_000)),
  });
});

it('gives what is new to those in line', async () => {
  const [holder, waiter] = [tokenOf(anna), tokenOf(ben)];
  const { pushed, after } = await lua().transition({
    given: {
      ...crewOf([{ token: holder, endsAt: inMs(9_000) }], 1, 9_000),
      ...fenceOf(AHEAD, 50_000),
      ...lineOf([[waiter, arrival(1), beating(2_000)]], 4_000),
    },
    run: ['semaphore/resize', resized],
    listening: [ben],
  });
  expect(pushed).toEqual([`${ben}: granted ${waiter} ${AHEAD + 1} 2000 permits`]);
  expect(Object.keys(after)).toEqual(['fence', 'holds', 'permits', 'size']);
});

it('is taken back, and left to the callers', async () => {
  const { reply, after } = await lua().transition({
    given: size('2', 9_000),
    run: ['semaphore/resize', { ...resized, most: 0 }],
  });
  expect([reply, after]).toEqual([[1], {}]);
});
