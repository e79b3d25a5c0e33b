/** Acquiring by `lease/batch` when nobody stands in line: granted, ours already, taken, and joining the line. */
import { describe, expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import {
  about,
  AHEAD,
  anna,
  arrival,
  beating,
  ben,
  clockMicros,
  clockText,
  cleo,
  freshBeat,
  queueOf,
  tokenOf,
} from '../cast.js';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();

const DAY_MS = 86_400_000;
const asking = { token: tokenOf(anna), ttlMs: 30_000, idleMs: -1 };
const queueing = { ...asking, idleMs: 2_000 };
const heldBy = (token: string, ttlMs?: number): Keyspace => ({
  lock: { type: 'string', value: token, ...(ttlMs ? { ttlMs } : {}) },
});
const fenceAt = (last: number, ttlMs?: number): Keyspace => ({
  fence: { type: 'string', value: String(last), ...(ttlMs ? { ttlMs } : {}) },
});

describe('a free lock', () => {
  it('is granted, with a fence of the server clock when none was issued before', async () => {
    expect(await lua().transition({ run: ['lease/batch', asking] })).toEqual({
      reply: [clockMicros()],
      pushed: [],
      after: {
        lock: { type: 'string', value: asking.token, ttlMs: about(30_000) },
        fence: { type: 'string', value: clockText(15), ttlMs: about(DAY_MS) },
      },
    });
  });

  it('is granted with the next block of fences when the counter is ahead of the clock', async () => {
    expect(await lua().transition({ given: fenceAt(AHEAD), run: ['lease/batch', asking] })).toEqual({
      reply: [AHEAD + 1],
      pushed: [],
      after: { ...heldBy(asking.token, about(30_000)), ...fenceAt(AHEAD + 16, about(DAY_MS)) },
    });
  });

  it('is granted with a fence of the clock when the counter stayed behind', async () => {
    expect(await lua().transition({ given: fenceAt(1_000), run: ['lease/batch', asking] })).toEqual({
      reply: [clockMicros()],
      pushed: [],
      after: {
        ...heldBy(asking.token, about(30_000)),
        fence: { type: 'string', value: clockText(15), ttlMs: about(DAY_MS) },
      },
    });
  });

  it('leaves the caller out of the line although it asked to queue', async () => {
    const { reply, after } = await lua().transition({
      given: fenceAt(AHEAD),
      run: ['lease/batch', queueing],
    });
    expect({ reply, keys: Object.keys(after) }).toEqual({ reply: [AHEAD + 1], keys: ['fence', 'lock'] });
  });

  it('is refused, and left alone, when a value of another type stands there', async () => {
    const given: Keyspace = { lock: { type: 'list', value: ['x'] } };
    expect(await lua().transition({ given, run: ['lease/batch', asking] })).toEqual({
      reply: [expect.stringMatching(/^WRONGTYPE /)],
      pushed: [],
      after: given,
    });
  });
});

describe('a fence that cannot be had', () => {
  const broken: Keyspace = { fence: { type: 'list', value: ['x'] } };
  const refused = { reply: [expect.stringMatching(/^WRONGTYPE /)], pushed: [] };

  it('leaves no lock behind', async () => {
    expect(await lua().transition({ given: broken, run: ['lease/batch', queueing] })).toEqual({
      ...refused,
      after: broken,
    });
  });

  it('leaves no lock behind either when it is our turn, and our place as it is', async () => {
    const given = { ...broken, ...queueOf([[asking.token, arrival(1), beating(2_000)]]) };
    expect(await lua().transition({ given, run: ['lease/batch', queueing] })).toEqual({
      ...refused,
      after: given,
    });
  });

  it('is an error, not a busy lock, when another holds, and makes no entry', async () => {
    const given = { ...broken, ...heldBy(tokenOf(ben)) };
    expect(await lua().transition({ given, run: ['lease/batch', queueing] })).toEqual({
      ...refused,
      after: given,
    });
  });
});

describe('a lock that is ours already', () => {
  const given = { ...heldBy(asking.token, 9_000), ...fenceAt(AHEAD + 16, 50_000) };

  it('is armed again for the full ttl, with the same fence', async () => {
    expect(await lua().transition({ given, run: ['lease/batch', asking] })).toEqual({
      reply: [AHEAD + 1],
      pushed: [],
      after: { ...heldBy(asking.token, about(30_000)), ...fenceAt(AHEAD + 16, about(50_000)) },
    });
  });

  it('is never shortened', async () => {
    expect(await lua().transition({ given, run: ['lease/batch', { ...asking, ttlMs: 3_000 }] })).toEqual({
      reply: [AHEAD + 1],
      pushed: [],
      after: { ...heldBy(asking.token, about(9_000)), ...fenceAt(AHEAD + 16, about(50_000)) },
    });
  });

  it('gets an end when somebody took its expiry away', async () => {
    const { after } = await lua().transition({ given: heldBy(asking.token), run: ['lease/batch', asking] });
    expect(after['lock']).toEqual({ type: 'string', value: asking.token, ttlMs: about(30_000) });
  });

  it.each(['15', 'x'])('gets a new fence when the counter says %s, which is not ours', async (value) => {
    const counter: Keyspace = { fence: { type: 'string', value } };
    const { reply } = await lua().transition({
      given: { ...heldBy(asking.token, 9_000), ...counter },
      run: ['lease/batch', asking],
    });
    expect(reply).toEqual([clockMicros()]);
  });

  it('gets a new fence when the counter is gone', async () => {
    expect(
      await lua().transition({ given: heldBy(asking.token, 9_000), run: ['lease/batch', asking] }),
    ).toEqual({
      reply: [clockMicros()],
      pushed: [],
      after: {
        ...heldBy(asking.token, about(30_000)),
        fence: { type: 'string', value: clockText(15), ttlMs: about(DAY_MS) },
      },
    });
  });
});

describe('a lock that another holds', () => {
  const holder = tokenOf(ben);
  const given = { ...heldBy(holder, 20_000), ...fenceAt(AHEAD, 50_000) };
  const unchanged = { ...heldBy(holder, about(20_000)), ...fenceAt(AHEAD, about(50_000)) };
  it('is told with its rest, its holder and the last fence, and nothing changes', async () => {
    expect(await lua().transition({ given, run: ['lease/batch', asking] })).toEqual({
      reply: [0, about(20_000), holder, AHEAD, 0, 0],
      pushed: [],
      after: unchanged,
    });
  });

  it('has no rest and no fence when it has no expiry and no counter', async () => {
    expect(await lua().transition({ given: heldBy(holder), run: ['lease/batch', asking] })).toEqual({
      reply: [0, -1, holder, 0, 0, 0],
      pushed: [],
      after: heldBy(holder),
    });
  });

  it('is queued for, by arrival at the server', async () => {
    expect(await lua().transition({ given, run: ['lease/batch', queueing] })).toEqual({
      reply: [0, about(20_000), holder, AHEAD, 1, 1],
      pushed: [],
      after: {
        ...unchanged,
        ...queueOf([[asking.token, clockMicros(), freshBeat(2_000)]], about(5_000)),
      },
    });
  });

  it('is queued for behind those who came before', async () => {
    const first = tokenOf(cleo);
    const beat = beating(500);
    expect(
      await lua().transition({
        given: { ...given, ...queueOf([[first, arrival(7), beat]], 4_000) },
        run: ['lease/batch', queueing],
      }),
    ).toEqual({
      reply: [0, about(20_000), holder, AHEAD, 2, 1],
      pushed: [],
      after: {
        ...unchanged,
        ...queueOf(
          [
            [first, arrival(7), beat],
            [asking.token, clockMicros(), freshBeat(2_000)],
          ],
          about(5_000),
        ),
      },
    });
  });

  it('keeps the place of a waiter that polls, and beats for it', async () => {
    const later = tokenOf(cleo);
    const beat = beating(500);
    const queued = queueOf(
      [
        [asking.token, arrival(7), beating(2_000, 10)],
        [later, arrival(8), beat],
      ],
      4_000,
    );
    expect(
      await lua().transition({
        given: { ...given, ...queued },
        run: ['lease/batch', { ...queueing, idleMs: 4_000 }],
      }),
    ).toEqual({
      reply: [0, about(20_000), holder, AHEAD, 1, 0],
      pushed: [],
      after: {
        ...unchanged,
        ...queueOf(
          [
            [asking.token, arrival(7), freshBeat(4_000)],
            [later, arrival(8), beat],
          ],
          about(5_000),
        ),
      },
    });
  });

  it("makes the second in line watch the expiry when the first is of the holder's own process", async () => {
    const sibling = tokenOf(ben, 2);
    const queued = queueOf([[sibling, arrival(7), beating(500)]]);
    const { reply } = await lua().transition({
      given: { ...given, ...queued },
      run: ['lease/batch', queueing],
    });
    expect(reply).toEqual([0, about(20_000), holder, AHEAD, 1, 1]);
  });

  it('keeps the third in line third, whoever is first', async () => {
    const before = [tokenOf(ben, 2), tokenOf(cleo)] as const;
    const queued = queueOf([
      [before[0], arrival(7), beating(500)],
      [before[1], arrival(8), beating(500)],
    ]);
    const { reply } = await lua().transition({
      given: { ...given, ...queued },
      run: ['lease/batch', queueing],
    });
    expect(reply).toEqual([0, about(20_000), holder, AHEAD, 3, 1]);
  });

  it('is an error, not a busy lock, when the queue is of another type', async () => {
    const broken: Keyspace = { ...given, queue: { type: 'string', value: 'x' } };
    expect(await lua().transition({ given: broken, run: ['lease/batch', queueing] })).toEqual({
      reply: [expect.stringMatching(/^WRONGTYPE /)],
      pushed: [],
      after: { ...unchanged, queue: { type: 'string', value: 'x' } },
    });
  });
});
