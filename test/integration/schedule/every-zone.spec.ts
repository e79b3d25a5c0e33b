/**
 * Around every change of clocks in every zone that this Node knows, what is due is what the rule says: no tick twice,
 * none lost, whichever way and from wherever one looks. A sample every day, all of it in a long run.
 */
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  compileSchedule,
  type CompiledSchedule,
} from '../../../libs/core/src/jobs/schedule/compile-schedule.js';
import { long } from '../../support/long.js';
import { EXPRESSIONS } from './support/expressions.js';
import { dueBetween, type Meant } from './support/rule.js';
import { historyOf, type Era } from './support/zone-history.js';

const HOUR_MS = 3_600_000;
/** Every how many zones are looked at, beside the awkward ones. */
const EVERY = long ? 1 : 40;
const YEARS = long ? ([2000, 2036] as const) : ([2022, 2028] as const);

/** By half an hour, by two, over midnight, a day left out, for Ramadan, for good. */
const AWKWARD: Readonly<Record<string, readonly [number, number]>> = {
  'Africa/Cairo': [2023, 2025],
  'Africa/Casablanca': [2024, 2026],
  'America/Havana': [2025, 2026],
  'America/New_York': [2025, 2027],
  'America/Nuuk': [2023, 2026],
  'America/Sao_Paulo': [2018, 2020],
  'Antarctica/Troll': [2025, 2027],
  'Antarctica/Vostok': [2023, 2024],
  'Asia/Beirut': [2025, 2027],
  'Australia/Lord_Howe': [2025, 2027],
  'Europe/Berlin': [2025, 2027],
  'Pacific/Apia': [2011, 2012],
};

const zones = [
  ...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', ...Object.keys(AWKWARD)]),
].toSorted();
const sampled = zones.filter((zone, index) => zone in AWKWARD || index % EVERY === 0);
const areas = [...new Set(sampled.map(areaOf))];

function areaOf(zone: string): string {
  return zone.split('/')[0] ?? zone;
}

/** Clocks that are set alike at the same time need only be looked at once. */
const seen = new Set<string>();
let changes = 0;

describe.each(areas)('the zones of %s', (area) => {
  it('have what is due once, and all of it', { timeout: 300_000 }, async () => {
    const wrong: string[] = [];
    for (const zone of sampled.filter((each) => areaOf(each) === area)) {
      const [first, last] = (long ? undefined : AWKWARD[zone]) ?? YEARS;
      const eras = historyOf(zone, Date.UTC(first, 0), Date.UTC(last, 0));
      const schedules = EXPRESSIONS.map((meant) => ({
        ...meant,
        schedule: compileSchedule(meant.text, { timeZone: zone }),
      }));
      for (const era of eras.slice(1)) {
        wrong.push(...faultsAround(era, eras, schedules).map((fault) => `${zone} ${fault}`));
      }
      // Lets the runner hear that the test is alive.
      await setImmediate();
    }
    expect(wrong).toEqual([]);
  });
});

describe('all zones together', () => {
  it('have changed their clocks often enough to mean something', () => {
    expect(areas.length).toBeGreaterThanOrEqual(5);
    expect(changes).toBeGreaterThan(long ? 2_000 : 30);
  });
});

interface Scheduled extends Meant {
  readonly schedule: CompiledSchedule;
}

function faultsAround(
  { startsAt, endsAt, aheadMs }: Era,
  eras: readonly Era[],
  schedules: readonly Scheduled[],
): string[] {
  const before = eras.find((era) => era.endsAt === startsAt);
  const key = `${startsAt} ${before?.aheadMs} ${aheadMs}`;
  if (seen.has(key)) return [];
  seen.add(key);
  changes += 1;
  if (endsAt - startsAt < 12 * HOUR_MS) return [`is set twice within 12 hours of ${iso(startsAt)}`];
  const shiftMs = Math.abs(aheadMs - (before?.aheadMs ?? aheadMs));
  return schedules.flatMap(({ schedule, ...meant }) => {
    const window = [startsAt - meant.aroundMs - shiftMs, startsAt + meant.aroundMs + shiftMs] as const;
    const due = dueBetween(meant, eras, window);
    const faults = [
      ...faultsOfWalk(schedule, due, window),
      ...placesAround(startsAt, shiftMs, due).flatMap((at) => faultsFrom(at, schedule, { due, window })),
    ];
    return faults.map((fault) => `"${meant.text}": ${fault}`);
  });
}

/** Walks all of it, there and back. */
function faultsOfWalk(
  schedule: CompiledSchedule,
  due: readonly number[],
  [from, to]: readonly [number, number],
): string[] {
  const there: number[] = [];
  for (let at = schedule.next(from); at !== undefined && at <= to; at = schedule.next(at)) {
    // An endless loop would be a fault as well.
    if (there.push(at) > due.length) break;
  }
  const back: number[] = [];
  for (let at = schedule.previous(to); at !== undefined && at > from; at = schedule.previous(at - 1)) {
    if (back.unshift(at) > due.length) break;
  }
  return [
    ...(there.join() === due.join() ? [] : [`forward ${difference(there, due)}`]),
    ...(back.join() === due.join() ? [] : [`back ${difference(back, due)}`]),
  ];
}

interface Expected {
  readonly due: readonly number[];
  readonly window: readonly [number, number];
}

/** Asks from one place only, as after a start at any time. */
function faultsFrom(at: number, schedule: CompiledSchedule, { due, window }: Expected): string[] {
  if (at < window[0] || at >= window[1]) return [];
  const [next, previous] = [schedule.next(at), schedule.previous(at)];
  const [dueNext, duePrevious] = [due.find((tick) => tick > at), due.findLast((tick) => tick <= at)];
  const beyond = (tick: number | undefined): boolean =>
    tick === undefined || tick <= at ? tick === undefined || tick <= window[0] : tick > window[1];
  return [
    ...(next === dueNext || (dueNext === undefined && beyond(next))
      ? []
      : [`next of ${iso(at)}: ${iso(next)}`]),
    ...(previous === duePrevious || (duePrevious === undefined && beyond(previous))
      ? []
      : [`previous of ${iso(at)}: ${iso(previous)}`]),
  ];
}

function placesAround(startsAt: number, shiftMs: number, due: readonly number[]): number[] {
  const offsets = [-shiftMs, -HOUR_MS / 2, -1_000, -1, 0, 1, 1_000, HOUR_MS / 2, shiftMs - 1, shiftMs];
  const nearest = due.toSorted((a, b) => Math.abs(a - startsAt) - Math.abs(b - startsAt)).slice(0, 8);
  return [
    ...offsets.map((offset) => startsAt + offset),
    ...nearest.flatMap((tick) => [tick, tick - 1, tick - 700]),
  ];
}

function difference(found: readonly number[], due: readonly number[]): string {
  const lost = due.filter((tick) => !found.includes(tick)).slice(0, 3);
  const extra = found.filter((tick) => !due.includes(tick)).slice(0, 3);
  return `lost ${lost.map(iso).join()}, extra ${extra.map(iso).join()}, ${found.length} of ${due.length}`;
}

function iso(at: number | undefined): string {
  return at === undefined ? 'none' : new Date(at).toISOString();
}
