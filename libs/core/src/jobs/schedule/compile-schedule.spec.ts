import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LockConfigError } from '../../index.js';
import { compileSchedule, DEFAULT_TIME_ZONE, scheduleFaults } from './compile-schedule.js';

const compile = (expression: string, timeZone = DEFAULT_TIME_ZONE) =>
  compileSchedule(expression, { timeZone });

describe('a schedule', () => {
  it('says what it was made of', () => {
    expect(compile('  30  2 * *\t* ', 'Europe/Berlin')).toMatchObject({
      expression: '30 2 * * *',
      timeZone: 'Europe/Berlin',
      fixed: true,
    });
    expect(compile('@hourly')).toMatchObject({ expression: '@hourly', timeZone: 'UTC', fixed: false });
  });

  it('counts a tick as before itself when it looks back, and not as after itself', () => {
    const daily = compile('0 3 * * *');
    const tick = Date.UTC(2026, 4, 5, 3);
    expect([daily.next(tick - 1), daily.next(tick), daily.next(tick + 0.5)]).toEqual([
      tick,
      tick + 86_400_000,
      tick + 86_400_000,
    ]);
    expect([daily.previous(tick), daily.previous(tick + 0.5), daily.previous(tick - 1)]).toEqual([
      tick,
      tick,
      tick - 86_400_000,
    ]);
  });

  it('has ticks from 1970 to 2999', () => {
    for (const expression of ['0 0 1 1 *', '0 */12 1 1 *']) {
      const yearly = compile(expression);
      expect([yearly.next(-Infinity), yearly.next(-1), yearly.previous(0)]).toEqual([0, 0, 0]);
      expect([yearly.previous(-1), yearly.previous(-Infinity)]).toEqual([undefined, undefined]);
      expect([yearly.next(Infinity), yearly.next(Date.UTC(2999, 11, 31))]).toEqual([undefined, undefined]);
      expect(yearly.previous(Infinity)).toBeGreaterThanOrEqual(Date.UTC(2999, 0));
      expect(compile(expression, 'Asia/Tokyo').previous(3_600_000)).toBeUndefined();
    }
  });

  it('refuses to look from nowhere', () => {
    expect(() => compile('* * * * *').next(Number.NaN)).toThrow(RangeError);
    expect(() => compile('* * * * *').previous(Number.NaN)).toThrow(RangeError);
  });

  it('gives the same answer whatever it was asked before, in whatever zone its process is', () => {
    const zone = process.env['TZ'];
    const ask = (order: readonly number[]): ReadonlyMap<number, string> => {
      const schedules = ['30 2 * * *', '*/20 * * * *'].map((expression) =>
        compile(expression, 'America/New_York'),
      );
      return new Map(
        order.map((at) => [at, schedules.map((each) => `${each.next(at)} ${each.previous(at)}`).join()]),
      );
    };
    const instants = Array.from({ length: 40 }, (_, year) => Date.UTC(1990 + year, 2, 8, 7, 30));
    const answers = ask(instants);
    try {
      for (const host of ['Asia/Tokyo', 'America/New_York']) {
        process.env['TZ'] = host;
        expect(new Date(2026, 0).getTime()).not.toBe(Date.UTC(2026, 0));
        expect(ask(instants.toReversed())).toEqual(new Map(answers));
      }
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it('goes forth and back over the same ticks, from anywhere', () => {
    const expression = fc.constantFrom(
      '30 2 * * *',
      '*/7 1-3 * * *',
      '0 0 L * *',
      '15 0,23 * * 0',
      '*/50 * * * * *',
    );
    const zone = fc.constantFrom(
      'Europe/Berlin',
      'Africa/Casablanca',
      'America/Nuuk',
      'Australia/Lord_Howe',
      'UTC',
    );
    const instant = fc.integer({ min: Date.UTC(1975, 0), max: Date.UTC(2060, 0) });
    fc.assert(
      fc.property(expression, zone, instant, (text, timeZone, at) => {
        const schedule = compile(text, timeZone);
        const next = schedule.next(at) ?? Number.NaN;
        const previous = schedule.previous(at) ?? Number.NaN;
        expect([previous <= at, at < next, next % 1_000]).toEqual([true, true, 0]);
        expect([schedule.previous(next), schedule.previous(next - 1), schedule.next(previous)]).toEqual([
          next,
          previous,
          next,
        ]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a schedule that cannot work', () => {
  it.each([
    ['', '""'],
    [undefined, 'undefined'],
    [null, 'null'],
    [60, '60'],
    ['Mars/Base', '"Mars/Base"'],
    ['+02:00', '"+02:00"'],
    [' UTC', '" UTC"'],
  ])('is refused by its zone: %s', (timeZone, shown) => {
    expect(scheduleFaults('0 3 * * *', timeZone)).toEqual([
      `timeZone: ${shown} must be the name of a time zone, such as "Europe/Berlin" or "UTC"`,
    ]);
  });

  it.each([
    ['0 0 30 2 *', 'Europe/Berlin', 'there is no such date'],
    ['0 0 31 2,4,6,9,11 *', 'UTC', 'there is no such date'],
    ['*/5 2 * 3 7L', 'Europe/Berlin', 'clocks in "Europe/Berlin" jump over all that it names'],
  ])('is refused when it never comes due: %s in %s', (expression, timeZone, why) => {
    expect(scheduleFaults(expression, timeZone)).toEqual([
      `expression: "${expression}" never comes due: ${why}`,
    ]);
  });

  it('comes due where another one does not: as a time of day, in another zone, on a leap day', () => {
    expect(scheduleFaults('5,10 2 * 3 7L', 'Europe/Berlin')).toEqual([]);
    expect(scheduleFaults('*/5 2 * 3 7L', 'UTC')).toEqual([]);
    expect(scheduleFaults('* * 29 2 *', 'Europe/Berlin')).toEqual([]);
    expect(scheduleFaults('* * * 2 5#5', 'Europe/Berlin')).toEqual([]);
  });

  it('tells all that is wrong together, and throws it when it is compiled', () => {
    const faults = scheduleFaults('60 * * 13 *', 'Mars');
    expect(faults.map((fault) => fault.slice(0, fault.indexOf(':')))).toEqual([
      'expression',
      'expression',
      'timeZone',
    ]);
    expect(scheduleFaults('0 0 30 2 *', '')).toHaveLength(2);
    const error = (() => {
      try {
        return compile('60 * * 13 *', 'Mars');
      } catch (thrown) {
        return thrown;
      }
    })();
    if (!LockConfigError.is(error)) expect.unreachable('no LockConfigError');
    else expect(error.faults).toEqual(faults);
  });

  it('never throws anything else, whatever it is made of', () => {
    const anything = fc.oneof(
      fc.anything(),
      fc.string(),
      fc.stringMatching(/^([\d*?/,LW#-]{1,6} ){4,5}[\dL#*?,-]{1,4}$/),
    );
    fc.assert(
      fc.property(anything, fc.oneof(fc.constant('UTC'), fc.anything()), (expression, timeZone) => {
        for (const fault of scheduleFaults(expression, timeZone))
          expect(fault).toMatch(/^(expression|timeZone): /);
      }),
      { numRuns: 500 },
    );
  });
});
