/**
 * The wall-clock times that an expression names, as if there were no zones: a wall time is the number of milliseconds
 * that a UTC clock showing the same would stand at. The only file that knows croner, which is asked in UTC, where its
 * answers are right (ADR 0019).
 */
import { CronDate, CronPattern } from 'croner';

/** For croner's "offset in minutes"; a name of a zone would make it ask Intl. */
const UTC = 0;
const SECOND_MS = 1_000;

/** All wall times of one expression, from one to the next. */
export class WallTimes {
  readonly #pattern: CronPattern;

  /** @param pattern six fields, spelled by `readExpression` */
  constructor(pattern: string) {
    this.#pattern = new CronPattern(pattern, undefined, { mode: '6-part' });
    // Ten thousand years that only expressions with a seventh field look at, 80 kB for each schedule.
    this.#pattern.year = [];
  }

  /** The first one after `wall`, or `undefined` if there is none before the year 3000. */
  after(wall: number): number | undefined {
    // Croner writes its defaults into the options that it is given, so they are never shared.
    return new CronDate(new Date(wall), UTC).increment(this.#pattern, {}, true)?.getTime();
  }

  /** The last one that is not after `wall`. */
  upTo(wall: number): number | undefined {
    const nextSecond = (Math.floor(wall / SECOND_MS) + 1) * SECOND_MS;
    return new CronDate(new Date(nextSecond), UTC).decrement(this.#pattern, {})?.getTime();
  }
}
