/**
 * P6.1: one call for many members is the same as one call for each of them. Random members on random keyspaces, some keys
 * of the wrong type; replies, pushes and the whole keyspace are compared, on Redis and on the embedded host. The counters
 * stand far ahead of the clock, so that every fence is known to the digit.
 */
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import {
  at,
  batchOf,
  command,
  elapse,
  listen,
  meddling,
  member,
  runOnEmbedded,
  runOnRedis,
  STALL_MS,
  withoutArrivals,
  type Pushed,
} from './lease-steps.js';
import type { Outcome, Step, Told } from './two-hosts.js';

const AHEAD = 8_000_000_000_000_000;
/** Rounding to ms, on both sides. */
const SLACK_MS = 4;
const counters = ['x', 'ü'].map((lock) => command('SET', at(lock, 'fence')[0] ?? '', String(AHEAD)));

const before: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: member.map((one) => batchOf([one])) },
  { weight: 2, arbitrary: meddling },
  { weight: 2, arbitrary: elapse },
);
const scene = fc.record({
  before: fc.array(before, { maxLength: 20, size: 'max' }),
  members: fc.array(member, { minLength: 2, maxLength: 24, size: 'max' }),
});

let server: RedisServer;
let redis: Redis;
let listener: Redis;

beforeAll(async () => {
  server = await startRedis();
  [redis, listener] = [server.client(), server.client()];
  await listen(listener);
});
afterAll(() => server.stop());

type Seen = Outcome & Pushed & { readonly endMs: number };

/** Words and numbers in order. What was answered before the members counts as well, for it must be the same. */
function everything({ replies, pushes, keyspace, endMs }: Seen): readonly (string | number)[] {
  const keys = keyspace.map(({ key, type, value, ttlMs }) => [
    key,
    ...[type === 'zset' ? withoutArrivals(value) : value].flat(),
    ttlMs,
  ]);
  return [...flat(replies), 'pushed', ...flat(pushes), 'left', ...flat(keys)].map((one) =>
    typeof one === 'number' && isInstant(one) ? one - endMs : one,
  );
}

function flat(told: Told): (string | number)[] {
  if (typeof told === 'number') return [told];
  if (typeof told === 'string')
    return told.split(/[ :]/).map((word) => (/^\d+$/.test(word) ? Number(word) : word));
  return told === null ? ['nothing'] : told.flatMap(flat);
}

const isInstant = (value: number): boolean => value >= 1e12 && value < 1e14;
/** Codes, positions and counts are below, fences above. */
const isTime = (value: string | number): value is number =>
  typeof value === 'number' && Math.abs(value) >= 100 && Math.abs(value) < 1e12;

function expectEqual(together: Seen, apart: Seen, tookMs: number): void {
  const [one, other] = [everything(together), everything(apart)];
  const shape = (words: readonly (string | number)[]) =>
    words.map((word) => (isTime(word) ? 'a time' : word));
  expect(shape(one)).toEqual(shape(other));
  const times = other.filter(isTime);
  one.filter(isTime).forEach((time, index) => {
    expect(Math.abs(time - (times[index] ?? Number.NaN))).toBeLessThanOrEqual(tookMs + SLACK_MS);
  });
}

describe('P6.1 a batch equals its members one by one', () => {
  it('on Redis', async () => {
    await fc.assert(
      fc.asyncProperty(scene, async ({ before: steps, members }) => {
        const given = [...counters, ...steps];
        const together = await runOnRedis(redis, listener, [...given, batchOf(members)]);
        const apart = await runOnRedis(redis, listener, [...given, ...members.map((one) => batchOf([one]))]);
        const tookMs = together.tookMs + apart.tookMs;
        fc.pre(tookMs < STALL_MS);
        expectEqual(together, apart, tookMs);
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  it('on the embedded host', async () => {
    await fc.assert(
      fc.asyncProperty(scene, async ({ before: steps, members }) => {
        const given = [...counters, ...steps];
        const together = await runOnEmbedded([...given, batchOf(members)]);
        const apart = await runOnEmbedded([...given, ...members.map((one) => batchOf([one]))]);
        expectEqual(together, apart, 0);
      }),
      { numRuns: 100 },
    );
  }, 60_000);
});
