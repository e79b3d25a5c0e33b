/**
 * The six fields of a cron expression, and what each may say. A field is read into its numbers here and spelled anew, so
 * that croner sees plain lists only: by itself it takes `70/5` for "never", and `?` or a wildcard with a step of one in
 * one of the two day fields for "every day, whatever the other says".
 */

/** One of the fields. */
export interface CronField {
  readonly name: string;
  readonly low: number;
  /** The highest number; 7 for the day of the week, where it is Sunday, as 0 is. */
  readonly high: number;
  /** What may stand for numbers, the first for `low`. */
  readonly names: readonly string[];
  /** What may stand in place of a number and is none: `L` and such. The first group is the number in it. */
  readonly special: RegExp | undefined;
  /** What the field may say, for messages. */
  readonly rule: string;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const WEEK = DAYS.length;

const plain = (name: string, low: number, high: number): CronField => ({
  name,
  low,
  high,
  names: [],
  special: undefined,
  rule: `${low}-${high}`,
});

/** In the order in which they stand in an expression of six fields; one of five leaves the second out. */
export const CRON_FIELDS: readonly CronField[] = [
  plain('second', 0, 59),
  plain('minute', 0, 59),
  plain('hour', 0, 23),
  {
    ...plain('day of month', 1, 31),
    special: /^(?:LW|L|(\d{1,2})W)$/,
    rule: '1-31, 1W-31W or L, or else LW alone',
  },
  { ...plain('month', 1, 12), names: MONTHS, rule: '1-12 or JAN-DEC' },
  {
    ...plain('day of week', 0, WEEK),
    names: DAYS,
    special: /^(SUN|MON|TUE|WED|THU|FRI|SAT|\d)(?:L|#[1-5])$/,
    rule: '0-7 or SUN-SAT, with L or #1 to #5 behind it for the last or the nth of the month',
  },
];

const RANGE = /^(?:[*?]|([A-Z]{3}|\d{1,2})(?:-([A-Z]{3}|\d{1,2}))?)(?:\/(\d{1,2}))?$/;

/** What `text` says, spelled for croner: `*` if it is everything, else a list. `undefined` if it breaks the rule. */
export function readField(field: CronField, text: string): string | undefined {
  const numbers = new Set<number>();
  const specials = new Set<string>();
  for (const item of text.toUpperCase().split(',')) {
    const special = readSpecial(field, item);
    const range = special === undefined ? readRange(field, item) : [];
    if (range === undefined) return undefined;
    if (special !== undefined) specials.add(special);
    for (const number of range) numbers.add(number);
  }
  if (numbers.size === sizeOf(field)) return '*';
  // Croner takes LW only alone.
  if (specials.has('LW') && specials.size + numbers.size > 1) return undefined;
  return [...[...numbers].toSorted((a, b) => a - b), ...specials].join(',');
}

/** How many different numbers there are: 0 and 7 are the same day. */
function sizeOf({ low, high }: CronField): number {
  return high === WEEK ? WEEK : high - low + 1;
}

function readSpecial(field: CronField, item: string): string | undefined {
  const match = field.special?.exec(item);
  if (match === undefined || match === null) return undefined;
  const [, word] = match;
  if (word === undefined) return item;
  const number = readNumber(field, word);
  return number === undefined ? undefined : item.replace(word, String(ofWeek(field, number)));
}

function readRange(field: CronField, item: string): readonly number[] | undefined {
  const match = RANGE.exec(item);
  if (match === null) return undefined;
  const [, from, to, by] = match;
  const step = by === undefined ? 1 : Number(by);
  const first = from === undefined ? field.low : readNumber(field, from);
  const last = lastOf(field, { from, to, by });
  if (first === undefined || last === undefined || step < 1 || step > sizeOf(field)) return undefined;
  // FRI-SUN ends on the Sunday that is called 7.
  const end = last < first && to === 'SUN' ? WEEK : last;
  if (end < first) return undefined;
  const count = Math.floor((end - first) / step) + 1;
  return Array.from({ length: count }, (_, index) => ofWeek(field, first + index * step));
}

interface RangeWords {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly by: string | undefined;
}

/** `5/15` goes on to the end of the field, as in the cron that `@nestjs/schedule` brings. */
function lastOf(field: CronField, { from, to, by }: RangeWords): number | undefined {
  if (to !== undefined) return readNumber(field, to);
  return from === undefined || by !== undefined ? field.high : readNumber(field, from);
}

function readNumber(field: CronField, word: string): number | undefined {
  const named = field.names.indexOf(word);
  const number = named >= 0 ? field.low + named : Number(word);
  return number >= field.low && number <= field.high ? number : undefined;
}

function ofWeek(field: CronField, number: number): number {
  return field.high === WEEK ? number % WEEK : number;
}
