/**
 * Brings what two servers said into one form. Their clocks differ, so three kinds of numbers cannot be equal: fences
 * (compared by their order), instants (by their distance from the end) and remaining times (within what the real
 * server took). Everything else must be the same.
 */
import { expect } from 'vitest';
import type { Told } from './two-hosts.js';

/** Words of texts stand apart, so that numbers inside of texts are compared as numbers. */
type Comparable = number | string | null | readonly Comparable[];

const SMALLEST_FENCE = 1e15;
const SMALLEST_INSTANT = 1e12;
/** Codes, positions and counts are below; remaining times above, by the choice of the times that pass. */
const SMALLEST_DURATION = 100;
/** Rounding to ms on both sides, and our clock that goes on by some microseconds a call. */
const SLACK_MS = 3;

function split(value: Told): Comparable {
  if (typeof value === 'number' || value === null) return value;
  if (typeof value === 'string') {
    return value.split(/[ :]/).map((word) => (/^\d+$/.test(word) ? Number(word) : word));
  }
  return value.map(split);
}

function fencesIn(value: Comparable): number[] {
  if (typeof value === 'number') return value >= SMALLEST_FENCE ? [value] : [];
  return Array.isArray(value) ? value.flatMap(fencesIn) : [];
}

/** The same with fences as their rank and instants as their distance from the end. */
export function comparable(value: Told, endMs: number): Comparable {
  const words = split(value);
  const fences = [...new Set(fencesIn(words))].toSorted((a, b) => a - b);
  const named = (one: Comparable): Comparable => {
    if (typeof one === 'string' || one === null) return one;
    if (typeof one !== 'number') return one.map(named);
    if (one >= SMALLEST_FENCE) return `fence ${fences.indexOf(one)}`;
    return one >= SMALLEST_INSTANT ? Math.round(one - endMs) : one;
  };
  return named(words);
}

/** Expects the same, where times on the real server may be less by what it took. */
export function expectSame(ours: Comparable, real: Comparable, tookMs: number): void {
  expect(shape(ours)).toEqual(shape(real));
  const [ourTimes, realTimes] = [timesIn(ours), timesIn(real)];
  realTimes.forEach((time, at) => {
    const more = (ourTimes[at] ?? Number.NaN) - time;
    expect(more, `${ourTimes[at]} ms here, ${time} ms on Redis`).toBeGreaterThanOrEqual(-SLACK_MS);
    expect(more, `${ourTimes[at]} ms here, ${time} ms on Redis`).toBeLessThanOrEqual(tookMs + SLACK_MS);
  });
}

const isTime = (value: Comparable): value is number =>
  typeof value === 'number' && Math.abs(value) >= SMALLEST_DURATION;

function shape(value: Comparable): Comparable {
  if (isTime(value)) return 'a time';
  return Array.isArray(value) ? value.map(shape) : value;
}

function timesIn(value: Comparable): number[] {
  if (isTime(value)) return [value];
  return Array.isArray(value) ? value.flatMap(timesIn) : [];
}
