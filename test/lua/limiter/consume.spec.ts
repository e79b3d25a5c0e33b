/** `limiter/consume`: what each kind of limit counts, who passes, and what the rest has to wait. */
import { describe, expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import { about, clockMicros } from '../cast.js';
import { useLuaBench, type Arguments } from '../lua-bench.js';

const lua = useLuaBench();

const SECOND = 1_000_000;
/** Windows and intervals so long that what passes while a test runs is nothing. */
const HOUR = 3_600 * SECOND;
const HOUR_MS = HOUR / 1_000;

const micros = (offset = 0): number => Date.now() * 1_000 + offset;
const state = (value: Readonly<Record<string, number>>, name = 'limit'): Keyspace => ({
  [name]: { type: 'zset', value, ttlMs: HOUR_MS },
});
const ask = (args: Arguments): Arguments => ({ unit: 0, cost: 1, counts: 1, ...args });
/** A wait of about so many microseconds, less what has passed. */
const aboutMicros = (wanted: number): number =>
  expect.toSatisfy(
    (actual: unknown) => typeof actual === 'number' && actual <= wanted && actual >= wanted - 2 * SECOND,
    `about ${wanted}`,
  );

async function consume(given: Keyspace, args: Arguments | readonly Arguments[]) {
  const { reply, after } = await lua().transition({ given, run: ['limiter/consume', args] });
  return { reply, after };
}

describe('GCRA', () => {
  const gcra = ask({ kind: 'gcra', most: 3, span: HOUR });

  it('begins with its whole burst', async () => {
    const { reply, after } = await consume({}, gcra);
    expect(reply).toEqual([1, 2, 0, HOUR]);
    expect(after).toEqual({
      limit: { type: 'zset', value: { tat: clockMicros(HOUR) }, ttlMs: about(HOUR_MS) },
    });
  });

  it('refuses what is further ahead than its burst, says for how long, and changes nothing', async () => {
    const given = state({ tat: micros(3 * HOUR) });
    const { reply, after } = await consume(given, gcra);
    expect(reply).toEqual([0, 0, aboutMicros(HOUR), aboutMicros(3 * HOUR)]);
    expect(after['limit']).toMatchObject({ value: given['limit']?.value });
  });

  it('takes nothing for further ahead than the burst, as it seems when the clock was set back', async () => {
    const { reply } = await consume(state({ tat: micros(500 * HOUR) }), gcra);
    expect(reply).toEqual([0, 0, HOUR, 3 * HOUR]);
  });

  it('only looks when it is told to', async () => {
    const { reply, after } = await consume({}, { ...gcra, counts: 0, cost: 3 });
    expect([reply, after]).toEqual([[1, 3, 0, 0], {}]);
  });
});

describe('a token bucket', () => {
  // A token a second.
  const bucket = ask({ kind: 'bucket', most: 5, span: 1, unit: SECOND });

  it('begins full', async () => {
    const { reply, after } = await consume({}, { ...bucket, cost: 2 });
    expect(reply).toEqual([1, 3, 0, 2 * SECOND]);
    expect(after).toEqual({
      limit: { type: 'zset', value: { level: 3 * SECOND, at: clockMicros() }, ttlMs: about(2_000) },
    });
  });

  it('fills by the time that has passed, and no further than it is large', async () => {
    const { reply } = await consume(state({ level: 0, at: micros(-3.5 * SECOND) }), { ...bucket, cost: 0 });
    expect(reply).toEqual([1, 3, 0, aboutMicros(1.5 * SECOND)]);
    const { reply: full } = await consume(state({ level: 0, at: micros(-HOUR) }), { ...bucket, cost: 0 });
    expect(full).toEqual([1, 5, 0, 0]);
  });

  it('tells how long what is missing takes', async () => {
    const { reply } = await consume(state({ level: SECOND, at: micros() }), { ...bucket, cost: 4 });
    expect(reply).toEqual([0, 1, aboutMicros(3 * SECOND), aboutMicros(4 * SECOND)]);
  });

  it('gets nothing from a clock that was set back', async () => {
    const { reply } = await consume(state({ level: SECOND, at: micros(HOUR) }), { ...bucket, cost: 0 });
    expect(reply).toEqual([1, 1, 0, 4 * SECOND]);
  });
});

describe('a fixed window', () => {
  const DAYS = 400 * 24 * HOUR;
  const fixed = ask({ kind: 'fixed', most: 3, span: DAYS });
  const current = (): number => Math.floor(micros() / DAYS);
  const left = (): number => (current() + 1) * DAYS - micros();

  it('counts in the window that the clock is in', async () => {
    const { reply, after } = await consume({}, fixed);
    expect(reply).toEqual([1, 2, 0, aboutMicros(left() + SECOND)]);
    expect(after['limit']).toMatchObject({ value: { count: 1, window: current() } });
    const { reply: next } = await consume(state({ count: 3, window: current() - 1 }), fixed);
    expect(next).toEqual([1, 2, 0, aboutMicros(left() + SECOND)]);
  });

  it('is full until the next one', async () => {
    const { reply } = await consume(state({ count: 3, window: current() }), fixed);
    expect(reply).toEqual([0, 0, aboutMicros(left() + SECOND), aboutMicros(left() + SECOND)]);
  });

  it('keeps what was counted when the clock was ahead', async () => {
    const { reply, after } = await consume(state({ count: 2, window: current() + 9 }), fixed);
    expect(reply).toEqual([1, 0, 0, aboutMicros(left() + SECOND)]);
    expect(after['limit']).toMatchObject({ value: { count: 3, window: current() } });
  });

  it('that nothing was counted in has nothing to end', async () => {
    expect((await consume({}, { ...fixed, cost: 0 })).reply).toEqual([1, 3, 0, 0]);
  });
});

describe('a sliding window counter', () => {
  const DAYS_MS = 400 * 24 * HOUR_MS;
  const counter = ask({ kind: 'counter', most: 10, span: DAYS_MS });
  const current = (): number => Math.floor(Date.now() / DAYS_MS);
  /** Which part of the window before still counts. */
  const share = (): number => ((current() + 1) * DAYS_MS - Date.now()) / DAYS_MS;
  const leftMicros = (): number => ((current() + 1) * DAYS_MS - Date.now()) * 1_000;

  it('counts the window before by the part of it that is left', async () => {
    const { reply, after } = await consume(state({ count: 10, before: 4, window: current() - 1 }), counter);
    const room = 10 - 1 - Math.ceil(10 * share());
    expect(reply).toEqual([1, room, 0, expect.any(Number)]);
    expect(after['limit']).toMatchObject({ value: { count: 1, before: 10, window: current() } });
  });

  it('forgets what is older than that', async () => {
    const { reply } = await consume(state({ count: 10, before: 10, window: current() - 2 }), counter);
    expect(reply).toEqual([1, 9, 0, expect.any(Number)]);
  });

  it('says when the window before has let go of enough', async () => {
    const cost = 10 - Math.floor(5 * share());
    const given = state({ count: 0, before: 10, window: current() });
    const { reply } = await consume(given, { ...counter, cost });
    const wanted = Math.floor(((10 - cost) / 10) * DAYS_MS) * 1_000;
    expect(reply).toEqual([
      0,
      10 - Math.ceil(10 * share()),
      aboutMicros(leftMicros() - wanted + SECOND),
      aboutMicros(leftMicros() + SECOND),
    ]);
  });

  it('says when the next window has', async () => {
    const { reply } = await consume(state({ count: 10, before: 0, window: current() }), {
      ...counter,
      cost: 5,
    });
    const later = DAYS_MS * 1_000 * 0.5;
    expect(reply).toEqual([0, 0, aboutMicros(leftMicros() + later + SECOND), expect.any(Number)]);
  });

  it('keeps what was counted when the clock was ahead', async () => {
    const { after } = await consume(state({ count: 2, before: 3, window: current() + 5 }), counter);
    expect(after['limit']).toMatchObject({ value: { count: 3, before: 3, window: current() } });
  });

  it('that nothing was counted in has nothing to end', async () => {
    expect((await consume({}, { ...counter, cost: 0 })).reply).toEqual([1, 10, 0, 0]);
  });
});

describe('a sliding window log', () => {
  const log = ask({ kind: 'log', most: 3, span: HOUR });
  const entry = (number: number): string => String(number).padStart(16, '0');
  const entries = (...offsets: readonly number[]): Keyspace =>
    state(Object.fromEntries(offsets.map((offset, at) => [entry(at + 7), micros(offset)])));

  it('has an entry for each that passed, numbered from the newest on', async () => {
    const { reply, after } = await consume(entries(-60 * SECOND), { ...log, cost: 2 });
    expect(reply).toEqual([1, 0, 0, HOUR]);
    expect(after['limit']).toMatchObject({
      value: { [entry(7)]: expect.any(Number), [entry(8)]: clockMicros(), [entry(9)]: clockMicros() },
      ttlMs: about(HOUR_MS),
    });
  });

  it('lets go of what is as old as the window, and of nothing younger', async () => {
    const given = entries(-HOUR - SECOND, -HOUR + 60 * SECOND, -SECOND);
    const { reply, after } = await consume(given, log);
    expect(reply).toEqual([1, 0, 0, HOUR]);
    expect(Object.keys(after['limit']?.value ?? {})).toEqual([entry(8), entry(9), entry(10)]);
  });

  it('waits for the oldest of those that are in the way', async () => {
    const given = entries(-2 * HOUR, -60 * SECOND, -30 * SECOND, -SECOND);
    const { reply } = await consume(given, { ...log, cost: 2 });
    expect(reply).toEqual([0, 0, aboutMicros(HOUR - 30 * SECOND), aboutMicros(HOUR - SECOND)]);
  });

  it('has what was counted when the clock was ahead count from now on', async () => {
    const { reply, after } = await consume(entries(-SECOND, 5 * HOUR), log);
    expect(reply).toEqual([1, 0, 0, HOUR]);
    expect(after['limit']).toMatchObject({ value: { [entry(8)]: clockMicros(), [entry(9)]: clockMicros() } });
    const { reply: full } = await consume(entries(HOUR, 5 * HOUR, 6 * HOUR), log);
    expect(full).toEqual([0, 0, HOUR, HOUR]);
  });

  it('that nothing was counted in has nothing to end', async () => {
    expect((await consume({}, { ...log, cost: 0 })).reply).toEqual([1, 3, 0, 0]);
    expect((await consume(entries(-SECOND), { ...log, cost: 0 })).reply).toEqual([
      1,
      2,
      0,
      aboutMicros(HOUR - SECOND),
    ]);
  });
});

describe('several limits', () => {
  const one = ask({ limit: 'one', kind: 'gcra', most: 3, span: HOUR });
  const other = ask({ limit: 'other', kind: 'gcra', most: 1, span: HOUR });

  it('all let it pass, and it is counted against each', async () => {
    const { reply, after } = await consume({}, [one, other]);
    expect(reply).toEqual([1, 2, 0, HOUR, 0, 0, HOUR]);
    expect(Object.keys(after)).toEqual(['one', 'other']);
  });

  it('do not all let it pass, and it is counted against none', async () => {
    const { reply, after } = await consume(state({ tat: micros(HOUR) }, 'other'), [one, other]);
    expect(reply).toEqual([0, 3, 0, 0, 0, aboutMicros(HOUR), aboutMicros(HOUR)]);
    expect(Object.keys(after)).toEqual(['other']);
  });
});

it('what is no limit is an error, and is left as it is', async () => {
  const given = { limit: { type: 'string', value: 'mine' } } as const;
  const { reply, after } = await consume(given, ask({ kind: 'gcra', most: 3, span: HOUR }));
  expect(reply).toEqual({ error: 'WRONGTYPE' });
  expect(after).toEqual(given);
});
