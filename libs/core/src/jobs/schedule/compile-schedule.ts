/**
 * The ticks of a cron expression in a time zone, as pure functions of epoch milliseconds.
 *
 * The expression names wall-clock times (`wall-times.ts`: croner, asked in UTC); the zone says what its clocks show when
 * (`zone-clock.ts`: Intl). What joins them is our own rule, because no library that was tried keeps one through every
 * change of the clocks (ADR 0019): times of day are due once, when the clock first reaches them (`fixed-ticks.ts`); an
 * expression with `*`, `?` or `/` in its second, minute or hour is due whenever the clock shows a time that it names
 * (`running-ticks.ts`).
 */
import { LockConfigError } from '../../errors.js';
import { show } from '../../time/duration.js';
import { readExpression } from './cron-expression.js';
import { FixedTicks } from './fixed-ticks.js';
import { RunningTicks } from './running-ticks.js';
import { EARLIEST_AT, type Ticks } from './ticks.js';
import { WallTimes } from './wall-times.js';
import { zoneClock, type ZoneClock } from './zone-clock.js';

/** The zone of a schedule that names none. Never that of the host: replicas may differ in it, and would in their ticks. */
export const DEFAULT_TIME_ZONE = 'UTC';

/** From when on an expression has to come due at some time: a year whose offsets are needed anyway. */
const LOOKED_AT_FROM = Date.UTC(2026, 0, 1);
/** No tick is later: croner ends there, too. */
const LATEST_AT = Date.UTC(3000, 0, 1);

/** A schedule that answers: same question, same answer, in every process with the same data of time zones. */
export interface CompiledSchedule extends Ticks {
  /** As it was given, with single spaces. */
  readonly expression: string;
  readonly timeZone: string;
  /** Whether it names times of day, of which each is due once; else it runs on through the day. */
  readonly fixed: boolean;
}

/**
 * Makes a schedule of an expression.
 * @throws LockConfigError with every fault that {@link scheduleFaults} tells
 */
export function compileSchedule(
  expression: string,
  options: { readonly timeZone: string },
): CompiledSchedule {
  const read = readSchedule(expression, options.timeZone);
  if (!read.ok) throw new LockConfigError('Schedule cannot work', read.faults);
  return read.schedule;
}

/** What is wrong with an expression and its zone, in one sentence each; empty when nothing is. */
export function scheduleFaults(expression: unknown, timeZone: unknown): readonly string[] {
  const read = readSchedule(expression, timeZone);
  return read.ok ? [] : read.faults;
}

type ReadSchedule =
  | { readonly ok: true; readonly schedule: CompiledSchedule }
  | { readonly ok: false; readonly faults: readonly string[] };

function readSchedule(expression: unknown, timeZone: unknown): ReadSchedule {
  const read = readExpression(expression);
  const zone = isTimeZone(timeZone) ? { name: timeZone, clock: zoneClock(timeZone) } : undefined;
  const faults = read.ok ? [] : [...read.faults];
  if (zone === undefined) {
    faults.push(
      `timeZone: ${show(timeZone)} must be the name of a time zone, such as "Europe/Berlin" or "UTC"`,
    );
  }
  if (!read.ok || zone === undefined) return { ok: false, faults };
  const { text, fixed } = read;
  const ticks = ticksOf(fixed, new WallTimes(read.pattern), zone.clock);
  if (ticks.next(LOOKED_AT_FROM) === undefined) {
    const why = `clocks in ${show(zone.name)} jump over all that it names`;
    return { ok: false, faults: [`expression: ${show(text)} never comes due: ${why}`] };
  }
  return { ok: true, schedule: withinBounds({ expression: text, timeZone: zone.name, fixed }, ticks) };
}

function ticksOf(fixed: boolean, times: WallTimes, clock: ZoneClock): Ticks {
  return fixed ? new FixedTicks(times, clock) : new RunningTicks(times, clock);
}

function withinBounds(
  schedule: Pick<CompiledSchedule, 'expression' | 'timeZone' | 'fixed'>,
  ticks: Ticks,
): CompiledSchedule {
  return {
    ...schedule,
    next: (after) => {
      const from = Math.max(checked(after), EARLIEST_AT - 1);
      return from < LATEST_AT ? ticks.next(from) : undefined;
    },
    previous: (atOrBefore) => {
      const upTo = Math.min(checked(atOrBefore), LATEST_AT - 1);
      const tick = upTo < EARLIEST_AT ? undefined : ticks.previous(upTo);
      return tick === undefined || tick < EARLIEST_AT ? undefined : tick;
    },
  };
}

/** Not a number compares with nothing, so it would read as "no more ticks": a job that quietly never runs. */
function checked(at: number): number {
  if (Number.isNaN(at)) throw new RangeError('NaN is no instant');
  return at;
}

/** Newer versions of Node take `+02:00` for a zone and older ones do not: a name it must be. */
function isTimeZone(value: unknown): value is string {
  if (typeof value !== 'string' || !/^[A-Za-z]/.test(value)) return false;
  try {
    zoneClock(value);
    return true;
  } catch {
    return false;
  }
}
