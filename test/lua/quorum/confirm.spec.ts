/** `quorum/confirm`: a bid becomes a vote, where the server may vote. */
import { describe, expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import { about, AHEAD, anna, ben, clockText, tokenOf } from '../cast.js';
import { useLuaBench } from '../lua-bench.js';
import { partsOfSeat, runIdOf, SEAT_TTL_MS, seatIn, text } from './seats.js';

const lua = useLuaBench();

const mine = tokenOf(anna);
const ABSENT_MS = 60_000;
/** The bid was given the block before. */
const bid = text(String(AHEAD - 1), 50_000);
const vote = { token: mine, ttlMs: 30_000, last: AHEAD + 15, absentMs: ABSENT_MS };
const runId = (): Promise<string> => runIdOf(lua().redis);
const seated = async (ageMs = ABSENT_MS + 5_000): Promise<Keyspace> => seatIn(await runId(), ageMs);

it('arms the lock again and writes the fences down', async () => {
  const seat = await seated();
  const given = { lock: text(mine, 2_000), fence: bid, ...seat };
  expect(await lua().transition({ given, run: ['quorum/confirm', vote] })).toEqual({
    reply: [1],
    pushed: [],
    after: {
      lock: text(mine, about(30_000)),
      fence: text(String(AHEAD + 15), about(86_400_000)),
      seat: { ...seat['seat'], ttlMs: about(SEAT_TTL_MS) },
    },
  });
});

it('does so where the counter is gone, for the fences were agreed on elsewhere', async () => {
  const given = { lock: text(mine, 2_000), ...(await seated()) };
  const { reply, after } = await lua().transition({ given, run: ['quorum/confirm', vote] });
  expect([reply, after['fence']]).toEqual([[1], text(String(AHEAD + 15), about(86_400_000))]);
});

it.each([
  ['nobody', {}],
  ['another', { lock: text(tokenOf(ben), 9_000) }],
])('is no vote where %s holds', async (_who, held: Keyspace) => {
  const given = { ...held, fence: bid, ...(await seated()) };
  const { reply, after } = await lua().transition({ given, run: ['quorum/confirm', vote] });
  expect([reply, after['fence']]).toEqual([[0], text(String(AHEAD - 1), about(50_000))]);
});

it.each([
  ['the first of them', AHEAD, -1],
  ['a higher one', AHEAD + 31, -1],
  ['the one before', AHEAD - 1, 1],
])('is no vote where such a fence was issued: %s', async (_what, counter, code) => {
  const given = { lock: text(mine, 2_000), fence: text(String(counter), 50_000), ...(await seated()) };
  const { reply, after } = await lua().transition({ given, run: ['quorum/confirm', vote] });
  expect(reply).toEqual([code]);
  if (code < 0) expect(after['lock']).toEqual(text(mine, about(2_000)));
});

describe('a server that lost something', () => {
  it.each([
    ['has no seat', {}],
    ['took its seat when it ran before', seatIn('0123456789abcdef', 2 * ABSENT_MS)],
    ['has something else in its place', { seat: text('mine', 9_000) }],
  ])('takes its seat anew and has no vote: it %s', async (_how, before: Keyspace) => {
    const given = { lock: text(mine, 2_000), fence: bid, ...before };
    const { reply, after } = await lua().transition({ given, run: ['quorum/confirm', vote] });
    expect(reply).toEqual([-2]);
    const [run, since] = partsOfSeat(after);
    expect([run, `${since}000`]).toEqual([await runId(), clockText()]);
    expect(after['lock']).toEqual(text(mine, about(2_000)));
  });

  it('takes its seat with the first question, be that a needless one', async () => {
    const { after } = await lua().transition({ run: ['quorum/confirm', vote] });
    expect(partsOfSeat(after)[0]).toBe(await runId());
  });

  it('has its vote back when whatever it may have granted is over', async () => {
    for (const [ageMs, code] of [
      [ABSENT_MS - 1_000, -2],
      [ABSENT_MS, 1],
    ] as const) {
      const given = { lock: text(mine, 2_000), fence: bid, ...(await seated(ageMs)) };
      expect((await lua().transition({ given, run: ['quorum/confirm', vote] })).reply).toEqual([code]);
    }
  });
});

it('gives the error of a member to that member alone', async () => {
  const given: Keyspace = {
    ...{ a: text(mine, 2_000), b: { type: 'list', value: ['x'] }, c: text(mine, 2_000) },
    ...(await seated()),
  };
  const members = ['a', 'b', 'c'].map((lock) => ({ ...vote, lock, fence: `${lock}-fence` }));
  const { reply } = await lua().transition({ given, run: ['quorum/confirm', members] });
  expect(reply).toEqual([1, expect.stringMatching(/^WRONGTYPE /), 1]);
});

it('writes nothing when it is out of memory', async () => {
  const given = { lock: text(mine, 2_000), fence: bid, ...(await seated()) };
  const { reply, after } = await lua().transition({ given, run: ['quorum/confirm', vote], full: true });
  expect(reply).toEqual([expect.stringMatching(/^OOM /)]);
  expect([after['lock'], after['fence']]).toEqual([
    text(mine, about(2_000)),
    text(String(AHEAD - 1), about(50_000)),
  ]);
});

it('says of the whole call that the server takes no writes', async () => {
  const given = { lock: text(mine, 9_000), fence: bid, ...(await seated()) };
  const run = ['quorum/confirm', vote] as const;
  expect((await lua().transition({ given, run, demoted: true })).reply).toEqual({ error: 'READONLY' });
});
