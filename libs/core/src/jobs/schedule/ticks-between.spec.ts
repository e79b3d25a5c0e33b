import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileSchedule } from './compile-schedule.js';
import { ticksBetween } from './ticks-between.js';

const MINUTE_MS = 60_000;
const NOON = Date.UTC(2026, 4, 5, 12);
const everyMinute = compileSchedule('* * * * *', { timeZone: 'UTC' });

const minutes = (range: { after: number; upTo: number; most: number; keep: 'oldest' | 'newest' }) => {
  const { ticks, more } = ticksBetween(everyMinute, {
    ...range,
    after: NOON + range.after * MINUTE_MS,
    upTo: NOON + range.upTo * MINUTE_MS,
  });
  return { ticks: ticks.map((tick) => (tick - NOON) / MINUTE_MS), more };
};

describe('the ticks of a time that has passed', () => {
  it('begin after its start and end with its end', () => {
    for (const keep of ['oldest', 'newest'] as const) {
      expect(minutes({ after: 0, upTo: 3, most: 9, keep })).toEqual({ ticks: [1, 2, 3], more: false });
      expect(minutes({ after: 0.5, upTo: 2.5, most: 9, keep })).toEqual({ ticks: [1, 2], more: false });
      expect(minutes({ after: 1, upTo: 1, most: 9, keep })).toEqual({ ticks: [], more: false });
      expect(minutes({ after: 3, upTo: 1, most: 9, keep })).toEqual({ ticks: [], more: false });
    }
  });

  it('are cut at the end that is asked for, and it is told', () => {
    expect(minutes({ after: 0, upTo: 5, most: 2, keep: 'oldest' })).toEqual({ ticks: [1, 2], more: true });
    expect(minutes({ after: 0, upTo: 5, most: 2, keep: 'newest' })).toEqual({ ticks: [4, 5], more: true });
    expect(minutes({ after: 0, upTo: 5, most: 5, keep: 'newest' })).toMatchObject({ more: false });
    expect(minutes({ after: 0, upTo: 5, most: 0, keep: 'newest' })).toEqual({ ticks: [], more: true });
  });

  it('cost no more for a year than for an hour', () => {
    const asked: number[] = [];
    const counted = {
      next: (after: number) => (asked.push(after), everyMinute.next(after)),
      previous: (upTo: number) => (asked.push(upTo), everyMinute.previous(upTo)),
    };
    for (const keep of ['oldest', 'newest'] as const) {
      ticksBetween(counted, { after: 0, upTo: NOON, most: 10, keep });
    }
    expect(asked).toHaveLength(22);
  });

  it('are the same from either end when none is cut', () => {
    const yearly = compileSchedule('30 2 * * 0', { timeZone: 'Europe/Berlin' });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: NOON }), fc.nat(60), (after, weeks) => {
        const range = { after, upTo: after + weeks * 7 * 86_400_000, most: 100 };
        const oldest = ticksBetween(yearly, { ...range, keep: 'oldest' });
        expect(oldest).toEqual(ticksBetween(yearly, { ...range, keep: 'newest' }));
        expect(Math.abs(oldest.ticks.length - weeks)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 30 },
    );
  });
});
