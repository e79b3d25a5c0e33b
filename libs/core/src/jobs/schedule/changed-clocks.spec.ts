/** What is due when clocks are changed, in zones that change them in every way there is. */
import { describe, expect, it } from 'vitest';
import { compileSchedule, type CompiledSchedule } from './compile-schedule.js';

const short = (at: number): string => new Date(at).toISOString().slice(0, 16);

/** So many ticks from `from` on, in UTC; and the same ones back again, or it fails. */
function ticks(expression: string, timeZone: string, [from, count]: readonly [string, number]): string[] {
  const schedule = compileSchedule(expression, { timeZone });
  const found: number[] = [];
  for (let at = Date.parse(from); found.length < count; found.push(at)) at = schedule.next(at) ?? Number.NaN;
  expect(backFrom(schedule, found)).toEqual(found);
  return found.map(short);
}

function backFrom(schedule: CompiledSchedule, found: readonly number[]): readonly number[] {
  const back: number[] = [];
  let upTo = found.at(-1) ?? 0;
  for (const _ of found) {
    const tick = schedule.previous(upTo) ?? Number.NaN;
    back.unshift(tick);
    upTo = tick - 1;
  }
  return back;
}

describe('times of day', () => {
  // Zone, expression, from when on, and what is due then, in UTC.
  it.each([
    ['Europe/Berlin', '30 2 * * *', '2026-03-28', ['03-28T01:30', '03-29T01:00', '03-30T00:30']],
    ['Europe/Berlin', '0 3 * * *', '2026-03-28', ['03-28T02:00', '03-29T01:00', '03-30T01:00']],
    ['Europe/Berlin', '0,30 2,3 * * *', '2026-03-29', ['03-29T01:00', '03-29T01:30', '03-30T00:00']],
    ['Europe/Berlin', '30 2 * * *', '2026-10-24', ['10-24T00:30', '10-25T00:30', '10-26T01:30']],
    ['Europe/Berlin', '0 3 * * *', '2026-10-24', ['10-24T01:00', '10-25T02:00', '10-26T02:00']],
    ['America/New_York', '30 2 * * *', '2026-03-07', ['03-07T07:30', '03-08T07:00', '03-09T06:30']],
    ['America/New_York', '30 1 * * *', '2026-10-31', ['10-31T05:30', '11-01T05:30', '11-02T06:30']],
    // Half an hour.
    ['Australia/Lord_Howe', '15 2 * * *', '2026-10-02', ['10-02T15:45', '10-03T15:30', '10-04T15:15']],
    ['Australia/Lord_Howe', '45 1 * * *', '2026-04-03', ['04-03T14:45', '04-04T14:45', '04-05T15:15']],
    // At midnight.
    ['America/Sao_Paulo', '0 0 * * *', '2018-11-03', ['11-03T03:00', '11-04T03:00', '11-05T02:00']],
    ['America/Sao_Paulo', '0 0 * * *', '2019-02-16', ['02-16T02:00', '02-17T03:00', '02-18T03:00']],
    ['America/Sao_Paulo', '30 23 * * *', '2019-02-16', ['02-16T01:30', '02-17T01:30', '02-18T02:30']],
    ['Africa/Cairo', '15 0 * * *', '2026-04-22', ['04-22T22:15', '04-23T22:00', '04-24T21:15']],
    ['Africa/Cairo', '0 0 * * *', '2026-10-28', ['10-28T21:00', '10-29T22:00', '10-30T22:00']],
    // Midnight of the day that is asked for is what is skipped.
    ['Asia/Beirut', '0 0 * * 0', '2026-03-21', ['03-21T22:00', '03-28T22:00', '04-04T21:00']],
    // Two hours.
    ['Antarctica/Troll', '30 1 * * *', '2026-03-28', ['03-28T01:30', '03-29T01:00', '03-29T23:30']],
    ['Antarctica/Troll', '30 2 * * *', '2026-03-28', ['03-28T02:30', '03-29T01:00', '03-30T00:30']],
    ['Antarctica/Troll', '30 2 * * *', '2026-10-24', ['10-24T00:30', '10-25T00:30', '10-26T02:30']],
    // The jump ends on the next day.
    ['America/Nuuk', '30 23 * * *', '2026-03-28', ['03-28T01:30', '03-29T01:00', '03-30T00:30']],
    ['America/Nuuk', '30 23 28 * *', '2026-03-01', ['03-01T01:30', '03-29T01:00', '04-29T00:30']],
    // A day that never was.
    ['Pacific/Apia', '30 2 * * *', '2011-12-29', ['12-29T12:30', '12-30T10:00', '12-30T12:30']],
    ['Pacific/Apia', '0 0 * * *', '2011-12-29', ['12-29T10:00', '12-30T10:00', '12-31T10:00']],
    ['Pacific/Apia', '0 12 30 12 *', '2010-12-01', ['12-30T22:00', '12-30T10:00', '12-29T22:00']],
    // Two hours back, over midnight.
    ['Antarctica/Vostok', '0 1 * * *', '2023-12-16T12:00', ['12-16T18:00', '12-17T18:00', '12-18T20:00']],
    ['Antarctica/Vostok', '0 0 * * 1', '2023-12-10T18:00', ['12-17T17:00', '12-24T19:00', '12-31T19:00']],
    // Back for Ramadan, and forward after it.
    ['Africa/Casablanca', '30 2 * * *', '2025-02-22', ['02-22T01:30', '02-23T01:30', '02-24T02:30']],
    ['Africa/Casablanca', '30 2 * * *', '2025-04-05', ['04-05T02:30', '04-06T02:00', '04-07T01:30']],
  ])(
    'in %s, "%s" from %s on, are due once, if need be at the jump',
    (timeZone, expression, from, expected) => {
      const found = ticks(expression, timeZone, [
        `${from.padEnd(16, 'T00:00').slice(0, 16)}Z`,
        expected.length,
      ]);
      expect(found.map((tick) => tick.slice(5))).toEqual(expected);
    },
  );
});

describe('an expression that runs on', () => {
  it.each([
    ['Europe/Berlin', '30 * * * *', '2026-03-29', ['03-29T00:30', '03-29T01:30', '03-29T02:30']],
    ['Europe/Berlin', '*/30 2 * * *', '2026-03-28', ['03-28T01:00', '03-28T01:30', '03-30T00:00']],
    [
      'Europe/Berlin',
      '30 * * * *',
      '2026-10-24T23:00',
      ['10-24T23:30', '10-25T00:30', '10-25T01:30', '10-25T02:30'],
    ],
    [
      'Europe/Berlin',
      '*/30 2 * * *',
      '2026-10-24T23:00',
      ['10-25T00:00', '10-25T00:30', '10-25T01:00', '10-25T01:30', '10-26T01:00'],
    ],
    [
      'Australia/Lord_Howe',
      '*/15 1 * * *',
      '2026-04-04T14:00',
      ['04-04T14:15', '04-04T14:30', '04-04T14:45', '04-04T15:00', '04-04T15:15', '04-05T14:30'],
    ],
    ['America/Sao_Paulo', '*/30 0 * * *', '2018-11-03', ['11-03T03:00', '11-03T03:30', '11-05T02:00']],
    [
      'Antarctica/Vostok',
      '0 */1 * * *',
      '2023-12-17T16:30',
      ['12-17T17:00', '12-17T18:00', '12-17T19:00', '12-17T20:00', '12-17T21:00'],
    ],
    ['Pacific/Apia', '0 */12 30 12 *', '2010-12-31', ['12-29T10:00', '12-29T22:00', '12-29T10:00']],
    // Decades away, past every change on the way.
    ['Europe/Berlin', '0 */12 * 2 7#5', '2052-01-01', ['02-28T23:00', '02-29T11:00', '02-28T23:00']],
  ])('in %s, "%s" from %s on, is due whenever a clock shows it', (timeZone, expression, from, expected) => {
    const found = ticks(expression, timeZone, [
      `${from.padEnd(16, 'T00:00').slice(0, 16)}Z`,
      expected.length,
    ]);
    expect(found.map((tick) => tick.slice(5))).toEqual(expected);
  });

  it('looks back to the first pass of an hour from within the second, and ahead to the second from within the first', () => {
    const once = compileSchedule('40/15 2 25 10 *', { timeZone: 'Europe/Berlin' });
    expect(once.previous(Date.UTC(2026, 9, 25, 1, 10))).toBe(Date.UTC(2026, 9, 25, 0, 55));
    expect(once.next(Date.UTC(2026, 9, 25, 0, 57))).toBe(Date.UTC(2026, 9, 25, 1, 40));
  });
});
