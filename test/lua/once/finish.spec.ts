/** `once/finish`: only who has not been taken over writes down what came of it. */
import { describe, expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import { about, AHEAD, anna, arrival, beating, ben, cleo, queueOf, tokenOf } from '../cast.js';
import { useLuaBench } from '../lua-bench.js';
import { fenceOf } from '../semaphore/crew.js';

const lua = useLuaBench();

const [me, other] = [tokenOf(anna), tokenOf(ben)];
/** Done under the last fence that was issued, of whose block it is the first. */
const told = `{"fence":${AHEAD - 15},"kind":"value","value":1}`;
const run = ['once/finish', { token: me, told, rememberMs: 60_000 }] as const;
const lockOf = (value: string): Keyspace => ({ lock: { type: 'string', value, ttlMs: 5_000 } });
const outcomeOf = (value: string, ttlMs = about(60_000)): Keyspace => ({
  outcome: { type: 'string', value, ttlMs },
});
const fence = fenceOf(AHEAD, 50_000);

describe('what came of it', () => {
  it('is kept as long as it was told, and the lock is given back', async () => {
    expect(await lua().transition({ given: { ...lockOf(me), ...fence }, run })).toEqual({
      reply: [1],
      pushed: [],
      after: { ...fenceOf(AHEAD, about(50_000)), ...outcomeOf(told) },
    });
  });

  it('is news for who waits', async () => {
    const line = queueOf([[tokenOf(cleo), arrival(1), beating(0)]], 4_000);
    const given = { ...lockOf(me), ...fence, ...line };
    const { pushed } = await lua().transition({ given, run, listening: [cleo] });
    expect(pushed).toEqual([`${cleo}: wake ${tokenOf(cleo)} 0 0 lock`]);
  });

  it('is written down although the lease ran out, for nobody has had it since', async () => {
    const { reply, after } = await lua().transition({ given: fence, run });
    expect([reply, after['outcome']]).toEqual([[1], outcomeOf(told)['outcome']]);
  });

  it('is written down once, however often that is asked for', async () => {
    const { reply, after } = await lua().transition({ given: outcomeOf(told, 9_000), run });
    expect([reply, after]).toEqual([[1], outcomeOf(told, about(9_000))]);
  });

  it('is written down when the server is out of memory, in place of the lock', async () => {
    const { reply, after } = await lua().transition({
      given: { ...lockOf(me), ...fence },
      run,
      full: true,
    });
    expect([reply, after['outcome']]).toEqual([[1], outcomeOf(told)['outcome']]);
  });
});

describe('who was taken over', () => {
  const others = `{"fence":${AHEAD + 1},"kind":"value","value":2}`;

  it('hears what the other one wrote down', async () => {
    const given = { ...fenceOf(AHEAD + 16, 50_000), ...outcomeOf(others, 9_000) };
    const { reply, after } = await lua().transition({ given, run });
    expect([reply, after['outcome']]).toEqual([[0, others], outcomeOf(others, about(9_000))['outcome']]);
  });

  it.each([
    ['the other one is at it', { ...lockOf(other), ...fenceOf(AHEAD + 16, 50_000) }],
    ['the other one gave up', fenceOf(AHEAD + 16, 50_000)],
    ['nothing is known any more', {}],
  ])('changes nothing while %s', async (_, given) => {
    const { reply, after } = await lua().transition({ given, run });
    expect([reply, Object.keys(after)]).toEqual([[0], Object.keys(given).toSorted()]);
  });
});
