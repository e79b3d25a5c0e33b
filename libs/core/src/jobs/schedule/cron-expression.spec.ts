import { describe, expect, it } from 'vitest';
import { readExpression } from './cron-expression.js';

const patternOf = (expression: string): string | undefined => {
  const read = readExpression(expression);
  return read.ok ? read.pattern : undefined;
};
const isFixed = (expression: string): boolean => {
  const read = readExpression(expression);
  return read.ok && read.fixed;
};
const faultsOf = (expression: unknown): readonly string[] => {
  const read = readExpression(expression);
  return read.ok ? [] : read.faults;
};

describe('a cron expression', () => {
  it.each([
    ['30 2 * * *', '0 30 2 * * *'],
    ['5 30 2 * * *', '5 30 2 * * *'],
    [' 0\t 3  * * 1 ', '0 0 3 * * 1'],
    ['0 9-12 * * *', '0 0 9,10,11,12 * * *'],
    ['0 8-18/4 * * *', '0 0 8,12,16 * * *'],
    ['5/15 * * * *', '0 5,20,35,50 * * * *'],
    ['*/20 * * * *', '0 0,20,40 * * * *'],
    ['0,0,30 02 * * *', '0 0,30 2 * * *'],
    ['0 0 * jan-mar,DEC *', '0 0 0 * 1,2,3,12 *'],
    ['0 0 * * mon-FRI', '0 0 0 * * 1,2,3,4,5'],
    ['0 0 * * 7', '0 0 0 * * 0'],
    ['0 0 * * 5-7', '0 0 0 * * 0,5,6'],
    ['0 0 * * FRI-SUN', '0 0 0 * * 0,5,6'],
    ['0 0 * * 1/2', '0 0 0 * * 0,1,3,5'],
    ['0 0 L * *', '0 0 0 L * *'],
    ['0 0 15,l * *', '0 0 0 15,L * *'],
    ['0 0 LW * *', '0 0 0 LW * *'],
    ['0 0 10,16W,1W * *', '0 0 0 10,16W,1W * *'],
    ['0 0 * * FRI#2,7#1', '0 0 0 * * 5#2,0#1'],
    ['0 0 * * 5L', '0 0 0 * * 5L'],
  ])('is read into plain lists: %s', (expression, pattern) => {
    expect(patternOf(expression)).toBe(pattern);
  });

  it.each([
    ['0 0 ? * MON', '0 0 0 * * 1'],
    ['0 0 15 * ?', '0 0 0 15 * *'],
    ['0 0 */1 * MON', '0 0 0 * * 1'],
    ['0 0 1-31 * MON', '0 0 0 * * 1'],
    ['0 0 1-15,16-31 * MON', '0 0 0 * * 1'],
    ['0 0 15 * 0-6', '0 0 0 15 * *'],
    ['0 0 15 * 1-7', '0 0 0 15 * *'],
    ['0-59 * * * *', '0 * * * * *'],
  ])('names everything in one way only, whatever way it is written: %s', (expression, pattern) => {
    expect(patternOf(expression)).toBe(pattern);
  });

  it.each([
    ['@yearly', '0 0 1 1 *'],
    ['@annually', '0 0 1 1 *'],
    ['@monthly', '0 0 1 * *'],
    ['@weekly', '0 0 * * 0'],
    ['@weekdays', '0 0 * * 1-5'],
    ['@weekends', '0 0 * * 6,0'],
    ['@Daily', '0 0 * * *'],
    ['@midnight', '0 0 * * *'],
    ['@hourly', '0 * * * *'],
    ['@minutely', '* * * * *'],
    ['@secondly', '* * * * * *'],
  ])('may be a name: %s', (name, expression) => {
    expect([patternOf(name), isFixed(name)]).toEqual([patternOf(expression), isFixed(expression)]);
  });

  it('names times of day unless its second, minute or hour has a wildcard or a step', () => {
    const fixed = ['30 2 * * *', '0 9-17 * * *', '0 0,12 */2 * ?', '10 5,35 0,1 1-7 * MON', '@weekly'];
    const running = ['* 2 * * *', '0 * * * *', '? 3 * * *', '0 8-18/2 * * *', '5/15 3 * * *', '* 0 0 * * *'];
    expect(fixed.filter((expression) => !isFixed(expression))).toEqual([]);
    expect(running.filter(isFixed)).toEqual([]);
    expect(running.map(patternOf)).not.toContain(undefined);
  });
});

describe('a cron expression that cannot be read', () => {
  it.each([
    [undefined, 'undefined must be a string'],
    [null, 'null must be a string'],
    [5, '5 must be a string'],
    [{}, 'an object must be a string'],
    ['', '"" has 0 fields'],
    ['  ', '"" has 0 fields'],
    ['* * * *', '"* * * *" has 4 fields; give 5 (minute, hour, day of month, month, day of week) or 6'],
    ['0 0 0 1 1 * 2030', 'has 7 fields'],
    ['2030-01-01T00:00:00', 'has 1 fields'],
    ['@reboot', '"@reboot" is not a known name; there are @yearly'],
    [`${'1,'.repeat(200)}1 * * * *`, 'has 409 characters, at most 256 are allowed'],
  ])('is refused with the rule: %s', (expression, rule) => {
    const [fault = '', ...others] = faultsOf(expression);
    expect(others).toEqual([]);
    expect(fault.startsWith('expression: ')).toBe(true);
    expect(fault).toContain(rule);
  });

  it.each([
    ['60 * * * * *', 'second', '60'],
    ['60 * * * *', 'minute', '60'],
    ['70/5 * * * *', 'minute', '70/5'],
    ['*/61 * * * *', 'minute', '*/61'],
    ['*/0 * * * *', 'minute', '*/0'],
    ['/5 * * * *', 'minute', '/5'],
    ['5-1 * * * *', 'minute', '5-1'],
    ['1-2-3 * * * *', 'minute', '1-2-3'],
    ['1,,2 * * * *', 'minute', '1,,2'],
    ['*5 * * * *', 'minute', '*5'],
    ['-5 * * * *', 'minute', '-5'],
    ['1.5 * * * *', 'minute', '1.5'],
    ['H * * * *', 'minute', 'H'],
    ['12:30 * * * *', 'minute', '12:30'],
    ['* 24 * * *', 'hour', '24'],
    ['0 L * * *', 'hour', 'L'],
    ['0 0 0 * *', 'day of month', '0'],
    ['0 0 32W * *', 'day of month', '32W'],
    ['0 0 15L * *', 'day of month', '15L'],
    ['0 0 1W-5W * *', 'day of month', '1W-5W'],
    ['0 0 LW,3 * *', 'day of month', 'LW,3'],
    ['0 0 LW,3W * *', 'day of month', 'LW,3W'],
    ['0 0 * 13 *', 'month', '13'],
    ['0 0 * FOO *', 'month', 'FOO'],
    ['0 0 * * 8', 'day of week', '8'],
    ['0 0 * * FOO', 'day of week', 'FOO'],
    ['0 0 * * L', 'day of week', 'L'],
    ['0 0 * * 5#6', 'day of week', '5#6'],
    ['0 0 * * SAT-MON', 'day of week', 'SAT-MON'],
    ['0 0 * * +1', 'day of week', '+1'],
  ])('is refused by the field that is bad: %s', (expression, name, value) => {
    const [fault, ...others] = faultsOf(expression);
    expect(others).toEqual([]);
    expect(fault).toContain(
      `expression: "${expression}" has a bad ${name}, "${value}"; it must be *, or a list of `,
    );
  });

  it.each([
    ['0 0 30 2 *', '0 0 29 2 *'],
    ['0 0 31 2,4,6,9,11 *', '0 0 31 2,4,6,9,11,12 *'],
    ['0 0 30,31 2 *', '0 0 29,31 2 *'],
    ['0 0 31W 6 *', '0 0 30W 6 *'],
    ['0 0 31 6 *', '0 0 31 6 MON'],
    ['0 0 31 6 *', '0 0 31,L 6 *'],
  ])('is refused when there is no such date: %s, unlike %s', (expression, possible) => {
    expect(faultsOf(expression)).toEqual([
      `expression: "${expression}" never comes due: there is no such date`,
    ]);
    expect(faultsOf(possible)).toEqual([]);
  });

  it('is refused for each of its bad fields, each with what it may say', () => {
    expect(faultsOf('61 25 32 13 8')).toEqual(
      [
        ['minute, "61"', '0-59'],
        ['hour, "25"', '0-23'],
        ['day of month, "32"', '1-31, 1W-31W or L, or else LW alone'],
        ['month, "13"', '1-12 or JAN-DEC'],
        [
          'day of week, "8"',
          '0-7 or SUN-SAT, with L or #1 to #5 behind it for the last or the nth of the month',
        ],
      ].map(
        ([field, rule]) =>
          `expression: "61 25 32 13 8" has a bad ${field}; it must be *, or a list of ${rule}, ranges (2-5) and steps (*/5)`,
      ),
    );
  });
});
