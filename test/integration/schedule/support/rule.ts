/**
 * The rule for changed clocks as the page states it, done the long way: every wall time that an expression names is held
 * against every era of the zone.
 */
import type { Era } from './zone-history.js';

const DAY_MS = 86_400_000;

/** An expression, and by hand what it means. */
export interface Meant {
  readonly text: string;
  readonly fixed: boolean;
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly isDay: (date: Date) => boolean;
  /** How far around a change of the clocks to look, in ms. */
  readonly aroundMs: number;
}

/** What is due in (from, to], in order. */
export function dueBetween(
  meant: Meant,
  eras: readonly Era[],
  [from, to]: readonly [number, number],
): number[] {
  const due = new Set<number>();
  for (let day = Math.floor(from / DAY_MS) - 2; day <= Math.floor(to / DAY_MS) + 2; day += 1) {
    if (!meant.isDay(new Date(day * DAY_MS))) continue;
    for (const wall of timesOf(meant, day * DAY_MS)) {
      for (const at of meant.fixed ? [onceAt(wall, eras)] : shownAt(wall, eras)) due.add(at);
    }
  }
  return [...due].filter((at) => at > from && at <= to).toSorted((a, b) => a - b);
}

function timesOf({ hours, minutes, seconds }: Meant, midnight: number): number[] {
  return hours.flatMap((hour) =>
    minutes.flatMap((minute) =>
      seconds.map((second) => midnight + ((hour * 60 + minute) * 60 + second) * 1_000),
    ),
  );
}

/** Every instant at which the clock shows `wall`: none in a gap, two when it was set back. */
function shownAt(wall: number, eras: readonly Era[]): number[] {
  return eras
    .map(({ startsAt, endsAt, aheadMs }) => ({ startsAt, endsAt, at: wall - aheadMs }))
    .filter(({ startsAt, endsAt, at }) => at >= startsAt && at < endsAt)
    .map(({ at }) => at);
}

/** The first instant at which it shows `wall`, or the one at which it jumps over it. */
function onceAt(wall: number, eras: readonly Era[]): number {
  const [first] = shownAt(wall, eras);
  if (first !== undefined) return first;
  const jump = eras.find(
    ({ startsAt, aheadMs }, index) =>
      index > 0 && wall < startsAt + aheadMs && wall >= startsAt + (eras[index - 1]?.aheadMs ?? 0),
  );
  if (jump === undefined) throw new Error(`no clock ever passes ${wall}`);
  return jump.startsAt;
}
