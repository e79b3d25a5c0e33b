/** `quorum/step_back`: a bid that did not win is taken back, and no other. */
import { expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import {
  about,
  AHEAD,
  anna,
  arrival,
  beating,
  ben,
  cleo,
  clockMicros,
  freshBeat,
  queueOf,
  tokenOf,
} from '../cast.js';
import { useLuaBench } from '../lua-bench.js';
import { text } from './seats.js';

const lua = useLuaBench();

const mine = tokenOf(anna);
const back = { token: mine, first: AHEAD, queueing: 0, wake: 0 };
const bid: Keyspace = { lock: text(mine, 9_000), fence: text(String(AHEAD + 15), 50_000) };
const counter: Keyspace = { fence: text(String(AHEAD + 15), about(50_000)) };
const waiting = (token: string) => [token, arrival(5), beating(0)] as const;

it('frees the lock, and leaves the counter alone', async () => {
  expect(await lua().transition({ given: bid, run: ['quorum/step_back', back] })).toEqual({
    reply: [1],
    pushed: [],
    after: counter,
  });
});

it('puts a waiter at the end of the line, without a word to the first', async () => {
  const ben1 = waiting(tokenOf(ben));
  const outcome = await lua().transition({
    given: { ...bid, ...queueOf([ben1], 4_000) },
    run: ['quorum/step_back', { ...back, queueing: 1 }],
    listening: [ben],
  });
  expect(outcome).toEqual({
    reply: [1],
    pushed: [],
    after: { ...counter, ...queueOf([ben1, [mine, clockMicros(), freshBeat(0)]], about(5_000)) },
  });
});

it('tells the first in line when nobody has won', async () => {
  const ben1 = waiting(tokenOf(ben));
  const { reply, pushed } = await lua().transition({
    given: { ...bid, ...queueOf([ben1], 4_000) },
    run: ['quorum/step_back', { ...back, queueing: 1, wake: 1 }],
    listening: [ben],
  });
  expect([reply, pushed]).toEqual([[1], [`${ben}: wake ${tokenOf(ben)} 0 0 lock`]]);
});

it.each([
  ['is gone', { fence: bid['fence'] }],
  ['gave way to another', { ...bid, lock: text(tokenOf(cleo), 9_000) }],
  ['was made again since', { ...bid, fence: text(String(AHEAD + 31), 50_000) }],
  ['has lost its counter', { lock: bid['lock'] }],
])('touches nothing when the bid %s', async (_how, given: Record<string, Keyspace[string] | undefined>) => {
  const before = Object.fromEntries(
    Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
  const { reply, after } = await lua().transition({ given: before, run: ['quorum/step_back', back] });
  expect(reply).toEqual([0]);
  expect(Object.keys(after).toSorted()).toEqual(Object.keys(before).toSorted());
});
