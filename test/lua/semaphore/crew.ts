/** What a semaphore looks like in Redis, for the specs of its scripts. */
import { expect } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import { about, AHEAD, queueOf, type Beat } from '../cast.js';

/** Somebody who has permits: which fence, how many, and how long his lease lasts. */
export interface Holder {
  readonly token: string;
  readonly permits?: number;
  readonly fence?: number;
  /** A number; or what the script is to have written, as a matcher. */
  readonly endsAt: number;
}

export const inMs = (ms: number): number => Date.now() + ms;

/** A lease that a script has just made or renewed. */
export const endsIn = (ms: number): number =>
  expect.toSatisfy((at: unknown) => typeof at === 'number' && Math.abs(at - inMs(ms)) < 1_000, `in ${ms} ms`);

/** Keys of a semaphore of `size` whose last fence is {@link AHEAD}; `ttlMs` is of its keys. */
export function crewOf(holders: readonly Holder[], size: number, ttlMs: number): Keyspace {
  const more = holders.reduce((sum, { permits = 1 }) => sum + permits - 1, 0);
  const holds = Object.fromEntries(
    holders.map(({ token, permits = 1, fence = AHEAD - 15 }) => [token, `${fence} ${permits}`]),
  );
  const permits = Object.fromEntries(holders.map(({ token, endsAt }) => [token, endsAt]));
  return {
    permits: { type: 'zset', value: permits, ttlMs },
    holds: {
      type: 'hash',
      value: { ...holds, '=': String(size), ...(more === 0 ? {} : { '+': String(more) }) },
      ttlMs,
    },
  };
}

export const fenceOf = (last: number, ttlMs = about(86_400_000)): Keyspace => ({
  fence: { type: 'string', value: String(last), ttlMs },
});

/** A line in which a waiter may want several. */
export function lineOf(
  waiters: readonly (readonly [token: string, arrivedAt: number, beat: Beat, wanted?: number])[],
  ttlMs: number,
): Keyspace {
  const line = queueOf(
    waiters.map(([token, arrivedAt, beat]) => [token, arrivedAt, beat] as const),
    ttlMs,
  );
  const { queue } = line;
  if (queue?.type !== 'zset') return line;
  const wants = waiters.flatMap(([token, , , wanted]) =>
    wanted === undefined ? [] : [[`%${token}`, wanted]],
  );
  return { queue: { ...queue, value: { ...queue.value, ...Object.fromEntries(wants) } } };
}
