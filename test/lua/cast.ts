/** Who plays in the specs of the scripts, what they leave in Redis, and matchers for what the clock decides. */
import { expect } from 'vitest';
import type { Keyspace } from '../support/keyspace.js';

/** A token starts with the 22 characters of its process. */
export const processId = (name: string): string => name.padEnd(22, '-');

export const anna = processId('anna');
export const ben = processId('ben');
export const cleo = processId('cleo');
export const dora = processId('dora');

export const tokenOf = (process: string, count = 1): string => `${process}${count}`;

/** A fence far ahead of the clock, so that what is minted behind it is known to the digit. */
export const AHEAD = 8_000_000_000_000_000;

/** Above it a score is an arrival. */
const FIRST_ARRIVAL = 1e14;

/** What a waiter left behind: `undefined` of it was never written, or somebody took it away. */
export interface Beat {
  readonly untilMs: number | undefined;
  readonly grantMs: number | undefined;
}

/** A heartbeat that runs out in `leftMs`. */
export const beating = (grantMs: number, leftMs = 2_400): Beat => ({ untilMs: Date.now() + leftMs, grantMs });

/** A heartbeat that ran out a moment ago. */
export const silent = (grantMs = 2_000): Beat => ({ untilMs: Date.now() - 1, grantMs });

/** The instant at which the waiter number `count` came. */
export const arrival = (count: number): number => FIRST_ARRIVAL + count;

/** A line with these waiters in it, each with what it left of its heartbeat. */
export function queueOf(
  waiters: readonly (readonly [token: string, arrivedAt: number, beat: Beat])[],
  ttlMs?: number,
): Keyspace {
  if (waiters.length === 0) return {};
  const value: Record<string, number> = {};
  for (const [token, arrivedAt, { untilMs, grantMs }] of waiters) {
    value[token] = arrivedAt;
    if (untilMs !== undefined) value[`!${token}`] = untilMs;
    if (grantMs !== undefined) value[`?${token}`] = grantMs;
  }
  return { queue: { type: 'zset', value, ...(ttlMs === undefined ? {} : { ttlMs }) } };
}

const SLACK_MS = 1_000;

const isBetween = (actual: unknown, from: number, to: number): boolean => {
  const value = typeof actual === 'string' && actual !== '' ? Number(actual) : actual;
  return typeof value === 'number' && value >= from && value <= to;
};

/** A rest of `ms` that has been running for a moment. */
export const about = (ms: number): number =>
  expect.toSatisfy((actual: unknown) => isBetween(actual, ms - SLACK_MS, ms), `about ${ms}`);

/** The server's clock in microseconds, plus `offset`; a number or a text. */
function nowMicros(offset: number): (actual: unknown) => boolean {
  return (actual) =>
    isBetween(actual, (Date.now() - SLACK_MS) * 1_000 + offset, (Date.now() + 1) * 1_000 + offset);
}

export const clockMicros = (offset = 0): number =>
  expect.toSatisfy(nowMicros(offset), `the clock + ${offset}`);
export const clockText = (offset = 0): string => expect.toSatisfy(nowMicros(offset), `the clock + ${offset}`);

/** A heartbeat that was set a moment ago. */
export const freshBeat = (grantMs: number): Beat => ({
  untilMs: expect.toSatisfy(
    (actual: unknown) => isBetween(actual, Date.now() + 2_500 - SLACK_MS, Date.now() + 2_501),
    'alive for 2500 ms',
  ),
  grantMs,
});
