/** Expressions can be moved from `@Cron` as they are: the cron that `@nestjs/schedule` brings gives the same ticks in UTC. */
import { CronExpression } from '@nestjs/schedule';
import { CronTime } from 'cron';
import { describe, expect, it } from 'vitest';
import { compileSchedule, scheduleFaults } from '../../libs/core/src/jobs/schedule/compile-schedule.js';

/** Long ago, because cron looks no farther than eight years from the present. */
const FROM = Date.UTC(1980, 0, 31, 23, 58, 7);

/** So many ticks from `FROM` on. */
function walk(count: number, next: (at: number) => number | undefined): string[] {
  const ticks: number[] = [];
  for (let at = FROM; ticks.length < count; ticks.push(at)) at = next(at) ?? Number.NaN;
  return ticks.map((at) => new Date(at).toISOString());
}

function expectSameTicks(expression: string): void {
  const ours = compileSchedule(expression, { timeZone: 'UTC' });
  const theirs = new CronTime(expression, 'UTC');
  expect(walk(12, ours.next)).toEqual(
    walk(12, (at) => theirs.getNextDateFrom(new Date(at), 'UTC').toMillis()),
  );
}

describe('expressions of @nestjs/schedule', () => {
  const constants = Object.entries(CronExpression);

  it('are there', () => {
    expect(constants.length).toBeGreaterThan(70);
  });

  it.each(constants)('mean the same here: CronExpression.%s', (_, expression) => {
    expectSameTicks(expression);
  });

  it.each([
    '5/15 * * * *',
    '10-40/10 */3 * * *',
    '0 0 13 * 5',
    '0 0 */1 * MON',
    '0 0 1-31 * MON',
    '0 0 */2 * 1',
    '0 0 15 * 0-6',
    '0 0 * * 1/2',
    '0 0 * * 5-7',
    '0 8 * jan,JUL mon-fri',
    '0 0 29 2 *',
    '@yearly',
    '@monthly',
    '@weekly',
    '@daily',
    '@hourly',
    '@minutely',
    '@secondly',
    '@weekdays',
    '@weekends',
  ])('mean the same here: %s', (expression) => {
    expectSameTicks(expression);
  });

  it.each(['60 * * * *', '5-1 * * * *', '* * * *', '* * * * * * *', '*/0 * * * *', '@reboot'])(
    'are refused by both: %s',
    (expression) => {
      expect(() => new CronTime(expression, 'UTC')).toThrow(Error);
      expect(scheduleFaults(expression, 'UTC')).toHaveLength(1);
    },
  );
});
