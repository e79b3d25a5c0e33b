/** `lease/inspect` looks and changes nothing. */
import { expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import { about, AHEAD, anna, arrival, beating, ben, cleo, queueOf, silent, tokenOf } from '../cast.js';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();
const holder = tokenOf(anna);

it('tells who holds, for how long, the last fence and how many stand in line', async () => {
  const given: Keyspace = {
    lock: { type: 'string', value: holder, ttlMs: 9_000 },
    fence: { type: 'string', value: String(AHEAD) },
    ...queueOf([
      [tokenOf(ben), arrival(1), beating(2_000)],
      [tokenOf(cleo), arrival(2), { untilMs: undefined, grantMs: undefined }],
    ]),
  };
  expect(await lua().transition({ given, run: ['lease/inspect', {}] })).toEqual({
    reply: [about(9_000), holder, AHEAD, 2],
    pushed: [],
    after: { ...given, lock: { type: 'string', value: holder, ttlMs: about(9_000) } },
  });
});

it('tells of a lock without expiry', async () => {
  const given: Keyspace = { lock: { type: 'string', value: holder } };
  expect(await lua().transition({ given, run: ['lease/inspect', {}] })).toEqual({
    reply: [-1, holder, 0, 0],
    pushed: [],
    after: given,
  });
});

it('tells of a name that nobody uses, and hands nothing on', async () => {
  const waiting = queueOf([[tokenOf(ben), arrival(1), silent()]]);
  expect(await lua().transition({ run: ['lease/inspect', {}] })).toEqual({
    reply: [-2, '', 0, 0],
    pushed: [],
    after: {},
  });
  expect(await lua().transition({ given: waiting, run: ['lease/inspect', {}] })).toEqual({
    reply: [-2, '', 0, 1],
    pushed: [],
    after: waiting,
  });
});
