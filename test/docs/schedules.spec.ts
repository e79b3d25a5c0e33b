/** The tables and messages of docs/schedules.md are what the code says. */
import { describe, expect, it } from 'vitest';
import { compileSchedule, scheduleFaults } from '../../libs/core/src/jobs/schedule/compile-schedule.js';
import { codeBlocks, sectionsOf } from './pages.js';

const PAGE = 'docs/schedules.md';
const HOUR_MS = 3_600_000;
const changes = sectionsOf(PAGE, 2).get('When clocks are changed') ?? '';
const [, spring = '', autumn = ''] = changes.split(/^(?:In Berlin|From 03:00)/m);

/** Expression and what is due, row by row. */
function rowsOf(table: string): [string, string][] {
  return [...table.matchAll(/^\| `(.+?)` +\| (.+?) +\|/gm)].map(([, expression = '', due = '']) => [
    expression,
    due,
  ]);
}

/** What is due from 01:00 on until it is 04:00, as Berliners read it. */
function dueInBerlin(expression: string, [from, to]: readonly [number, number]): string {
  const schedule = compileSchedule(expression, { timeZone: 'Europe/Berlin' });
  const changesAt = (from + to) / 2;
  const due: string[] = [];
  for (let at = schedule.next(from - 1); at !== undefined && at < to; at = schedule.next(at)) {
    const summer = at >= changesAt === from < Date.UTC(2026, 6);
    const wall = new Date(at + (summer ? 2 : 1) * HOUR_MS).toISOString().slice(11, 16);
    due.push(`${wall} ${summer ? 'CEST' : 'CET'}`);
  }
  return due.join(', ') || 'never';
}

describe('docs/schedules.md', () => {
  it('has tables with rows', () => {
    expect([rowsOf(spring).length, rowsOf(autumn).length]).toEqual([5, 5]);
  });

  it.each(rowsOf(spring))('is right about the spring: %s is due at %s', (expression, due) => {
    expect(dueInBerlin(expression, [Date.UTC(2026, 2, 29), Date.UTC(2026, 2, 29, 2)])).toBe(due);
  });

  it.each(rowsOf(autumn))('is right about the autumn: %s is due at %s', (expression, due) => {
    expect(dueInBerlin(expression, [Date.UTC(2026, 9, 24, 23), Date.UTC(2026, 9, 25, 3)])).toBe(due);
  });

  it('shows messages as they are', () => {
    const [block] = codeBlocks(PAGE).filter(({ language }) => language === 'text');
    expect(block?.code.trimEnd().split('\n')).toEqual([
      ...['* * * *', '0 25 * * *', '@reboot', '0 0 30 2 *', '*/5 2 * 3 SUNL'].flatMap((expression) =>
        scheduleFaults(expression, 'Europe/Berlin'),
      ),
      ...scheduleFaults('@daily', '+02:00'),
    ]);
  });
});
