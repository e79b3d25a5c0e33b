/** Random sequences of commands: every reply and the whole keyspace must be the same on Redis and on the embedded host. */
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rounds } from '../support/long.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { withoutMadeIds } from './made-ids.js';
import { onEmbedded, onRedis, type Step, type StoredKey } from './two-hosts.js';

let server: RedisServer;
let redis: Redis;

beforeAll(async () => {
  server = await startRedis();
  redis = server.client();
});
afterAll(() => server.stop());

/** No sum of the times that pass comes nearer than this to an expiry, so what a busy machine adds decides nothing. */
const STALL_MS = 5_000;

const LAST_HALF = '18446744073709551615';
const key = fc.constantFrom('a', 'b', 'é');
const text = fc.constantFrom('', 'x', 'y', '10', 'ü\0');
const member = fc.constantFrom('m', 'n', 'N', 'é', '');
const oddInteger = fc.constantFrom('one', '1.5', ' 1', '9223372036854775807', '9223372036854775808');
const integer = often(fc.constantFrom('0', '1', '-1', '2', '-3', '100'), oddInteger);
const ttl = often(
  fc.constantFrom('60000', '155000', '36000000'),
  fc.oneof(oddInteger, fc.constantFrom('0', '-1')),
);
const oddScore = fc.constantFrom('nan', '', ' 1', '0x10', '1e400', '3.', '-0', 'inf', '-inf');
const score = often(
  fc.constantFrom('0', '1', '1', '2', '0.1'),
  fc.oneof(oddScore, fc.double({ noNaN: true }).map(String)),
);
const bound = fc
  .tuple(fc.constantFrom('', '', '('), often(fc.constantFrom('0', '1', '2', '0.1', '-inf', '+inf'), score))
  .map((parts) => parts.join(''));
const rangeOption = often<readonly string[]>(
  fc.oneof(fc.constantFrom(['WITHSCORES'], ['byscore']), fc.tuple(fc.constant('LIMIT'), integer, integer)),
  fc.constantFrom(['LIMIT', '1'], ['x']),
);
const setOption = often<readonly string[]>(
  fc.oneof(
    fc.constantFrom(['NX'], ['xx'], ['GET'], ['KEEPTTL']),
    ttl.map((ms) => ['PX', ms]),
  ),
  fc.oneof(
    fc.constantFrom(['PX'], ['FOO']),
    fc.constantFrom('60', '-1', 'x').map((seconds) => ['EX', seconds]),
  ),
);

function often<T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 8, arbitrary: usual }, { weight: 1, arbitrary: odd });
}

const words = (...parts: fc.Arbitrary<string | readonly string[]>[]): fc.Arbitrary<string[]> =>
  fc.tuple(...parts).map((chosen) => chosen.flat());
const name = (text: string) => fc.constant(text);
const some = <T extends string | readonly string[]>(
  one: fc.Arbitrary<T>,
  [minLength, maxLength]: [number, number],
) => fc.array(one, { minLength, maxLength, size: 'max' }).map((chosen) => chosen.flat());
const scored = fc.tuple(score, member).map(([s, m]) => [s, m]);
const field = fc.tuple(member, text).map(([m, t]) => [m, t]);

const onAnyKey = [
  words(name('DEL'), some(key, [1, 2])),
  words(name('EXISTS'), some(key, [1, 3])),
  words(name('TYPE'), key),
  words(name('PEXPIRE'), key, ttl),
  words(name('PUBLISH'), key, text),
];
const onStrings = [
  words(name('SET'), key, text, some(setOption, [0, 2])),
  words(
    name('SET'),
    key,
    text,
    ttl.map((ms) => ['px', ms]),
  ),
  words(name('get'), key),
  words(name('MGET'), some(key, [1, 3])),
];
const onSortedSets = [
  words(name('ZADD'), key, some(fc.constantFrom('NX', 'XX', 'CH', 'nx'), [0, 2]), some(scored, [1, 3])),
  words(name('ZADD'), key, some(scored, [1, 5])),
  words(name('ZREM'), key, some(member, [1, 2])),
  words(name('ZRANGE'), key, integer, integer, some(often(name('WITHSCORES'), name('x')), [0, 1])),
  words(name('ZRANGE'), key, bound, bound, name('BYSCORE'), some(rangeOption, [0, 2])),
  words(name('ZRANGE'), key, bound, bound, some(rangeOption, [0, 2])),
  words(name('ZCOUNT'), key, bound, bound),
  words(name('ZREMRANGEBYSCORE'), key, bound, bound),
  words(name('ZMSCORE'), key, some(member, [1, 3])),
  words(name('ZRANK'), key, member),
  words(name('ZCARD'), key),
  words(name('ZSCORE'), key, member),
];
const onHashes = [
  words(name('HSET'), key, some(field, [1, 3])),
  words(name('HSETNX'), key, member, member),
  words(name('HGET'), key, member),
  words(name('HDEL'), key, some(member, [1, 3])),
  words(name('HMGET'), key, some(member, [1, 3])),
  words(name('HGETALL'), key),
  words(name('HINCRBY'), key, member, often(integer, name('9223372036854775806'))),
];
const oddId = fc.constantFrom(
  '0-0',
  '',
  'x',
  '007-+1',
  '1--05',
  '1--5',
  ' 3',
  '1-1-1',
  `${LAST_HALF}-${LAST_HALF}`,
);
const givenId = often(fc.constantFrom('0-1', '0-*', '1-1', '1', '2-*', '99999999999999-5'), oddId);
const idBound = fc
  .tuple(fc.constantFrom('', '', '('), often(fc.constantFrom('-', '+', '0-1', '1', '1-1', '2'), oddId))
  .map((parts) => parts.join(''));
const trimming = often<readonly string[]>(
  integer.map((most) => ['MAXLEN', most]),
  fc.oneof(
    integer.map((most) => ['maxlen', '=', most]),
    fc.constant(['MAXLEN']),
  ),
);
const counted = often<readonly string[]>(
  integer.map((most) => ['COUNT', most]),
  fc.constantFrom(['count'], ['x']),
);
const onStreams = [
  words(name('XADD'), key, some(trimming, [0, 1]), often(name('*'), givenId), some(field, [1, 2])),
  words(name('XADD'), key, some(trimming, [0, 1]), givenId, some(field, [1, 2])),
  words(name('XADD'), key, some(trimming, [0, 2]), fc.constantFrom('*', '5'), some(text, [1, 3])),
  words(name('XRANGE'), key, idBound, idBound, some(counted, [0, 1])),
  words(name('XREVRANGE'), key, idBound, idBound, some(counted, [0, 2])),
  words(name('XREVRANGE'), key, name('+'), name('-'), name('COUNT'), integer),
  words(name('XLEN'), key),
];
const anyName = fc.constantFrom(
  'SET',
  'GET',
  'MGET',
  'DEL',
  'EXISTS',
  'ZADD',
  'ZREM',
  'ZRANGE',
  'ZRANK',
  'ZCARD',
  'ZSCORE',
  'ZMSCORE',
  'ZCOUNT',
  'HSET',
  'HSETNX',
  'HGET',
  'HDEL',
  'HMGET',
  'HGETALL',
  'HINCRBY',
  'ZREMRANGEBYSCORE',
  'XADD',
  'XLEN',
  'XRANGE',
  'XREVRANGE',
  'PEXPIRE',
  'PUBLISH',
);
const onAnything = [
  words(anyName, some(fc.oneof(key, integer, member), [0, 5])),
  ...onAnyKey,
  ...onStrings,
  ...onSortedSets,
  ...onHashes,
  ...onStreams,
];

const VIA = {
  call: 'return redis.call(unpack(ARGV))',
  pcall: 'return redis.pcall(unpack(ARGV))',
  caught: 'return { pcall(redis.call, unpack(ARGV)) }',
  twice: 'return { redis.pcall(unpack(ARGV)), redis.pcall(unpack(ARGV)) }',
};
const via = fc.constantFrom(VIA.call, VIA.call, VIA.pcall, VIA.caught, VIA.twice);
const elapse = fc.constantFrom(49_000, 66_000).map((elapseMs) => ({ elapseMs }));

/** A sequence of commands on a few keys. One type at a time as a rule: else every other reply would be WRONGTYPE. */
function sequenceOf(commands: readonly fc.Arbitrary<string[]>[]): fc.Arbitrary<Step[]> {
  const command = fc.record({ source: via, args: fc.oneof(...commands) });
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 12, arbitrary: command },
    { weight: 1, arbitrary: elapse },
  );
  return fc.array(step, { minLength: 10, maxLength: 60, size: 'max' });
}

describe('commands on the embedded host', () => {
  it.each([
    ['strings', [...onStrings, ...onAnyKey]],
    ['sorted sets', [...onSortedSets, ...onAnyKey]],
    ['hashes', [...onHashes, ...onAnyKey]],
    ['streams', [...onStreams, ...onAnyKey]],
    ['keys of any type, and words in any order', onAnything],
  ])(
    'answer as on Redis and leave the same keys: %s',
    async (_subject, commands) => {
      await fc.assert(
        fc.asyncProperty(sequenceOf(commands), async (steps) => {
          const real = await onRedis(redis, steps);
          fc.pre(real.tookMs < STALL_MS);
          const ours = await onEmbedded(steps);
          expect(ours.replies.map(withoutMadeIds)).toEqual(real.replies.map(withoutMadeIds));
          expect(ours.keyspace.map(withoutTtl)).toEqual(real.keyspace.map(withoutTtl));
          real.keyspace.forEach((stored, at) =>
            expectTtl(ours.keyspace[at]?.ttlMs ?? -2, stored.ttlMs, real.tookMs),
          );
        }),
        { numRuns: rounds(75, 1_500) },
      );
    },
    600_000,
  );
});

const withoutTtl = ({ key: stored, type, value }: StoredKey) => ({
  stored,
  type,
  value: withoutMadeIds(value),
});

/** Time went on while Redis worked, and stood still for us. */
function expectTtl(ours: number, real: number, tookMs: number): void {
  if (real < 0) expect(ours).toBe(real);
  else {
    expect(ours).toBeGreaterThanOrEqual(real);
    expect(ours).toBeLessThanOrEqual(real + tookMs + 1);
  }
}
