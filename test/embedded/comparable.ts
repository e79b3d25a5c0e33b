/**
 * Brings what two servers said into one form. Their clocks differ, so three kinds of numbers cannot be equal: fences
 * (compared by their order), instants (by their distance from a moment behind the end) and remaining times (within what the real
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

/** Something that a server said, and the name of the lock it is about. */
export interface Said {
  readonly about: string;
  readonly words: Told;
}

/**
 * The same with fences as their rank among the fences of that lock, and instants as their distance from a moment behind the end, so that all are
 * times. Fences
 * of two locks have nothing to do with each other: which is the larger is an accident of timing.
 */
export function comparable(all: readonly Said[], endMs: number): Comparable {
  const apart = all.map(({ about, words }) => ({ about, words: split(words) }));
  const fencesOf = new Map<string, number[]>();
  for (const { about, words } of apart)
    fencesOf.set(about, [...(fencesOf.get(about) ?? []), ...fencesIn(words)]);
  for (const [about, fences] of fencesOf)
    fencesOf.set(
      about,
      [...new Set(fences)].toSorted((a, b) => a - b),
    );
  return apart.map(({ about, words }) => [about, named(words, fencesOf.get(about) ?? [], endMs)]);
}

function named(one: Comparable, fences: readonly number[], endMs: number): Comparable {
  if (typeof one === 'string' || one === null) return one;
  if (typeof one !== 'number') return one.map((part) => named(part, fences, endMs));
  if (one >= SMALLEST_FENCE) return `fence ${fences.indexOf(one)}`;
  return one >= SMALLEST_INSTANT ? Math.round(one - endMs) - SMALLEST_DURATION : one;
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
