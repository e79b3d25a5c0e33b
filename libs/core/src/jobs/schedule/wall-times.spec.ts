/** What croner says of wall times, against looking at every day of two years by the meaning of each field. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readExpression } from './cron-expression.js';
import { WallTimes } from './wall-times.js';

const DAY_MS = 86_400_000;
const DAYS_LOOKED_AT = 800;

/** A field as text, with the numbers and days that it means. */
interface Meaning {
  readonly text: string;
  readonly numbers: ReadonlySet<number>;
  readonly isDay?: (date: Date) => boolean;
}

const meaning = (text: string, numbers: Iterable<number>): Meaning => ({ text, numbers: new Set(numbers) });
const upTo = (from: number, to: number, step = 1): number[] =>
  Array.from({ length: Math.max(0, Math.floor((to - from) / step) + 1) }, (_, index) => from + index * step);

function field(low: number, high: number): fc.Arbitrary<Meaning> {
  const number = fc.integer({ min: low, max: high });
  const step = fc.integer({ min: 1, max: high - low });
  const pair = fc.tuple(number, number).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(meaning('*', upTo(low, high))) },
    { weight: 2, arbitrary: number.map((n) => meaning(`${n}`, [n])) },
    pair.map(([a, b]) => meaning(`${a}-${b}`, upTo(a, b))),
    fc.tuple(pair, step).map(([[a, b], by]) => meaning(`${a}-${b}/${by}`, upTo(a, b, by))),
    step.map((by) => meaning(`*/${by}`, upTo(low, high, by))),
    fc.tuple(number, step).map(([a, by]) => meaning(`${a}/${by}`, upTo(a, high, by))),
    fc.array(number, { minLength: 1, maxLength: 4 }).map((all) => meaning(all.join(','), all)),
  );
}

const lastOfMonth = (date: Date): number =>
  new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
const weekdayOf = (date: Date, day: number): number =>
  new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), day)).getUTCDay();

/** The working day of the month that is nearest to its `day`, of which each weekend has one on either side. */
function workingDayNear(date: Date, day: number): number | undefined {
  const last = lastOfMonth(date);
  const near = [day, day - 1, day + 1, day - 2, day + 2];
  return day > last
    ? undefined
    : near.find((each) => each >= 1 && each <= last && weekdayOf(date, each) % 6 !== 0);
}

const dayOfMonth: fc.Arbitrary<Meaning> = fc.oneof(
  { weight: 6, arbitrary: field(1, 31) },
  fc.constant({ ...meaning('L', []), isDay: (date: Date) => date.getUTCDate() === lastOfMonth(date) }),
  fc.constant({
    ...meaning('LW', []),
    isDay: (date: Date) => date.getUTCDate() === workingDayNear(date, lastOfMonth(date)),
  }),
  fc.tuple(fc.integer({ min: 1, max: 31 }), fc.nat(31)).map(([near, day]) => ({
    ...meaning(day === 0 ? `${near}W` : `${near}W,${day},L`, []),
    isDay: (date: Date) =>
      date.getUTCDate() === workingDayNear(date, near) ||
      (day > 0 && (date.getUTCDate() === day || date.getUTCDate() === lastOfMonth(date))),
  })),
);

const dayOfWeek: fc.Arbitrary<Meaning> = fc.oneof(
  {
    weight: 6,
    arbitrary: field(0, 6).map(({ text, numbers }) => ({
      text: sundayAs7(text),
      numbers: sundayIn(text, numbers),
    })),
  },
  fc.tuple(fc.nat(6), fc.integer({ min: 1, max: 5 })).map(([day, nth]) => ({
    ...meaning(`${day}#${nth}`, []),
    isDay: (date: Date) => date.getUTCDay() === day && Math.ceil(date.getUTCDate() / 7) === nth,
  })),
  fc.nat(6).map((day) => ({
    ...meaning(`${day}L`, []),
    isDay: (date: Date) => date.getUTCDay() === day && date.getUTCDate() > lastOfMonth(date) - 7,
  })),
);

function sundayAs7(text: string): string {
  return text === '0' ? '7' : text;
}

/** `a/step` goes on to 7, which is Sunday. */
function sundayIn(text: string, numbers: ReadonlySet<number>): ReadonlySet<number> {
  const [, from, step] = /^(\d)\/(\d)$/.exec(text) ?? [];
  const reaches = from !== undefined && (7 - Number(from)) % Number(step) === 0;
  return reaches ? new Set([...numbers, 0]) : numbers;
}

const expressions = fc.record({
  second: field(0, 59),
  minute: field(0, 59),
  hour: field(0, 23),
  day: dayOfMonth,
  month: field(1, 12),
  weekday: dayOfWeek,
});
type Expression = typeof expressions extends fc.Arbitrary<infer Each> ? Each : never;

/** Either of the two day fields is enough if both leave days out. */
function isDay({ day, month, weekday }: Expression, date: Date): boolean {
  if (!month.numbers.has(date.getUTCMonth() + 1)) return false;
  const byDate = day.isDay?.(date) ?? day.numbers.has(date.getUTCDate());
  const byWeekday = weekday.isDay?.(date) ?? weekday.numbers.has(date.getUTCDay());
  if (day.numbers.size === 31) return byWeekday;
  return weekday.numbers.size === 7 ? byDate : byDate || byWeekday;
}

/** All times of the day that is `offset` days from that of `wall`, if it is one. */
function timesOn(expression: Expression, wall: number, offset: number): number[] {
  const midnight = Math.floor(wall / DAY_MS) * DAY_MS + offset * DAY_MS;
  if (!isDay(expression, new Date(midnight))) return [];
  const sorted = (all: ReadonlySet<number>): number[] => [...all].toSorted((a, b) => a - b);
  return sorted(expression.hour.numbers).flatMap((hour) =>
    sorted(expression.minute.numbers).flatMap((minute) =>
      sorted(expression.second.numbers).map(
        (second) => midnight + ((hour * 60 + minute) * 60 + second) * 1_000,
      ),
    ),
  );
}

function bruteForce(expression: Expression, wall: number, direction: 1 | -1): number | undefined {
  for (let offset = 0; offset < DAYS_LOOKED_AT; offset += 1) {
    const times = timesOn(expression, wall, offset * direction);
    const found =
      direction === 1 ? times.find((time) => time > wall) : times.findLast((time) => time <= wall);
    if (found !== undefined) return found;
  }
  return undefined;
}

function timesOf(text: string): WallTimes {
  const read = readExpression(text);
  if (!read.ok) throw new Error(read.faults.join());
  return new WallTimes(read.pattern);
}

const wallTimes = fc
  .date({ min: new Date('1975-01-01'), max: new Date('2090-01-01'), noInvalidDate: true })
  .map((date) => date.getTime());

describe('the wall times of an expression', () => {
  it('are those that its fields mean, whichever way they are gone through', () => {
    fc.assert(
      fc.property(expressions, wallTimes, (expression, wall) => {
        const { second, minute, hour, day, month, weekday } = expression;
        const text = [second, minute, hour, day, month, weekday].map((each) => each.text).join(' ');
        const forces = [bruteForce(expression, wall, 1), bruteForce(expression, wall, -1)];
        const read = readExpression(text);
        if (!read.ok) {
          expect(read.faults).toEqual([expect.stringContaining('there is no such date')]);
          expect(forces).toEqual([undefined, undefined]);
          return;
        }
        const times = new WallTimes(read.pattern);
        // Beyond that, nobody has looked.
        const edge = (DAYS_LOOKED_AT - 2) * DAY_MS;
        const near = (time: number | undefined): number | undefined =>
          time !== undefined && Math.abs(time - wall) < edge ? time : undefined;
        expect([near(times.after(wall)), near(times.upTo(wall))]).toEqual(forces.map(near));
      }),
      { numRuns: 120 },
    );
  });

  it('are not missed behind a February that is too short for the day of the month', () => {
    const [february, march] = [Date.UTC(1989, 1, 26), Date.UTC(1989, 2, 1)];
    for (const days of ['1,30 *', '1,31 *', '1,31 2-3', '*/10 *'])
      expect(timesOf(`0 0 ${days} *`).after(february), days).toBe(march);
    const thirtieth = timesOf('0 0 0 30 * THU#1');
    expect(thirtieth.after(Date.UTC(1979, 1, 2))).toBe(Date.UTC(1979, 2, 1));
    expect(thirtieth.upTo(Date.UTC(1979, 2, 29))).toBe(Date.UTC(1979, 2, 1));
  });

  it('may lie years apart', () => {
    const fifth = timesOf('0 0 * 2 THU#5');
    expect(fifth.after(Date.UTC(2080, 2))).toBe(Date.UTC(2120, 1, 29));
    expect(fifth.upTo(Date.UTC(2120, 1, 28))).toBe(Date.UTC(2080, 1, 29));
    const leap = timesOf('0 0 29 2 *');
    expect(leap.after(Date.UTC(2096, 2))).toBe(Date.UTC(2104, 1, 29));
    expect(leap.upTo(Date.UTC(2104, 1, 28))).toBe(Date.UTC(2096, 1, 29));
  });
});
