/** `reader/renew`: what is still there lasts longer, and nothing comes back. */
import { expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import { about, anna, ben, tokenOf } from '../cast.js';
import { useLuaBench } from '../lua-bench.js';
import { endsIn, inMs } from '../semaphore/crew.js';

const lua = useLuaBench();

const [me, other] = [`${tokenOf(anna)}R`, `${tokenOf(ben)}R`];
const renewal = { token: me, ttlMs: 30_000 };
const readBy = (readers: Readonly<Record<string, number>>, ttlMs: number): Keyspace => ({
  lock: { type: 'string', value: 'readers', ttlMs },
  readers: { type: 'zset', value: readers, ttlMs },
});

it('pushes the end of a lease out, and that of the lock', async () => {
  const run = ['reader/renew', renewal] as const;
  expect(await lua().transition({ given: readBy({ [me]: inMs(500) }, 600), run })).toEqual({
    reply: [1],
    pushed: [],
    after: readBy({ [me]: endsIn(30_000) }, about(30_000)),
  });
});

it('never shortens the life of the lock, which others need', async () => {
  const given = readBy({ [me]: inMs(500), [other]: inMs(90_000) }, 90_000);
  const { after } = await lua().transition({ given, run: ['reader/renew', renewal] });
  expect([after['lock']?.ttlMs, after['readers']?.ttlMs]).toEqual([about(90_000), about(90_000)]);
});

it.each([
  ['who does not read', readBy({ [other]: inMs(9_000) }, 9_000), [other]],
  ['whose lease ran out', readBy({ [me]: inMs(-1) }, 9_000), []],
  ['whose lock was taken away', { readers: { type: 'zset', value: { [me]: inMs(500) }, ttlMs: 600 } }, []],
] as const)('tells %s that it is lost, and brings nothing back', async (_, given: Keyspace, left) => {
  const { reply, after } = await lua().transition({ given, run: ['reader/renew', renewal] });
  expect([reply, Object.keys(after['readers']?.value ?? {})]).toEqual([[0], left]);
});

it('is done also when Redis is out of memory', async () => {
  const { reply } = await lua().transition({
    given: readBy({ [me]: inMs(500) }, 600),
    run: ['reader/renew', renewal],
    full: true,
  });
  expect(reply).toEqual([1]);
});

it('tells the trouble of one member to that one alone', async () => {
  const given: Keyspace = { ...readBy({ [me]: inMs(500) }, 600), bad: { type: 'list', value: ['x'] } };
  const members = [{ ...renewal, readers: 'bad', lock: 'lock' }, renewal];
  expect((await lua().transition({ given, run: ['reader/renew', members] })).reply).toEqual([
    expect.stringMatching(/^WRONGTYPE /),
    1,
  ]);
});

it('says of the whole call when the server takes no writes', async () => {
  const { reply } = await lua().transition({
    given: readBy({ [me]: inMs(500) }, 600),
    run: ['reader/renew', renewal],
    demoted: true,
  });
  expect(reply).toEqual({ error: 'READONLY' });
});
