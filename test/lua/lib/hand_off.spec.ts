/** `lib/hand_off`, when a lock is given back, and when somebody comes by who wants it. */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import {
  about,
  AHEAD,
  anna,
  arrival,
  type Beat,
  beating,
  ben,
  clockMicros,
  cleo,
  dora,
  freshBeat,
  queueOf,
  silent,
  tokenOf,
} from '../cast.js';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();

const DAY_MS = 86_400_000;
const [first, second] = [tokenOf(ben), tokenOf(cleo)];
const passerBy = { token: tokenOf(dora), ttlMs: 30_000, idleMs: -1 };
const text = (value: string, ttlMs?: number): Keyspace[string] => ({
  type: 'string',
  value,
  ...(ttlMs ? { ttlMs } : {}),
});
const fence = text(String(AHEAD));
const minted = (blocks: number): Keyspace[string] => text(String(AHEAD + 16 * blocks), about(DAY_MS));
const release = ['lease/batch', { token: tokenOf(anna), ttlMs: 0, idleMs: 0 }] as const;
const held = { lock: text(tokenOf(anna), 9_000), fence };

/** Waiters in the order of their arrival. */
const line = (...waiters: readonly (readonly [token: string, beat: Beat])[]): Keyspace =>
  queueOf(waiters.map(([token, beat], at) => [token, arrival(at + 1), beat]));

/** What is left of `line` when those in front are gone. */
const restOf = (token: string, count: number, beat: Beat): Keyspace =>
  queueOf([[token, arrival(count), beat]]);

describe('a release', () => {
  it('hands the lock to the first in line, tells it, and leaves the others where they are', async () => {
    const beat = beating(2_000);
    const given = { ...held, ...line([first, beating(2_000)], [second, beat]) };
    expect(await lua().transition({ given, run: release, listening: [ben, cleo] })).toEqual({
      reply: [1],
      pushed: [`${ben}: granted ${first} ${AHEAD + 1} 2000 lock`],
      after: { lock: text(first, about(2_000)), fence: minted(1), ...restOf(second, 2, beat) },
    });
  });

  it('drops the dead at the head, and those without a heartbeat', async () => {
    const dead = [1, 2, 3].map((count) => tokenOf(ben, count));
    const waiting = line(
      [dead[0] ?? '', silent()],
      [dead[1] ?? '', { untilMs: undefined, grantMs: 2_000 }],
      [dead[2] ?? '', { untilMs: undefined, grantMs: undefined }],
      [second, beating(2_000)],
    );
    const { pushed, after } = await lua().transition({
      given: { ...held, ...waiting },
      run: release,
      listening: [ben, cleo],
    });
    expect({ pushed, after }).toEqual({
      pushed: [`${cleo}: granted ${second} ${AHEAD + 1} 2000 lock`],
      after: { lock: text(second, about(2_000)), fence: minted(1) },
    });
  });

  it('frees the lock when only the dead were waiting', async () => {
    const given = { ...held, ...line([first, silent()], [second, silent(0)]) };
    expect(await lua().transition({ given, run: release, listening: [ben, cleo] })).toEqual({
      reply: [1],
      pushed: [],
      after: { fence },
    });
  });

  it('passes over a process that does not listen, keeps its place, and spends no fence on it', async () => {
    const beat = beating(2_000);
    const given = { ...held, ...line([first, beat], [second, beating(2_000)]) };
    expect(await lua().transition({ given, run: release, listening: [cleo] })).toEqual({
      reply: [1],
      pushed: [`${cleo}: granted ${second} ${AHEAD + 1} 2000 lock`],
      after: { lock: text(second, about(2_000)), fence: minted(1), ...restOf(first, 1, beat) },
    });
  });

  it('frees the lock when nobody in line listens', async () => {
    const waiting = line([first, beating(2_000)]);
    expect(await lua().transition({ given: { ...held, ...waiting }, run: release })).toEqual({
      reply: [1],
      pushed: [],
      after: { fence: minted(0), ...waiting },
    });
  });

  it('leaves no counter behind when nobody in line listens and there was none', async () => {
    const waiting = line([first, beating(2_000)]);
    const { lock } = held;
    const { after } = await lua().transition({ given: { lock, ...waiting }, run: release });
    expect(after).toEqual(waiting);
  });

  it('only wakes a waiter that asked for hints, which then has to ask', async () => {
    const waiting = line([first, beating(0)], [second, beating(2_000)]);
    expect(
      await lua().transition({ given: { ...held, ...waiting }, run: release, listening: [ben, cleo] }),
    ).toEqual({
      reply: [1],
      pushed: [`${ben}: wake ${first} 0 0 lock`],
      after: { fence, ...waiting },
    });
  });

  it('only wakes one of which no grant time is known', async () => {
    const waiting = line([first, { untilMs: Date.now() + 2_000, grantMs: undefined }]);
    const { pushed } = await lua().transition({
      given: { ...held, ...waiting },
      run: release,
      listening: [ben],
    });
    expect(pushed).toEqual([`${ben}: wake ${first} 0 0 lock`]);
  });

  it('goes on to the next when one that asked for hints does not listen', async () => {
    const beat = beating(0);
    const given = { ...held, ...line([first, beat], [second, beating(2_000)]) };
    const { pushed, after } = await lua().transition({ given, run: release, listening: [cleo] });
    expect({ pushed, after }).toEqual({
      pushed: [`${cleo}: granted ${second} ${AHEAD + 1} 2000 lock`],
      after: { lock: text(second, about(2_000)), fence: minted(1), ...restOf(first, 1, beat) },
    });
  });

  it('grants for the first time no longer than the heartbeat lasts', async () => {
    const given = { ...held, ...line([first, beating(2_000, 900)]) };
    const { pushed, after } = await lua().transition({ given, run: release, listening: [ben] });
    expect(Number(pushed[0]?.split(' ').at(-2))).toSatisfy((ms: number) => ms > 0 && ms <= 900);
    expect(after['lock']).toEqual(text(first, about(900)));
  });

  it('grants longer than the heartbeat to a waiter that missed a grant before', async () => {
    const given = { ...held, ...line([first, beating(4_000, 900)]) };
    const { pushed } = await lua().transition({ given, run: release, listening: [ben] });
    expect(pushed).toEqual([`${ben}: granted ${first} ${AHEAD + 1} 4000 lock`]);
  });

  it('counts an error of PUBLISH as heard: without channel rights the waiter finds the grant when it polls', async () => {
    await lua().redis.call('ACL', 'SETUSER', 'mute', 'on', '>pw', '~*', 'resetchannels', '+@all');
    const as = lua().redis.duplicate({ username: 'mute', password: 'pw' });
    onTestFinished(() => as.disconnect());
    const given = { ...held, ...line([first, beating(2_000)]) };
    expect(await lua().transition({ given, run: release, as })).toEqual({
      reply: [1],
      pushed: [],
      after: { lock: text(first, about(2_000)), fence: minted(1) },
    });
  });

  it('looks at 64 heads and no more', async () => {
    const dead = Array.from({ length: 65 }, (_, i) => [tokenOf(ben, i + 1), silent()] as const);
    const last = dead[64];
    const { reply, after } = await lua().transition({ given: { ...held, ...line(...dead) }, run: release });
    expect({ reply, after }).toEqual({
      reply: [1],
      after: { fence, ...restOf(last?.[0] ?? '', 65, last?.[1] ?? silent()) },
    });
  });
});

describe('an acquire of a lock that expired', () => {
  it('hands it to the first in line and is told who holds now', async () => {
    const given = { fence, ...line([first, beating(2_000)]) };
    expect(await lua().transition({ given, run: ['lease/batch', passerBy], listening: [ben, dora] })).toEqual(
      {
        reply: [0, about(2_000), first, AHEAD + 16, 0, 0],
        pushed: [`${ben}: granted ${first} ${AHEAD + 1} 2000 lock`],
        after: { lock: text(first, about(2_000)), fence: minted(1) },
      },
    );
  });

  it('joins the line behind the one it has just granted', async () => {
    const given = { fence, ...line([first, beating(2_000)]) };
    expect(
      await lua().transition({
        given,
        run: ['lease/batch', { ...passerBy, idleMs: 2_000 }],
        listening: [ben],
      }),
    ).toEqual({
      reply: [0, about(2_000), first, AHEAD + 16, 1, 1],
      pushed: [`${ben}: granted ${first} ${AHEAD + 1} 2000 lock`],
      after: {
        lock: text(first, about(2_000)),
        fence: minted(1),
        ...queueOf([[passerBy.token, clockMicros(), freshBeat(2_000)]], about(5_000)),
      },
    });
  });

  it('takes it when it is its own turn, leaves the line, and pushes nothing to itself', async () => {
    const beat = beating(2_000);
    const given = { fence, ...line([passerBy.token, beating(2_000)], [second, beat]) };
    expect(
      await lua().transition({
        given,
        run: ['lease/batch', { ...passerBy, idleMs: 2_000 }],
        listening: [dora, cleo],
      }),
    ).toEqual({
      reply: [AHEAD + 1],
      pushed: [],
      after: { lock: text(passerBy.token, about(30_000)), fence: minted(1), ...restOf(second, 2, beat) },
    });
  });

  it('takes it when it is its own turn although its heartbeat ran out', async () => {
    const given = { fence, ...line([passerBy.token, silent()]) };
    const { reply, after } = await lua().transition({ given, run: ['lease/batch', passerBy] });
    expect({ reply, after }).toEqual({
      reply: [AHEAD + 1],
      after: { lock: text(passerBy.token, about(30_000)), fence: minted(1) },
    });
  });

  it('takes it behind the dead, and clears them away', async () => {
    const given = { fence, ...line([first, silent()]) };
    const { reply, after } = await lua().transition({ given, run: ['lease/batch', passerBy] });
    expect({ reply, after }).toEqual({
      reply: [AHEAD + 1],
      after: { lock: text(passerBy.token, about(30_000)), fence: minted(1) },
    });
  });

  it('takes it past one that does not listen, which cost no fence', async () => {
    const waiting = line([first, beating(2_000)]);
    expect(await lua().transition({ given: { fence, ...waiting }, run: ['lease/batch', passerBy] })).toEqual({
      reply: [AHEAD + 1],
      pushed: [],
      after: { lock: text(passerBy.token, about(30_000)), fence: minted(1), ...waiting },
    });
  });

  it('leaves no entry of its own when it took the lock past more heads than are looked at', async () => {
    const dead = Array.from({ length: 64 }, (_, i) => [tokenOf(ben, i + 1), silent()] as const);
    const waiting = line(...dead, [passerBy.token, beating(2_000)]);
    const { reply, after } = await lua().transition({
      given: { fence, ...waiting },
      run: ['lease/batch', passerBy],
    });
    expect({ reply, after }).toEqual({
      reply: [AHEAD + 1],
      after: { lock: text(passerBy.token, about(30_000)), fence: minted(1) },
    });
  });

  it('is told that nobody holds when the first in line was only woken', async () => {
    const waiting = line([first, beating(0)]);
    expect(
      await lua().transition({
        given: { fence, ...waiting },
        run: ['lease/batch', passerBy],
        listening: [ben],
      }),
    ).toEqual({
      reply: [0, -1, '', AHEAD, 0, 0],
      pushed: [`${ben}: wake ${first} 0 0 lock`],
      after: { fence: text(String(AHEAD)), ...waiting },
    });
  });
});
