/** `lease/batch` for many members: one after the other, each with a reply of its own. */
import { describe, expect, it } from 'vitest';
import type { KeyEntry, Keyspace } from '../../support/keyspace.js';
import { about, AHEAD, anna, arrival, beating, ben, cleo, clockMicros, queueOf, tokenOf } from '../cast.js';
import { useLuaBench, type Arguments } from '../lua-bench.js';

const lua = useLuaBench();

const DAY_MS = 86_400_000;
const [mine, other] = [tokenOf(anna), tokenOf(ben)];
/** The keys of a name, as its member brings them. */
const keysOf = (name: string) => ({ lock: `${name}.lock`, fence: `${name}.fence`, queue: `${name}.queue` });
const taking = (name: string, token = mine, idleMs = -1): Arguments => ({
  ...keysOf(name),
  token,
  ttlMs: 30_000,
  idleMs,
});
const giving = (name: string, token = mine, idleMs = 0): Arguments => ({
  ...keysOf(name),
  token,
  ttlMs: 0,
  idleMs,
});
const text = (value: string, ttlMs?: number): Keyspace[string] => ({
  type: 'string',
  value,
  ...(ttlMs ? { ttlMs } : {}),
});
const lineOf = (...waiters: Parameters<typeof queueOf>[0]): KeyEntry => {
  const { queue } = queueOf(waiters);
  if (queue === undefined) throw new Error('nobody in line');
  return queue;
};
/** A counter of which the next fence is known. */
const countersOf = (...names: string[]): Keyspace =>
  Object.fromEntries(names.map((name) => [`${name}.fence`, text(String(AHEAD))]));
const takenOnce = (name: string, token = mine): Keyspace => ({
  [`${name}.lock`]: text(token, about(30_000)),
  [`${name}.fence`]: text(String(AHEAD + 16), about(DAY_MS)),
});

describe('the members of one call', () => {
  it('P6.1 are told one behind the other, each in its own words', async () => {
    const given = {
      ...countersOf('a', 'b', 'c'),
      'b.lock': text(other, 20_000),
      'c.lock': text(mine, 9_000),
    };
    const members = [taking('a'), taking('b'), giving('c'), giving('d'), taking('b', mine, 2_000)];
    const { reply } = await lua().transition({ given, run: ['lease/batch', members] });
    const busy = [0, about(20_000), other, AHEAD];
    expect(reply).toEqual([AHEAD + 1, ...busy, 0, 0, 1, 0, ...busy, 1, 1]);
  });

  it('leave the process out behind one of the same process', async () => {
    const whole = [`${anna}.1`, `${ben}.1`, `${ben}.2`];
    const sent = [taking('a', `${anna}.1`), taking('b', '.2'), taking('c', `${ben}.1`), taking('d', '.2')];
    const { after } = await lua().transition({
      given: { ...countersOf('a', 'b', 'c', 'd'), 'a.lock': text(whole[1] ?? '', 9_000) },
      run: ['lease/batch', [...sent, giving('b', `${anna}.2`), giving('c', `${ben}.1`)]],
    });
    expect([after['a.lock'], after['b.lock'], after['c.lock'], after['d.lock']]).toEqual([
      text(whole[1] ?? '', about(9_000)),
      undefined,
      undefined,
      text(whole[2] ?? '', about(30_000)),
    ]);
  });

  it('P6.1 run in program order: what the first gives back the second takes, and the other way round', async () => {
    const given = { ...countersOf('a', 'b'), 'a.lock': text(mine, 9_000) };
    const members = [giving('a'), taking('a', other), taking('b'), giving('b'), taking('b', other)];
    const { reply, after } = await lua().transition({ given, run: ['lease/batch', members] });
    expect(reply).toEqual([1, AHEAD + 1, AHEAD + 1, 1, AHEAD + 17]);
    expect(after).toEqual({
      ...takenOnce('a', other),
      'b.lock': text(other, about(30_000)),
      'b.fence': text(String(AHEAD + 32), about(DAY_MS)),
    });
  });

  it('P2.1 cannot barge past a waiter between a release and an acquire', async () => {
    const waiter = tokenOf(cleo);
    const given: Keyspace = {
      ...countersOf('a'),
      'a.lock': text(mine, 9_000),
      'a.queue': lineOf([waiter, arrival(1), beating(2_000)]),
    };
    const run = ['lease/batch', [giving('a'), taking('a', other)]] as const;
    expect(await lua().transition({ given, run, listening: [cleo] })).toEqual({
      reply: [1, 0, about(2_000), waiter, AHEAD + 16, 0, 0],
      pushed: [`${cleo}: granted ${waiter} ${AHEAD + 1} 2000 a.lock`],
      after: {
        'a.lock': text(waiter, about(2_000)),
        'a.fence': text(String(AHEAD + 16), about(DAY_MS)),
      },
    });
  });

  it('P4.1 get fences that grow also when all are minted in one microsecond', async () => {
    const members = [taking('a'), giving('a'), taking('a', other), taking('b')];
    const { reply } = await lua().transition({ run: ['lease/batch', members] });
    const [first, , second, apart] = Array.isArray(reply) ? reply.map(Number) : [];
    expect(first).toEqual(clockMicros());
    expect([second, apart]).toEqual([(first ?? 0) + 16, first]);
  });

  it('may be 128', async () => {
    const names = Array.from({ length: 128 }, (_, at) => `n${at}`);
    const run = ['lease/batch', names.map((name) => taking(name))] as const;
    const { reply, after } = await lua().transition({ given: countersOf(...names), run });
    expect(reply).toEqual(names.map(() => AHEAD + 1));
    expect(Object.keys(after)).toHaveLength(256);
  });
});

describe('the error of a member', () => {
  const strange: Keyspace[string] = { type: 'list', value: ['x'] };
  const wrongType = expect.stringMatching(/^WRONGTYPE /);

  it.each(['lock', 'fence', 'queue'])(
    'P6.1 is told to that member alone when its %s is of another type: the others have what they asked for',
    async (part) => {
      const given = {
        ...countersOf('a', 'b', 'c', 'd'),
        'b.lock': text(mine, 9_000),
        [`c.${part}`]: strange,
      };
      const members = [taking('a'), giving('b'), taking('c'), taking('d')];
      const { reply, after } = await lua().transition({ given, run: ['lease/batch', members] });
      expect(reply).toEqual([AHEAD + 1, 1, wrongType, AHEAD + 1]);
      expect(after).toEqual({
        ...takenOnce('a'),
        'b.fence': text(String(AHEAD)),
        ...(part === 'fence' ? {} : { 'c.fence': text(String(AHEAD)) }),
        [`c.${part}`]: strange,
        ...takenOnce('d'),
      });
    },
  );

  it('P6.1 is an argument that Redis does not take, too', async () => {
    const members = [{ ...taking('a'), ttlMs: 'soon' }, taking('b')];
    const { reply, after } = await lua().transition({
      given: countersOf('a', 'b'),
      run: ['lease/batch', members],
    });
    expect(reply).toEqual([expect.stringMatching(/^ERR value is not an integer/), AHEAD + 1]);
    expect(after).toMatchObject(takenOnce('b'));
    expect(after).not.toHaveProperty(['a.lock']);
  });
});

it.each([
  ['acquires', taking('a')],
  ['gives back', giving('a')],
  ['leaves the line', giving('a', other)],
])('says of the whole call that the server takes no writes, when its first member %s', async (_, member) => {
  const given: Keyspace = member['ttlMs'] === 0 ? { 'a.lock': text(mine, 9_000) } : {};
  const { reply, after } = await lua().transition({
    given,
    run: ['lease/batch', [member, taking('b')]],
    demoted: true,
  });
  expect(reply).toEqual({ error: 'READONLY' });
  expect(Object.keys(after)).toEqual(Object.keys(given));
});
