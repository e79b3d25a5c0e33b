/** Who plays in the specs of the scripts, what they leave in Redis, and matchers for what the clock decides. */
import { expect } from 'vitest';

/** A token starts with the 22 characters of its process. */
export const processId = (name: string): string => name.padEnd(22, '-');

export const anna = processId('anna');
export const ben = processId('ben');
export const cleo = processId('cleo');
export const dora = processId('dora');

export const tokenOf = (process: string, count = 1): string => `${process}${count}`;

/** A fence far ahead of the clock, so that what is minted behind it is known to the digit. */
export const AHEAD = 8_000_000_000_000_000;

/** A waiter's entry with a heartbeat that runs out in `leftMs`. */
export const beating = (grantMs: number, leftMs = 2_400): string => `${Date.now() + leftMs} ${grantMs}`;

/** A waiter's entry whose heartbeat ran out a moment ago. */
export const silent = (grantMs = 2_000): string => `${Date.now() - 1} ${grantMs}`;

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
export const freshBeat = (grantMs: number): string =>
  expect.toSatisfy((actual: unknown) => {
    const [until, grant, ...rest] = String(actual).split(' ');
    const alive = isBetween(until, Date.now() + 2_500 - SLACK_MS, Date.now() + 2_501);
    return alive && rest.length === 0 && grant === String(grantMs);
  }, `alive for 2500 ms, grants of ${grantMs} ms`);
