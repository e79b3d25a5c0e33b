/** `leader/inspect`: a leader asks whether a better one is ready. */
import { expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import { anna, arrival, beating, ben, cleo, queueOf, tokenOf } from '../cast.js';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();
const beat = beating(2_000);
const preferred: Keyspace = { preferred: { type: 'string', value: cleo } };
const lock: Keyspace = { lock: { type: 'string', value: tokenOf(anna) } };
const inFront = queueOf([
  [tokenOf(cleo), arrival(1), beat],
  [tokenOf(ben), arrival(2), beat],
]);
const inspect = (given: Keyspace, ...listening: string[]) =>
  lua().transition({ given, listening, run: ['leader/inspect', {}] });

it('tells of a preferred candidate in front that listens, wakes it and changes nothing', async () => {
  const given = { ...lock, ...preferred, ...inFront };
  expect(await inspect(given, cleo)).toEqual({
    reply: [1],
    pushed: [`${cleo}: wake ${tokenOf(cleo)} 0 0 lock`],
    after: given,
  });
});

it('does not tell of one that is deaf: the hand-off would pass it over', async () => {
  const given = { ...lock, ...preferred, ...inFront };
  expect(await inspect(given)).toEqual({ reply: [0], pushed: [], after: given });
});

it('does not tell of one that stands further behind, nor of one that is not in line', async () => {
  const behind = queueOf([
    [tokenOf(ben), arrival(1), beat],
    [tokenOf(cleo), arrival(2), beat],
  ]);
  for (const line of [behind, {}]) {
    const given = { ...lock, ...preferred, ...line };
    expect(await inspect(given, cleo)).toEqual({ reply: [0], pushed: [], after: given });
  }
});

it('does not tell of anybody where nobody is preferred', async () => {
  const given = { ...lock, ...inFront };
  expect(await inspect(given, cleo)).toEqual({ reply: [0], pushed: [], after: given });
});
