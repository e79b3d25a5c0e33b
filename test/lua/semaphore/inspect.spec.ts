/** `semaphore/inspect`: what is told, and that nothing is changed by it. */
import { expect, it } from 'vitest';
import { about, AHEAD, anna, arrival, beating, ben, cleo, tokenOf } from '../cast.js';
import { useLuaBench } from '../lua-bench.js';
import { crewOf, fenceOf, inMs, lineOf } from './crew.js';

const lua = useLuaBench();

it('tells of a semaphore that nobody uses that it is free', async () => {
  expect(await lua().transition({ run: ['semaphore/inspect', { many: 10 }] })).toEqual({
    reply: [0, 0, 0, 0, 0],
    pushed: [],
    after: {},
  });
});

it('tells who has how many for how long, but of no more than asked for, and of nobody whose lease ran out', async () => {
  const holders = [
    { token: tokenOf(anna), permits: 3, endsAt: inMs(9_000) },
    { token: tokenOf(ben), endsAt: inMs(19_000) },
    { token: tokenOf(cleo), endsAt: inMs(-1) },
  ];
  const given = {
    ...crewOf(holders, 5, 60_000),
    ...fenceOf(AHEAD, 50_000),
    ...lineOf([[tokenOf(cleo, 2), arrival(1), beating(2_000)]], 4_000),
    size: { type: 'string', value: '7', ttlMs: 9_000 } as const,
  };
  const { reply, after } = await lua().transition({ given, run: ['semaphore/inspect', { many: 1 }] });
  expect(reply).toEqual([7, 1, AHEAD, 2, 2, tokenOf(anna), about(9_000), `${AHEAD - 15} 3`]);
  expect(Object.keys(after)).toEqual(Object.keys(given).toSorted());
});
