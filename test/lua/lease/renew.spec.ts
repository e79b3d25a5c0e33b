/** `lease/renew`: each member speaks for itself. */
import { expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import { about, anna, ben, tokenOf } from '../cast.js';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();

const mine = tokenOf(anna);
const text = (value: string, ttlMs: number): Keyspace[string] => ({ type: 'string', value, ttlMs });
const member = (lock: string, ttlMs: number | string = 30_000) => ({ lock, token: mine, ttlMs });

it('pushes out the expiry of every lock that its token still holds', async () => {
  const given = { a: text(mine, 900), b: text(mine, 50_000) };
  expect(await lua().transition({ given, run: ['lease/renew', [member('a'), member('b', 20_000)]] })).toEqual(
    {
      reply: [1, 1],
      pushed: [],
      after: { a: text(mine, about(30_000)), b: text(mine, about(20_000)) },
    },
  );
});

it('says lost for a lock that is gone, and never brings it back', async () => {
  expect(await lua().transition({ run: ['lease/renew', [member('gone')]] })).toEqual({
    reply: [0],
    pushed: [],
    after: {},
  });
});

it('says lost for a lock that another holds or that is kept taken, and leaves its time alone', async () => {
  const given = { a: text(tokenOf(ben), 900), b: text('held:7', 700) };
  expect(await lua().transition({ given, run: ['lease/renew', [member('a'), member('b')]] })).toEqual({
    reply: [0, 0],
    pushed: [],
    after: { a: text(tokenOf(ben), about(900)), b: text('held:7', about(700)) },
  });
});

it('gives the error of a member to that member alone', async () => {
  const strange: Keyspace = { b: { type: 'list', value: ['x'] } };
  const given = { a: text(mine, 900), ...strange, c: text(mine, 800), d: text(mine, 700) };
  const members = [member('a'), member('b'), member('c', 'soon'), member('d')];
  const { reply, after } = await lua().transition({ given, run: ['lease/renew', members] });
  expect(reply).toEqual([
    1,
    expect.stringMatching(/^WRONGTYPE /),
    expect.stringMatching(/^ERR value is not an integer/),
    1,
  ]);
  expect(after).toEqual({
    a: text(mine, about(30_000)),
    ...strange,
    c: text(mine, about(800)),
    d: text(mine, about(30_000)),
  });
});

it('says of the whole call that the server takes no writes, so that the client looks for one that does', async () => {
  const given = { a: text(mine, 9_000), b: text(mine, 9_000) };
  const run = ['lease/renew', [member('a'), member('b')]] as const;
  expect(await lua().transition({ given, run, demoted: true })).toEqual({
    reply: { error: 'READONLY' },
    pushed: [],
    after: { a: text(mine, about(9_000)), b: text(mine, about(9_000)) },
  });
});
