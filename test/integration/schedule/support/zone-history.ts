/** When the clocks of a zone were and will be changed, read off them: no library, and none of our own code. */
const HOUR_MS = 3_600_000;
const SECOND_MS = 1_000;
/** How often a clock is looked at; two changes that lie nearer may be seen as one. */
const STEP_MS = 8 * HOUR_MS;

/** A time without a change. The first and the last one of a history go on for ever. */
export interface Era {
  readonly startsAt: number;
  readonly endsAt: number;
  /** What the clock shows, less UTC. */
  readonly aheadMs: number;
}

/** All eras of a zone between two instants. */
export function historyOf(timeZone: string, from: number, to: number): Era[] {
  const aheadAt = clockOf(timeZone);
  const eras: Era[] = [];
  let startsAt = -Infinity;
  let aheadMs = aheadAt(from);
  for (let at = from; at < to; at += STEP_MS) {
    const later = aheadAt(at + STEP_MS);
    if (later === aheadMs) continue;
    const endsAt = changedAt(aheadAt, at, aheadMs);
    eras.push({ startsAt, endsAt, aheadMs });
    startsAt = endsAt;
    aheadMs = later;
  }
  return [...eras, { startsAt, endsAt: Infinity, aheadMs }];
}

/** How far the clock on the wall is ahead of UTC, as its digits say. */
function clockOf(timeZone: string): (at: number) => number {
  const wall = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (at) => {
    const [month = 0, day = 0, year = 0, ...time] = wall.format(at).match(/\d+/g)?.map(Number) ?? [];
    const [hour = 0, minute = 0, second = 0] = time;
    return Date.UTC(year, month - 1, day, hour, minute, second) - at;
  };
}

function changedAt(aheadAt: (at: number) => number, since: number, aheadMs: number): number {
  let [low, high] = [since, since + STEP_MS];
  while (high - low > SECOND_MS) {
    const middle = low + Math.floor((high - low) / 2 / SECOND_MS) * SECOND_MS;
    if (aheadAt(middle) === aheadMs) low = middle;
    else high = middle;
  }
  return high;
}
