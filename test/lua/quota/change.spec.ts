/** `quota/change`: all of a change or nothing, within bounds, for good or set aside; each id once. */
import { describe, expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import { about } from '../cast.js';
import { useLuaBench, type Arguments } from '../lua-bench.js';
import { asking, countersOf, KEPT_MS, reservationOf } from './account.js';

const lua = useLuaBench();

async function change(given: Keyspace, args: Arguments | readonly Arguments[]) {
  const { reply, after } = await lua().transition({ given, run: ['quota/change', args] });
  return { reply, after };
}

const inMs = (ms: number): number =>
  expect.toSatisfy(
    (actual: unknown) => typeof actual === 'number' && Math.abs(actual - Date.now() - ms) < 1_000,
    `in ${ms} ms`,
  );

describe('a change for good', () => {
  it('begins with what a counter is at first', async () => {
    const { reply, after } = await change({}, asking({ by: -2 }));
    expect(reply).toEqual([1, 0, '3', '0', '0']);
    const { counters } = countersOf({ left: { v: 3 } });
    expect(after).toEqual({ counters: { ...counters, ttlMs: about(KEPT_MS) } });
  });

  it.each([
    [-6, 'the least'],
    [6, 'the most'],
  ])('by %i would pass %s, and changes nothing', async (by) => {
    const given = countersOf({ left: { v: 5 } });
    const { reply, after } = await change(given, asking({ by }));
    expect(reply).toEqual([0, 0, '5', '0', '0']);
    expect(after['counters']).toMatchObject({ value: given['counters']?.value });
  });

  it('of several counters is made of all or of none', async () => {
    const both = [asking({ by: -1 }), asking({ name: 'sold', by: 1, initial: 0, most: 1 })];
    const { reply, after } = await change({}, both);
    expect(reply).toEqual([1, 0, '4', '0', '0', '1', '0', '0']);
    const { reply: again, after: same } = await change(countersOf({ left: { v: 4 }, sold: { v: 1 } }), both);
    expect(again).toEqual([0, 0, '4', '0', '0', '1', '0', '0']);
    expect(same['counters']?.value).toEqual(after['counters']?.value);
  });

  it('counts what reservations may give back, on the side on which it would come', async () => {
    const given = countersOf({ left: { v: 5, u: 3, d: 4 } });
    for (const [by, code] of [
      [1, 1],
      [2, 0],
      [-2, 1],
      [-3, 0],
    ] as const) {
      const { reply } = await change(given, asking({ by }));
      expect(reply).toMatchObject({ 0: code });
    }
  });

  it('that only looks changes nothing, also where bounds were passed by others', async () => {
    const given = countersOf({ left: { v: 50 } });
    const { reply, after } = await change(given, asking({}));
    expect([reply, Object.keys(after)]).toEqual([[1, 0, '50', '0', '0'], ['counters']]);
    expect((await change({}, asking({}))).after).toEqual({});
  });

  it('is made once for an id, for as long as that is remembered', async () => {
    const { reply, after } = await change({}, asking({ by: -1, id: 'order' }));
    expect(reply).toEqual([1, 0, '4', '0', '0']);
    expect(after['settled']).toEqual({ type: 'zset', value: { order: inMs(9_000) }, ttlMs: about(KEPT_MS) });
    const settled = (leftMs: number): Keyspace => ({
      ...countersOf({ left: { v: 4 } }),
      settled: { type: 'zset', value: { order: Date.now() + leftMs }, ttlMs: KEPT_MS },
    });
    expect((await change(settled(500), asking({ by: -1, id: 'order' }))).reply).toEqual([
      3,
      0,
      '4',
      '0',
      '0',
    ]);
    const late = await change(settled(-5), asking({ by: -1, id: 'order' }));
    expect(late.reply).toEqual([1, 0, '3', '0', '0']);
  });
});

describe('a window', () => {
  const DAYS = 400 * 86_400_000_000;
  const current = (): number => Math.floor((Date.now() * 1_000) / DAYS);
  const windowed = asking({ by: -1, window: DAYS });

  it('goes on while the clock is in it, and while it was set back', async () => {
    for (const w of [current(), current() + 1]) {
      const { reply, after } = await change(countersOf({ left: { v: 2, w } }), windowed);
      expect(reply).toEqual([1, 0, '1', '0', '0']);
      expect(after['counters']).toMatchObject({ value: { wleft: `${w}` } });
    }
  });

  it('that is over begins anew, without what was reserved in it', async () => {
    const { reply } = await change(countersOf({ left: { v: 0, d: 5, w: current() - 1 } }), windowed);
    expect(reply).toEqual([1, 0, '4', '0', '0']);
  });
});

describe('a reservation', () => {
  const reserving = asking({ by: -2, id: 'buyer', reserveMs: 4_000 });

  it('is a change with what it changed beside it', async () => {
    const { reply, after } = await change({}, [reserving, asking({ ...reserving, name: 'sold', by: 1 })]);
    expect(reply).toEqual([1, 0, '3', '0', '2', '6', '1', '0']);
    expect(after['amounts']).toMatchObject({ value: { buyer: 'left=-2@0;sold=1@0;' } });
    expect(after['reserved']).toMatchObject({ value: { buyer: inMs(4_000) }, ttlMs: about(KEPT_MS) });
  });

  it('is one for an id', async () => {
    const given = { ...countersOf({ left: { v: 3, d: 2 } }), ...reservationOf('buyer', 'left=-2@0;', 4_000) };
    const { reply } = await change(given, reserving);
    expect(reply).toEqual([2, about(4_000), '3', '0', '2']);
  });

  it('that is over is given back before anything else', async () => {
    const given = {
      ...countersOf({ left: { v: 0, d: 5 }, sold: { v: 5, u: 5 } }),
      ...reservationOf('late', 'left=-5@0;sold=5@0;', -1),
    };
    const both = [asking({ by: -5 }), asking({ name: 'sold', initial: 0 })];
    const { reply, after } = await change(given, both);
    expect(reply).toEqual([1, 0, '0', '0', '0', '0', '0', '0']);
    expect(Object.keys(after)).toEqual(['counters']);
  });

  it('of a window that is over gives nothing back', async () => {
    const given = {
      ...countersOf({ left: { v: 5, w: 7 } }),
      ...reservationOf('late', 'left=-5@6;', -1),
    };
    expect((await change(given, asking({}))).reply).toEqual([1, 0, '5', '0', '0']);
  });
});

it('out of memory changes nothing', async () => {
  const given = countersOf({ left: { v: 5 } });
  const { reply, after } = await lua().transition({
    given,
    run: ['quota/change', asking({ by: -1, id: 'order' })],
    full: true,
  });
  expect(reply).toEqual({ error: 'OOM' });
  expect(after['counters']).toMatchObject({ value: given['counters']?.value });
});
