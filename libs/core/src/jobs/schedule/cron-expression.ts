/** Reads a cron expression as a whole: names such as `@daily`, the number of fields, and each field by its rule. */
import { show } from '../../time/duration.js';
import { CRON_FIELDS, readField } from './cron-field.js';

/** An expression that was read, or what is wrong with it in one sentence for each bad field. */
export type ReadExpression =
  | {
      readonly ok: true;
      /** As it was given, with single spaces. */
      readonly text: string;
      /** Six fields, spelled for croner. */
      readonly pattern: string;
      /** Whether it names times of day, so that each is due once a day whatever the clock does. */
      readonly fixed: boolean;
    }
  | { readonly ok: false; readonly faults: readonly string[] };

/** Those of the cron that `@nestjs/schedule` brings, and the two other names of crontab. */
const NAMED: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 0 1 1 *'],
  ['@annually', '0 0 0 1 1 *'],
  ['@monthly', '0 0 0 1 * *'],
  ['@weekly', '0 0 0 * * 0'],
  ['@weekdays', '0 0 0 * * 1-5'],
  ['@weekends', '0 0 0 * * 0,6'],
  ['@daily', '0 0 0 * * *'],
  ['@midnight', '0 0 0 * * *'],
  ['@hourly', '0 0 * * * *'],
  ['@minutely', '0 * * * * *'],
  ['@secondly', '* * * * * *'],
]);

const LONGEST_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Longer than anything that says something; the expression travels with every claim of a tick. */
const MOST_CHARACTERS = 256;

/** The expression with single spaces, as it is shown and compared. */
export function tidied(expression: string): string {
  return expression.trim().replaceAll(/\s+/g, ' ');
}

/** Reads an expression without throwing. */
export function readExpression(expression: unknown): ReadExpression {
  if (typeof expression !== 'string') return refused(expression, 'must be a string');
  const text = tidied(expression);
  if (text.length > MOST_CHARACTERS) {
    return refused(text, `has ${text.length} characters, at most ${MOST_CHARACTERS} are allowed`);
  }
  const spelledOut = text.startsWith('@') ? NAMED.get(text.toLowerCase()) : text;
  if (spelledOut === undefined) {
    return refused(text, `is not a known name; there are ${[...NAMED.keys()].join(', ')}`);
  }
  const fields = spelledOut === '' ? [] : spelledOut.split(' ');
  if (fields.length !== 5 && fields.length !== 6) {
    return refused(
      text,
      `has ${fields.length} fields; give 5 (minute, hour, day of month, month, day of week) or 6 with the second in front`,
    );
  }
  return readFields(text, fields.length === 5 ? ['0', ...fields] : fields);
}

function readFields(text: string, fields: readonly string[]): ReadExpression {
  const spelled: string[] = [];
  const faults: string[] = [];
  for (const [index, field] of CRON_FIELDS.entries()) {
    const given = fields[index] ?? '';
    const read = readField(field, given);
    if (read !== undefined) spelled.push(read);
    else {
      faults.push(
        `expression: ${show(text)} has a bad ${field.name}, ${show(given)}; ` +
          `it must be *, or a list of ${field.rule}, ranges (2-5) and steps (*/5)`,
      );
    }
  }
  if (faults.length > 0) return { ok: false, faults };
  if (!hasDate(spelled)) return refused(text, 'never comes due: there is no such date');
  const fixed = !/[*?/]/.test(fields.slice(0, 3).join(' '));
  return { ok: true, text, pattern: spelled.join(' '), fixed };
}

/** Whether one of the months is long enough. Croner would look for the date until its stack is full. */
function hasDate([, , , days = '', months = '', weekdays = '']: readonly string[]): boolean {
  if (weekdays !== '*' || days === '*' || days.includes('L')) return true;
  const first = Math.min(...days.split(',').map((day) => Number.parseInt(day, 10)));
  return LONGEST_MONTHS.some((length, index) => first <= length && names(months, index + 1));
}

function names(field: string, number: number): boolean {
  return field === '*' || field.split(',').includes(String(number));
}

function refused(value: unknown, why: string): ReadExpression {
  return { ok: false, faults: [`expression: ${show(value)} ${why}`] };
}
