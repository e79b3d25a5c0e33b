/** Expressions that meet the hours at which clocks are changed, and what they mean, said again without a parser. */
import type { Meant } from './rule.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const to = (most: number, step = 1): number[] =>
  Array.from({ length: Math.ceil(most / step) }, (_, index) => index * step);
const whole = { seconds: [0], minutes: [0], isDay: () => true };
const on = (weekday: number) => (date: Date) => date.getUTCDay() === weekday;

const running = (
  text: string,
  aroundMs: number,
  fields: Omit<Meant, 'text' | 'fixed' | 'aroundMs'>,
): Meant => ({ text, fixed: false, aroundMs, ...fields });

const fixed = (text: string, days: number, fields: Omit<Meant, 'text' | 'fixed' | 'aroundMs'>): Meant => ({
  text,
  fixed: true,
  aroundMs: days * 24 * HOUR_MS,
  ...fields,
});

export const EXPRESSIONS: readonly Meant[] = [
  running('*/30 * * * * *', 4 * MINUTE_MS, { ...whole, seconds: to(60, 30), minutes: to(60), hours: to(24) }),
  running('*/15 * * * *', 3 * HOUR_MS, { ...whole, minutes: to(60, 15), hours: to(24) }),
  running('0 * * * *', 5 * HOUR_MS, { ...whole, hours: to(24) }),
  running('30 * * * *', 4 * HOUR_MS, { ...whole, minutes: [30], hours: to(24) }),
  running('0 */2 * * *', 9 * HOUR_MS, { ...whole, hours: to(24, 2) }),
  running('*/20 2 * * *', 30 * HOUR_MS, { ...whole, minutes: to(60, 20), hours: [2] }),
  running('*/5 0 * * *', 30 * HOUR_MS, { ...whole, minutes: to(60, 5), hours: [0] }),
  running('0 */6 * * 0', 90 * HOUR_MS, { ...whole, hours: to(24, 6), isDay: on(0) }),
  fixed('30 2 * * *', 2.5, { ...whole, minutes: [30], hours: [2] }),
  fixed('0 2 * * *', 2.5, { ...whole, hours: [2] }),
  fixed('0 3 * * *', 2.5, { ...whole, hours: [3] }),
  fixed('30 1 * * *', 2.5, { ...whole, minutes: [30], hours: [1] }),
  fixed('0 0 * * *', 2.5, { ...whole, hours: [0] }),
  fixed('15 0 * * *', 2.5, { ...whole, minutes: [15], hours: [0] }),
  fixed('30 23 * * *', 2.5, { ...whole, minutes: [30], hours: [23] }),
  fixed('0 0 * * 1', 4, { ...whole, hours: [0], isDay: on(1) }),
  fixed('0 2 * * 0', 4, { ...whole, hours: [2], isDay: on(0) }),
  fixed('0 0 1 * *', 4, { ...whole, hours: [0], isDay: (date) => date.getUTCDate() === 1 }),
  fixed('30 2,14 * * *', 2, { ...whole, minutes: [30], hours: [2, 14] }),
  fixed('0 1-4 * * *', 1.5, { ...whole, hours: [1, 2, 3, 4] }),
  fixed('10 5,35 0,1,2,23 * * *', 1.5, { ...whole, seconds: [10], minutes: [5, 35], hours: [0, 1, 2, 23] }),
];
