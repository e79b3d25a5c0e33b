/** Random sequences of commands: every reply and the whole keyspace must be the same on Redis and on the embedded host. */
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { onEmbedded, onRedis, type Step } from './two-hosts.js';

let server: RedisServer;
let redis: Redis;

beforeAll(async () => {
  server = await startRedis();
  redis = server.client();
});
afterAll(() => server.stop());

/** Expiries are a minute or more and time passes by the minute, so what a busy machine adds decides nothing. */
const STALL_MS = 5_000;

const key = fc.constantFrom('a', 'b', 'é');
const text = fc.constantFrom('', 'x', 'y', '10', 'ü\0');
const member = fc.constantFrom('m', 'n', 'N', 'é', '');
const integer = fc.constantFrom(
  '0',
  '1',
  '-1',
  '2',
  '-3',
  '100',
  'one',
  '1.5',
  ' 1',
  '9223372036854775807',
  '9223372036854775808',
);
const ttl = fc.oneof({ weight: 4, arbitrary: fc.constantFrom('60000', '150000', '3600000') }, integer);
const score = fc.oneof(
  fc.constantFrom(
    '0',
    '-0',
    '1',
    '2',
    '2',
    '0.1',
    '1e20',
    'inf',
    '-inf',
    'nan',
    '',
    ' 1',
    '0x10',
    '1e400',
    '3.',
  ),
  fc.double({ noNaN: true }).map(String),
);
const setOption = fc.oneof(
  fc.constantFrom(['NX'], ['xx'], ['GET'], ['KEEPTTL'], ['PX'], ['FOO']),
  ttl.map((ms) => ['PX', ms]),
  fc.constantFrom('60', '600', '-1', '0', 'x').map((seconds) => ['EX', seconds]),
);
const zaddOption = fc.constantFrom('NX', 'XX', 'CH', 'nx');

const words = (...parts: fc.Arbitrary<string | readonly string[]>[]): fc.Arbitrary<string[]> =>
  fc.tuple(...parts).map((chosen) => chosen.flat());
const name = (text: string) => fc.constant(text);
const many = <T extends string | readonly string[]>(one: fc.Arbitrary<T>, maxLength = 3) =>
  fc.array(one, { maxLength }).map((chosen) => chosen.flat());

const command = fc.oneof(
  words(name('SET'), key, text, many(setOption, 2)),
  words(name('get'), key),
  words(name('MGET'), many(key)),
  words(name('DEL'), many(key)),
  words(name('EXISTS'), many(key)),
  words(name('TYPE'), key),
  words(name('PEXPIRE'), key, ttl),
  words(name('ZADD'), key, many(zaddOption, 2), many(fc.tuple(score, member).map(([s, m]) => [s, m]))),
  words(name('ZADD'), key, score, many(member)),
  words(name('ZREM'), key, many(member)),
  words(name('ZRANGE'), key, integer, integer, many(fc.constantFrom('WITHSCORES', 'x'), 1)),
  words(name('ZRANK'), key, member),
  words(name('ZCARD'), key),
  words(name('ZSCORE'), key, member),
  words(name('HSET'), key, many(fc.tuple(member, text).map(([m, t]) => [m, t]))),
  words(name('HSET'), key, many(member)),
  words(name('HGET'), key, member),
  words(name('HDEL'), key, many(member)),
  words(name('PUBLISH'), key, text),
  words(fc.constantFrom('GET', 'ZCARD', 'TIME', 'HGET', 'PTTL'), many(text)),
);
const VIA = {
  call: 'return redis.call(unpack(ARGV))',
  pcall: 'return redis.pcall(unpack(ARGV))',
  caught: 'return { pcall(redis.call, unpack(ARGV)) }',
};
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .record({ via: fc.constantFrom(VIA.call, VIA.call, VIA.pcall, VIA.caught), args: command })
      .filter(({ args: [first, ...rest] }) => first !== 'TIME' || rest.length > 0)
      .filter(({ args: [first, ...rest] }) => first !== 'PTTL' || rest.length !== 1)
      .map(({ via, args }) => ({ source: via, args })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(60_000 - 2 * STALL_MS, 60_000 + STALL_MS).map((elapseMs) => ({ elapseMs })),
  },
);

describe('commands on the embedded host', () => {
  it('answer as on Redis and leave the same keys, whatever the sequence', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const real = await onRedis(redis, steps);
        fc.pre(real.tookMs < STALL_MS);
        const ours = await onEmbedded(steps);
        expect(ours.replies).toEqual(real.replies);
        expect(ours.keyspace.map(({ ttlMs: _, ...rest }) => rest)).toEqual(
          real.keyspace.map(({ ttlMs: _, ...rest }) => rest),
        );
        ours.keyspace.forEach(({ ttlMs }, at) => {
          const realTtl = real.keyspace[at]?.ttlMs ?? -2;
          expect(ttlMs - realTtl).toBeGreaterThanOrEqual(0);
          expect(ttlMs - realTtl).toBeLessThanOrEqual(realTtl < 0 ? 0 : real.tookMs + 1);
        });
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});
