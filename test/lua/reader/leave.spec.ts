/** `reader/leave`: the lock goes on when the last reader has left; a place in the line is given up. */
import { expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import { about, AHEAD, anna, arrival, beating, ben, cleo, queueOf, tokenOf } from '../cast.js';
import { useLuaBench } from '../lua-bench.js';
import { fenceOf, inMs } from '../semaphore/crew.js';

const lua = useLuaBench();

const [me, other, writer] = [`${tokenOf(anna)}R`, `${tokenOf(ben)}R`, tokenOf(cleo)];
const leaving = { token: me };
const fence = fenceOf(AHEAD, 50_000);
const readBy = (readers: Readonly<Record<string, number>>, ttlMs: number): Keyspace => ({
  lock: { type: 'string', value: 'readers', ttlMs },
  readers: { type: 'zset', value: readers, ttlMs },
});

it('leaves nothing but the fence behind the last one', async () => {
  const given = { ...readBy({ [me]: inMs(9_000) }, 9_000), ...fence };
  expect(await lua().transition({ given, run: ['reader/leave', leaving] })).toEqual({
    reply: [1],
    pushed: [],
    after: fenceOf(AHEAD, about(50_000)),
  });
});

it('leaves the others at it, and nobody is told', async () => {
  const line = queueOf([[writer, arrival(1), beating(2_000)]], 4_000);
  const given = { ...readBy({ [me]: inMs(9_000), [other]: inMs(9_000) }, 9_000), ...fence, ...line };
  const { reply, pushed, after } = await lua().transition({
    given,
    run: ['reader/leave', leaving],
    listening: [cleo],
  });
  expect([reply, pushed, Object.keys(after['readers']?.value ?? {})]).toEqual([[1], [], [other]]);
});

it('gives the lock to who waits behind the last one', async () => {
  const line = queueOf([[writer, arrival(1), beating(2_000)]], 4_000);
  const given = { ...readBy({ [me]: inMs(9_000) }, 9_000), ...fence, ...line };
  const { pushed, after } = await lua().transition({
    given,
    run: ['reader/leave', leaving],
    listening: [cleo],
  });
  expect(pushed).toEqual([`${cleo}: granted ${writer} ${AHEAD + 1} 2000 lock`]);
  expect([after['lock']?.value, after['readers']]).toEqual([writer, undefined]);
});

it('gives up a place in the line, and wakes a reader that stood behind it while others read', async () => {
  const line = queueOf(
    [
      [me, arrival(1), beating(0)],
      [other, arrival(2), beating(0)],
    ],
    4_000,
  );
  const given = { ...readBy({ [`${tokenOf(cleo)}R`]: inMs(9_000) }, 9_000), ...fence, ...line };
  const { reply, pushed } = await lua().transition({
    given,
    run: ['reader/leave', leaving],
    listening: [ben],
  });
  expect([reply, pushed]).toEqual([[0], [`${ben}: wake ${other} 0 0 lock`]]);
});

it('takes nothing from a writer', async () => {
  const given: Keyspace = { lock: { type: 'string', value: writer, ttlMs: 9_000 }, ...fence };
  const { reply, after } = await lua().transition({ given, run: ['reader/leave', leaving] });
  expect([reply, after['lock']?.value]).toEqual([[0], writer]);
});
