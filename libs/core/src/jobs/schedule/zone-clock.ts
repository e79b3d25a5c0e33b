/**
 * What the clocks of a zone show, learnt from Intl a chunk at a time: a list of stretches, in each of which the offset
 * from UTC stays the same. A chunk is probed every 12 hours, and where two probes differ, the second of the change is
 * found by halving. Two changes nearer than that would be missed; the closest two that any zone has had since 1990 lie
 * days apart, and a test looks for closer ones in every version of the data.
 */
import { BoundedCache } from './bounded-cache.js';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const PROBE_MS = 12 * HOUR_MS;
const CHUNK_MS = 366 * 24 * HOUR_MS;
/** The chunks that a schedule looks at: the one of now, its neighbours, and those of a tick that is years away. */
const MOST_CHUNKS = 6;
const MOST_ZONES = 64;

/** No clock is farther from UTC than 16 hours, so none is set by more than twice of that. */
export const FARTHEST_MS = 48 * HOUR_MS;

/** A time in which the offset of a zone stays the same; `endsAt` belongs to the next one. */
export interface Stretch {
  readonly startsAt: number;
  readonly endsAt: number;
  /** What the clock shows, less UTC. */
  readonly offsetMs: number;
}

const zones = new BoundedCache<string, ZoneClock>(MOST_ZONES);

/** The clock of a zone, shared by its schedules. @throws RangeError if there is no such zone */
export function zoneClock(timeZone: string): ZoneClock {
  return zones.get(timeZone, () => new ZoneClock(timeZone));
}

/** The clocks on the walls of one zone. */
export class ZoneClock {
  readonly #format: Intl.DateTimeFormat;
  readonly #chunks = new BoundedCache<number, readonly Stretch[]>(MOST_CHUNKS);

  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  }

  /** The stretch that `at` lies in. It may be cut at the edge of a chunk, so its neighbour may have the same offset. */
  stretchAt(at: number): Stretch {
    const chunk = Math.floor(at / CHUNK_MS);
    const stretches = this.#chunks.get(chunk, () => this.#learn(chunk * CHUNK_MS));
    const stretch = stretches.find(({ endsAt }) => at < endsAt);
    if (stretch === undefined) throw new RangeError(`No clock shows ${at}`);
    return stretch;
  }

  /** The latest wall time that the clock has shown up to `at`: more than it shows then, for a while after it was set back. */
  latestShown(at: number): number {
    let stretch = this.stretchAt(at);
    let latest = at + stretch.offsetMs;
    while (stretch.startsAt > at - FARTHEST_MS) {
      stretch = this.stretchAt(stretch.startsAt - 1);
      latest = Math.max(latest, stretch.endsAt - 1 + stretch.offsetMs);
    }
    return latest;
  }

  /** The instant at which the clock first shows `wall` or, if it jumps over it, first shows something later. */
  reachedAt(wall: number): number {
    let stretch = this.stretchAt(wall - FARTHEST_MS);
    while (stretch.endsAt + stretch.offsetMs <= wall) stretch = this.stretchAt(stretch.endsAt);
    return Math.max(stretch.startsAt, wall - stretch.offsetMs);
  }

  #learn(chunkStartsAt: number): readonly Stretch[] {
    const chunkEndsAt = chunkStartsAt + CHUNK_MS;
    const stretches: Stretch[] = [];
    let startsAt = chunkStartsAt;
    let offsetMs = this.#offsetMs(startsAt);
    for (let probe = startsAt + PROBE_MS; probe <= chunkEndsAt; probe += PROBE_MS) {
      const probedMs = this.#offsetMs(probe);
      if (probedMs === offsetMs) continue;
      const endsAt = this.#setAt(probe - PROBE_MS, probe);
      stretches.push({ startsAt, endsAt, offsetMs });
      startsAt = endsAt;
      offsetMs = probedMs;
    }
    // Empty if the last change is at the very end.
    return [...stretches, { startsAt, endsAt: chunkEndsAt, offsetMs }];
  }

  /** The second at which the offset changes from that of `before` to that of `after`. */
  #setAt(before: number, after: number): number {
    const offsetMs = this.#offsetMs(before);
    let [low, high] = [before, after];
    while (high - low > SECOND_MS) {
      const middle = low + Math.floor((high - low) / 2 / SECOND_MS) * SECOND_MS;
      if (this.#offsetMs(middle) === offsetMs) low = middle;
      else high = middle;
    }
    return high;
  }

  #offsetMs(at: number): number {
    const shown = this.#format.format(at);
    const match = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(shown);
    if (match === null) throw new RangeError(`No offset in ${shown}`);
    const [, sign = '+', hours = 0, minutes = 0, seconds = 0] = match;
    const size = Number(hours) * HOUR_MS + Number(minutes) * 60 * SECOND_MS + Number(seconds) * SECOND_MS;
    return sign === '-' ? -size : size;
  }
}
