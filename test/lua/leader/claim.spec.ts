/** `leader/claim`: a preferred candidate comes to the front of the line, and is the only one to do so. */
import { expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import { about, anna, arrival, beating, ben, cleo, dora, queueOf, tokenOf } from '../cast.js';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();
const beat = beating(2_000);
const claim = (given: Keyspace, processId = cleo, lastsMs = 2_000) =>
  lua().transition({ given, run: ['leader/claim', { processId, lastsMs }] });
const marked = (processId: string, ttlMs = 2_000): Keyspace => ({
  preferred: { type: 'string', value: processId, ttlMs },
});

it('puts a candidate from behind in front of everybody, and marks it', async () => {
  const others = [
    [tokenOf(anna), arrival(5), beat],
    [tokenOf(ben), arrival(6), beat],
  ] as const;
  expect(await claim(queueOf([...others, [tokenOf(cleo), arrival(9), beat]], 5_000))).toEqual({
    reply: [1],
    pushed: [],
    after: {
      ...queueOf([[tokenOf(cleo), arrival(4), beat], ...others], about(5_000)),
      ...marked(cleo, about(2_000)),
    },
  });
});

it('leaves one that is in front already where it is, and makes its mark last', async () => {
  const line = queueOf([
    [tokenOf(cleo), arrival(5), beat],
    [tokenOf(ben), arrival(6), beat],
  ]);
  expect(await claim({ ...line, ...marked(cleo, 300) })).toEqual({
    reply: [1],
    pushed: [],
    after: { ...line, ...marked(cleo, about(2_000)) },
  });
});

it('marks one that does not stand in line yet', async () => {
  const line = queueOf([[tokenOf(ben), arrival(6), beat]]);
  expect(await claim(line)).toEqual({
    reply: [0],
    pushed: [],
    after: { ...line, ...marked(cleo, about(2_000)) },
  });
});

it('moves nobody while another preferred candidate stands by', async () => {
  const given = {
    ...queueOf([
      [tokenOf(dora), arrival(1), beat],
      [tokenOf(cleo), arrival(2), beat],
    ]),
    ...marked(dora, 1_500),
  };
  const after = { ...given, ...marked(dora, about(1_500)) };
  expect(await claim(given)).toEqual({ reply: [0], pushed: [], after });
  expect(await claim(given, cleo, 0)).toEqual({ reply: [0], pushed: [], after });
});

it('takes its own mark back, and leaves the line alone', async () => {
  const line = queueOf([[tokenOf(cleo), arrival(2), beat]]);
  expect(await claim({ ...line, ...marked(cleo) }, cleo, 0)).toEqual({ reply: [0], pushed: [], after: line });
});
