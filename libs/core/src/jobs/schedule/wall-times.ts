/**
 * The wall-clock times that an expression names, as if there were no zones: a wall time is the number of milliseconds
 * that a UTC clock showing the same would stand at. The only file that knows croner, which is asked in UTC and forward
 * only: in zones it is not right, and going back it fails wherever the month before is shorter (ADR 0019). The last time
 * before another is found by asking forward from farther and farther back, and by halving from there.
 */
import { CronDate, CronPattern } from 'croner';

/** For croner's "offset in minutes"; a name of a zone would make it ask Intl. */
const UTC = 0;
const SECOND_MS = 1_000;
const FARTHEST_BACK_MS = 2 ** 31 * SECOND_MS;

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
    let time = this.#ask(wall);
    // Croner takes 30 February for 2 March, so that `1,30` loses 1 March, unless it is asked again from just before it.
    for (let march = marchAfter(wall); time !== undefined && time > march; march = marchAfter(march))
      time = this.#ask(march - SECOND_MS);
    return time;
  }

  #ask(wall: number): number | undefined {
    // Croner writes its defaults into the options that it is given, so they are never shared.
    return new CronDate(new Date(wall), UTC).increment(this.#pattern, {}, true)?.getTime();
  }

  /** The last one that is not after `wall`, or `undefined` if there is none in the 68 years before. */
  upTo(wall: number): number | undefined {
    const fits = (time: number | undefined): time is number => time !== undefined && time <= wall;
    // None of them lies in what is from here to `wall`.
    let noneFrom = wall;
    for (let back = SECOND_MS; back <= FARTHEST_BACK_MS; back *= 2) {
      const time = this.after(wall - back);
      if (fits(time)) return this.#lastFrom(time, noneFrom, fits);
      noneFrom = wall - back;
    }
    return undefined;
  }

  #lastFrom(first: number, end: number, fits: (time: number | undefined) => time is number): number {
    let [last, noneFrom] = [first, end];
    for (;;) {
      const next = this.after(last);
      if (!fits(next)) return last;
      const middle = Math.floor((next + noneFrom) / 2);
      const later = this.after(middle);
      if (fits(later)) last = later;
      else [last, noneFrom] = [next, middle];
    }
  }
}

/** The first moment of the March that begins after `wall`. */
function marchAfter(wall: number): number {
  const year = new Date(wall).getUTCFullYear();
  const march = Date.UTC(year, 2);
  return march > wall ? march : Date.UTC(year + 1, 2);
}
