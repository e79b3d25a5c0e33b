import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { BoundedCache } from './bounded-cache.js';
import { ZoneClock, zoneClock } from './zone-clock.js';

const HOUR_MS = 3_600_000;

/** How many dates have been formatted since. */
function countFormats(): () => number {
  const property = Object.getOwnPropertyDescriptor(Intl.DateTimeFormat.prototype, 'format');
  if (property?.get === undefined) throw new Error('format is not what it was');
  const { get } = property;
  let count = 0;
  Object.defineProperty(Intl.DateTimeFormat.prototype, 'format', {
    ...property,
    get(this: Intl.DateTimeFormat): unknown {
      count += 1;
      return get.call(this);
    },
  });
  onTestFinished(() => {
    Object.defineProperty(Intl.DateTimeFormat.prototype, 'format', property);
  });
  return () => count;
}

describe('the clock of a zone', () => {
  it('knows from when to when its offset lasts, also of seconds', () => {
    const berlin = new ZoneClock('Europe/Berlin');
    expect(berlin.stretchAt(Date.UTC(2026, 2, 29, 1) - 1)).toMatchObject({
      endsAt: Date.UTC(2026, 2, 29, 1),
      offsetMs: 3_600_000,
    });
    expect(berlin.stretchAt(Date.UTC(2026, 2, 29, 1))).toMatchObject({
      startsAt: Date.UTC(2026, 2, 29, 1),
      offsetMs: 7_200_000,
    });
    expect(new ZoneClock('Africa/Monrovia').stretchAt(Date.UTC(1971, 0)).offsetMs).toBe(
      -(44 * 60 + 30) * 1_000,
    );
  });

  it('joins its stretches without a hole, in both directions', () => {
    const zone = new ZoneClock('Africa/Casablanca');
    let stretch = zone.stretchAt(Date.UTC(2010, 0));
    while (stretch.startsAt < Date.UTC(2035, 0)) {
      const next = zone.stretchAt(stretch.endsAt);
      expect(next.startsAt).toBe(stretch.endsAt);
      expect(zone.stretchAt(next.startsAt - 1)).toEqual(stretch);
      stretch = next;
    }
  });

  it('knows of changes at the edges of what it learns at once', () => {
    const wallOf = (at: number, timeZone: string): number =>
      Date.parse(`${new Date(at).toLocaleString('sv-SE', { timeZone })}Z`);
    const edges = [109, 116, 117, 124, 151].map((number) => number * 366 * 24 * HOUR_MS);
    for (const timeZone of ['Africa/Cairo', 'Asia/Beirut', 'Asia/Jerusalem', 'Australia/Sydney']) {
      const zone = new ZoneClock(timeZone);
      for (const at of edges.flatMap((edge) => [edge - HOUR_MS, edge - 1_000, edge, edge + HOUR_MS])) {
        const { startsAt, endsAt, offsetMs } = zone.stretchAt(at);
        expect([at + offsetMs, at >= startsAt && at < endsAt]).toEqual([wallOf(at, timeZone), true]);
      }
    }
  });

  it('asks Intl once for the same time, and keeps little', () => {
    const formats = countFormats();
    const zone = new ZoneClock('Europe/Paris');
    const asked = (year: number): number => {
      const before = formats();
      zone.stretchAt(Date.UTC(year, 6));
      return formats() - before;
    };
    expect(asked(2026)).toBeGreaterThan(0);
    expect(asked(2026)).toBe(0);
    for (let year = 2030; year < 2050; year += 1) expect(asked(year)).toBeLessThan(800);
    expect(asked(2049)).toBe(0);
    expect(asked(2026)).toBeGreaterThan(0);
  });

  it('is shared by all schedules of the zone', () => {
    expect(zoneClock('Asia/Tokyo')).toBe(zoneClock('Asia/Tokyo'));
    expect(() => zoneClock('Mars/Base')).toThrow(RangeError);
  });
});

describe('a bounded cache', () => {
  it('makes a value once, and drops the oldest when there are too many', () => {
    const cache = new BoundedCache<number, string>(2);
    const make = vi.fn<() => string>(() => 'made');
    for (const key of [1, 2, 1, 3, 2, 1]) cache.get(key, make);
    expect([make.mock.calls.length, cache.size]).toEqual([4, 2]);
  });
});
