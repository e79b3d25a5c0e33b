/** `semaphore/renew`: what is still there lasts longer, and nothing comes back. */
import { expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import { about, AHEAD, anna, ben, tokenOf } from '../cast.js';
import { useLuaBench } from '../lua-bench.js';
import { crewOf, endsIn, inMs } from './crew.js';

const lua = useLuaBench();

const me = tokenOf(anna);
const renewal = { token: me, ttlMs: 30_000 };

it('pushes the end of a lease out, and that of the keys', async () => {
  const given = crewOf([{ token: me, endsAt: inMs(500) }], 3, 600);
  expect(await lua().transition({ given, run: ['semaphore/renew', renewal] })).toEqual({
    reply: [1],
    pushed: [],
    after: crewOf([{ token: me, endsAt: endsIn(30_000) }], 3, about(30_000)),
  });
});

it('never shortens the life of the keys, which others need', async () => {
  const given = crewOf([{ token: me, endsAt: inMs(500) }], 3, 90_000);
  const { after } = await lua().transition({ given, run: ['semaphore/renew', renewal] });
  expect([after['permits']?.ttlMs, after['holds']?.ttlMs]).toEqual([about(90_000), about(90_000)]);
});

it.each([
  ['who has none', crewOf([{ token: tokenOf(ben), endsAt: inMs(9_000) }], 3, 9_000)],
  ['whose lease ran out', crewOf([{ token: me, endsAt: inMs(-1) }], 3, 9_000)],
  ['of a semaphore that is gone', {}],
])('tells %s that it is lost, and brings nothing back', async (_, given: Keyspace) => {
  const { reply, after } = await lua().transition({ given, run: ['semaphore/renew', renewal] });
  expect([reply, after['permits']?.value]).toEqual([[0], given['permits']?.value]);
});

it('is done also when Redis is out of memory', async () => {
  const given = crewOf([{ token: me, endsAt: inMs(500) }], 3, 600);
  const { reply, after } = await lua().transition({ given, run: ['semaphore/renew', renewal], full: true });
  expect([reply, after['permits']?.value]).toEqual([[1], { [me]: endsIn(30_000) }]);
});

it('tells the trouble of one member to that one alone', async () => {
  const given: Keyspace = {
    ...crewOf([{ token: me, endsAt: inMs(500) }], 3, 600),
    other: { type: 'list', value: ['x'] },
  };
  const members = [{ ...renewal, permits: 'other', holds: 'holds' }, renewal];
  expect((await lua().transition({ given, run: ['semaphore/renew', members] })).reply).toEqual([
    expect.stringMatching(/^WRONGTYPE /),
    1,
  ]);
});

it('says of the whole call when the server takes no writes', async () => {
  const given = crewOf([{ token: me, endsAt: inMs(500) }], 3, 600);
  const { reply } = await lua().transition({ given, run: ['semaphore/renew', renewal], demoted: true });
  expect(reply).toEqual({ error: 'READONLY' });
});

it('leaves the fence as it was', async () => {
  const given = crewOf([{ token: me, fence: AHEAD, endsAt: inMs(500) }], 3, 600);
  const { after } = await lua().transition({ given, run: ['semaphore/renew', renewal] });
  expect(after['holds']?.value).toMatchObject({ [me]: `${AHEAD} 1` });
});
