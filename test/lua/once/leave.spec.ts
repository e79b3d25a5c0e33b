/** `once/leave`: with nothing done, the next in line may do it. */
import { expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import { about, AHEAD, anna, arrival, beating, ben, cleo, queueOf, tokenOf } from '../cast.js';
import { useLuaBench } from '../lua-bench.js';
import { fenceOf } from '../semaphore/crew.js';

const lua = useLuaBench();

const [me, next, holder] = [tokenOf(anna), tokenOf(ben), tokenOf(cleo)];
const run = ['once/leave', { token: me }] as const;
const lockOf = (value: string): Keyspace => ({ lock: { type: 'string', value, ttlMs: 9_000 } });
// Made when they are needed: what beats in them runs out.
const line = () => queueOf([[next, arrival(2), beating(0)]], 4_000);
const myPlace = () =>
  queueOf(
    [
      [me, arrival(1), beating(0)],
      [next, arrival(2), beating(0)],
    ],
    4_000,
  );
const woken = [`${ben}: wake ${next} 0 0 lock`];

it('leaves nothing but the fence', async () => {
  const given = { ...lockOf(me), ...fenceOf(AHEAD, 50_000) };
  expect(await lua().transition({ given, run })).toEqual({
    reply: [1],
    pushed: [],
    after: fenceOf(AHEAD, about(50_000)),
  });
});

it('wakes who waits', async () => {
  const given = { ...lockOf(me), ...line() };
  const { reply, pushed, after } = await lua().transition({ given, run, listening: [ben] });
  expect([reply, pushed, Object.keys(after)]).toEqual([[1], woken, ['queue']]);
});

it.each([
  ['and wakes who is in front now, where nobody does it', {}, woken],
  ['and nobody is woken, where somebody does it', lockOf(holder), []],
])('gives up a place in the line, %s', async (_, lock, expected) => {
  const given = { ...lock, ...myPlace() };
  const { reply, pushed, after } = await lua().transition({ given, run, listening: [ben] });
  expect([reply, pushed, Object.keys(after['queue']?.value ?? {}).includes(me)]).toEqual([
    [0],
    expected,
    false,
  ]);
});
