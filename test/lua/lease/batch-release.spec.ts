/** `lease/batch` when it gives back: freeing, keeping taken, and leaving the line. Handing on is in `lib/hand_off.spec.ts`. */
import { describe, expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import { about, AHEAD, anna, arrival, beating, ben, cleo, queueOf, tokenOf } from '../cast.js';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();

const mine = tokenOf(anna);
const release = { token: mine, ttlMs: 0, idleMs: 0 };
const text = (value: string, ttlMs?: number): Keyspace[string] => ({
  type: 'string',
  value,
  ...(ttlMs ? { ttlMs } : {}),
});

describe('the holder', () => {
  it('frees the lock and leaves the fence counter alone', async () => {
    const given = { lock: text(mine, 9_000), fence: text(String(AHEAD), 50_000) };
    expect(await lua().transition({ given, run: ['lease/batch', release] })).toEqual({
      reply: [1],
      pushed: [],
      after: { fence: text(String(AHEAD), about(50_000)) },
    });
  });

  it('keeps the lock taken with a marker that is no token', async () => {
    const given = { lock: text(mine, 9_000), fence: text(String(AHEAD + 15), 50_000) };
    expect(await lua().transition({ given, run: ['lease/batch', { ...release, idleMs: 4_000 }] })).toEqual({
      reply: [1],
      pushed: [],
      after: { lock: text(`held:${AHEAD}`, about(4_000)), fence: text(String(AHEAD + 15), about(50_000)) },
    });
  });

  it('keeps the lock taken also when the fence counter is gone', async () => {
    const { reply, after } = await lua().transition({
      given: { lock: text(mine, 9_000) },
      run: ['lease/batch', { ...release, idleMs: 4_000 }],
    });
    expect({ reply, after }).toEqual({ reply: [1], after: { lock: text('held:0', about(4_000)) } });
  });

  it('tells the head of the line for how long the lock stays taken, and leaves the line as it is', async () => {
    const [first, second] = [tokenOf(ben), tokenOf(cleo)];
    const waiting = queueOf([
      [first, arrival(1), beating(2_000)],
      [second, arrival(2), beating(2_000)],
    ]);
    const given = { lock: text(mine, 9_000), ...waiting };
    const run = ['lease/batch', { ...release, idleMs: 4_000 }] as const;
    expect(await lua().transition({ given, run, listening: [ben, cleo] })).toEqual({
      reply: [1],
      pushed: [`${ben}: held ${first} 0 4000 lock`],
      after: { lock: text('held:0', about(4_000)), ...waiting },
    });
  });
});

describe('a token that does not hold', () => {
  it('is told so when nobody does', async () => {
    expect(await lua().transition({ run: ['lease/batch', release] })).toEqual({
      reply: [0],
      pushed: [],
      after: {},
    });
  });

  it("cannot free another's lock, nor shorten it", async () => {
    const given = { lock: text(tokenOf(ben), 9_000), fence: text('7', 50_000) };
    expect(await lua().transition({ given, run: ['lease/batch', { ...release, idleMs: 50 }] })).toEqual({
      reply: [0],
      pushed: [],
      after: { lock: text(tokenOf(ben), about(9_000)), fence: text('7', about(50_000)) },
    });
  });

  it('cannot end the time for which its own lock stays taken', async () => {
    const given = { lock: text('held:7', 4_000) };
    const after = { lock: text('held:7', about(4_000)) };
    expect(await lua().transition({ given, run: ['lease/batch', release] })).toEqual({
      reply: [0],
      pushed: [],
      after,
    });
  });

  it('leaves the line without a trace, and nobody else does', async () => {
    const other = tokenOf(cleo);
    const beat = beating(2_000);
    const given: Keyspace = {
      lock: text(tokenOf(ben), 9_000),
      ...queueOf([
        [mine, arrival(1), beating(2_000)],
        [other, arrival(2), beat],
      ]),
    };
    expect(await lua().transition({ given, run: ['lease/batch', release], listening: [anna, cleo] })).toEqual(
      {
        reply: [0],
        pushed: [],
        after: {
          lock: text(tokenOf(ben), about(9_000)),
          ...queueOf([[other, arrival(2), beat]]),
        },
      },
    );
  });

  it('hands a lock that expired to the next in line as it leaves', async () => {
    const next = tokenOf(cleo);
    const given: Keyspace = {
      fence: text(String(AHEAD)),
      ...queueOf([
        [mine, arrival(1), beating(2_000)],
        [next, arrival(2), beating(9_000)],
      ]),
    };
    expect(await lua().transition({ given, run: ['lease/batch', release], listening: [anna, cleo] })).toEqual(
      {
        reply: [0],
        pushed: [`${cleo}: granted ${next} ${AHEAD + 1} 9000 lock`],
        after: { lock: text(next, about(9_000)), fence: text(String(AHEAD + 16), about(86_400_000)) },
      },
    );
  });

  it('is an error when the lock is of another type', async () => {
    const given: Keyspace = { lock: { type: 'set', value: ['x'] } };
    expect(await lua().transition({ given, run: ['lease/batch', release] })).toEqual({
      reply: [expect.stringMatching(/^WRONGTYPE /)],
      pushed: [],
      after: given,
    });
  });
});
