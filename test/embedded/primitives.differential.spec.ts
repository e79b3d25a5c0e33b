/**
 * Random sequences of the scripts of limiters, quotas and latches: what they say and what they write must be the
 * same on Redis and on the embedded host. No time passes here; what time does to them is held against models.
 */
import { allScripts } from '@holdfast/core';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rounds } from '../support/long.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { comparable, expectSame, type Said } from './comparable.js';
import {
  at,
  command,
  listen,
  name,
  runOnEmbedded,
  runOnRedis,
  script,
  STALL_MS,
  used,
  type Pushed,
} from './lease-steps.js';
import type { Outcome, Step, StoredKey, Told } from './two-hosts.js';

const PRIMITIVES = /^(limiter|quota|latch)\//;

const KEPT_MS = 90_500;
/** So slow that nothing comes again, and so long that no window ends, while a sequence runs. */
const YEAR_US = 365 * 86_400_000_000;
const LIMITS = [
  ['gcra', 3, YEAR_US, 0],
  ['bucket', 3, 1, YEAR_US / 100],
  ['fixed', 3, 400 * 86_400_000_000, 0],
  ['counter', 3, 400 * 86_400_000, 0],
  ['log', 3, YEAR_US, 0],
] as const;

const limiting = fc
  .record({
    name,
    cost: fc.constantFrom(0, 1, 1, 2),
    counts: fc.constantFrom(0, 1, 1),
    limits: fc.subarray([...LIMITS], { minLength: 1 }),
  })
  .chain(({ name: api, cost, counts, limits }) => {
    const keys = limits.flatMap(([kind]) => at(api, `limit-${kind}`));
    return fc.constantFrom(
      script(
        'limiter/consume',
        keys,
        limits.flatMap((limit) => [...limit, cost, counts]),
      ),
      script(
        'limiter/consume',
        keys,
        limits.flatMap((limit) => [...limit, cost, counts]),
      ),
      script('limiter/reset', keys),
    );
  });

const ACCOUNT = ['counters', 'reserved', 'amounts', 'settled'];
const COUNTERS = ['left', 'sold'];
const quotas = fc
  .record({
    name,
    id: fc.constantFrom('', '1', '2'),
    by: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 2, maxLength: 2 }),
    reserves: fc.boolean(),
    how: fc.constantFrom('confirm', 'give_back', 'extend'),
  })
  .chain(({ name: account, id, by, reserves, how }) => {
    const keys = at(account, ...ACCOUNT);
    const change = script(
      'quota/change',
      COUNTERS.flatMap(() => keys),
      COUNTERS.flatMap((counter, index) => {
        const lasts = [reserves ? 31_600 : 0, 12_600, KEPT_MS];
        return [counter, by[index] ?? 0, 0, 9, 4, 0, reserves && id === '' ? '3' : id, ...lasts];
      }),
    );
    const into = at(account === 'x' ? 'ü' : 'x', 'counters');
    return fc.constantFrom(
      change,
      change,
      change,
      script('quota/settle', keys, [id, how, 31_600, KEPT_MS]),
      script(
        'quota/merge',
        COUNTERS.flatMap(() => [...keys, ...into]),
        COUNTERS.flatMap((counter) => [counter, 0, 9, 4, 0, KEPT_MS]),
      ),
    );
  });

const LATCH = ['arrived', 'passed', 'waiting'];
const latches = fc
  .record({
    name,
    part: fc.constantFrom('a', 'b', 'c'),
    again: fc.constantFrom(0, 1),
    since: fc.constantFrom(-1, 0, 1),
  })
  .chain(({ name: latch, part, again, since }) =>
    fc.constantFrom(
      script('latch/arrive', at(latch, ...LATCH), [part, 2, again, KEPT_MS]),
      script('latch/look', at(latch, ...LATCH), [2, since, 'A'.repeat(22), 12_600]),
      script('latch/withdraw', at(latch, 'arrived', 'passed'), [part, since]),
      script('latch/reset', at(latch, 'arrived')),
    ),
  );

const meddling = fc
  .record({
    name,
    key: fc.constantFrom('limit-gcra', 'counters', 'arrived', 'amounts'),
    how: fc.constantFrom('DEL', 'SET'),
  })
  .map(({ name: thing, key, how }) => command(how, ...at(thing, key), ...(how === 'SET' ? ['mine'] : [])));

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: limiting },
  { weight: 6, arbitrary: quotas },
  { weight: 4, arbitrary: latches },
  { weight: 1, arbitrary: meddling },
);

let server: RedisServer;
let redis: Redis;
let listener: Redis;
beforeAll(async () => {
  server = await startRedis();
  [redis, listener] = [server.client(), server.client()];
  await listen(listener);
});
afterAll(() => server.stop());

const CONSUME = allScripts.find((one) => one.name === 'limiter/consume')?.source;

/** Of each limit how many more may pass; how long the others have to wait is a matter of microseconds. */
function comparableWords(words: Told, of: Step | undefined): Told {
  if (of === undefined || !('source' in of) || of.source !== CONSUME || !Array.isArray(words)) return words;
  return words.filter((_, place) => place === 0 || place % 3 === 1);
}

/** Which of two came first within a millisecond is an accident of timing. */
function byMember(value: StoredKey['value']): Told {
  if (typeof value === 'string') return value;
  const pairs = value.flatMap((word, at) => (at % 2 === 0 ? [[word, value[at + 1] ?? '']] : []));
  return pairs.toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1));
}

function everything(steps: readonly Step[], { replies, pushes, keyspace }: Outcome & Pushed): Said[] {
  const keys = keyspace.map(({ key, type, value, ttlMs }) => ({
    about: '',
    words: key.includes(':limit-')
      ? [key, type]
      : [key, type, type === 'zset' ? byMember(value) : value, ttlMs],
  }));
  const said = replies.map((words, index) => ({ about: '', words: comparableWords(words, steps[index]) }));
  return [...said, ...pushes.map((words) => ({ about: '', words })), ...keys];
}

describe('the scripts of primitives on the embedded host', () => {
  it('answer, push and write as on Redis, whatever the sequence', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), async (steps) => {
        const real = await runOnRedis(redis, listener, steps);
        fc.pre(real.tookMs < STALL_MS);
        const ours = await runOnEmbedded(steps);
        expectSame(
          comparable(everything(steps, ours), ours.endMs),
          comparable(everything(steps, real), real.endMs),
          real.tookMs,
        );
      }),
      { numRuns: rounds(100, 2_000) },
    );
  }, 600_000);

  it('are all part of these sequences', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 200, maxLength: 200 }), () => undefined),
      { numRuns: 3 },
    );
    const names = allScripts.map((one) => one.name).filter((one) => PRIMITIVES.test(one));
    expect([...used].filter((one) => PRIMITIVES.test(one)).toSorted()).toEqual(names.toSorted());
  });
});
