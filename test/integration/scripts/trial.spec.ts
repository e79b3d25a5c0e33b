/** The helper that tries a script: everything that a script leaves behind is seen, and nothing stays. */
import { defineScript } from '@holdfast/core';
import { embedded } from '@holdfast/embedded';
import { tryScript } from '@holdfast/testing';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { keysBelow } from '../../support/keyspace.js';
import { sharedRedisUrl } from '../../support/shared-redis.js';

const mix = defineScript({
  name: 'mix',
  keys: ['text', 'fields', 'scores', 'members', 'line', 'missing'],
  args: ['add'],
  source: `
    redis.call('SET', KEYS[1], ARGV[1])
    redis.call('HSET', KEYS[2], 'b', ARGV[1])
    redis.call('ZADD', KEYS[3], 1.5, ARGV[1])
    redis.call('SADD', KEYS[4], ARGV[1])
    redis.call('RPUSH', KEYS[5], ARGV[1])
    return { 1, redis.call('EXISTS', KEYS[6]) }`,
});

it.each([2, 3] as const)('it compares all that a script changed, in RESP%i', async (protocol) => {
  const redis = new Redis(sharedRedisUrl(), { protocol });
  onTestFinished(() => redis.disconnect());
  const given = {
    text: { string: 'before' },
    fields: { hash: { a: 1 } },
    scores: { zset: { a: 3 } },
    members: { set: ['z'] },
    line: { list: ['a', 'a'] },
  } as const;
  const outcome = await tryScript((name, ...words) => redis.call(name, ...words), mix, {
    given,
    args: ['x'],
  });
  expect(outcome).toEqual({
    reply: [1, 0],
    after: {
      text: { string: 'x' },
      fields: { hash: { a: '1', b: 'x' } },
      scores: { zset: { x: 1.5, a: 3 } },
      members: { set: ['x', 'z'] },
      line: { list: ['a', 'a', 'x'] },
    },
  });
  expect(await keysBelow(redis, 'holdfast-trial:')).toEqual([]);
});

it('it tells the error of a script, and leaves nothing behind', async () => {
  const redis = new Redis(sharedRedisUrl());
  onTestFinished(() => redis.disconnect());
  const given = { text: { list: ['a'] } } as const;
  const ask = (name: string, ...words: readonly (string | number)[]): unknown => redis.call(name, ...words);
  const bad = defineScript({ name: 'bad', keys: ['text'], source: `return redis.call('INCR', KEYS[1])` });
  await expect(tryScript(ask, bad, { given })).rejects.toThrow(/WRONGTYPE/);
  expect(await keysBelow(redis, 'holdfast-trial:')).toEqual([]);
});

it('it works on the embedded server, with the commands that this one has', async () => {
  const { controls } = embedded();
  const ask = async (name: string, ...words: readonly (string | number)[]): Promise<unknown> => {
    if (name !== 'EVAL') return controls.command(name, ...words);
    const [source = '', count = 0, ...rest] = words;
    const [keys, args] = [rest.slice(0, Number(count)).map(String), rest.slice(Number(count))];
    return controls.evaluate({ source: String(source), keys, args });
  };
  const script = defineScript({
    name: 'count',
    keys: ['fields'],
    source: `return { redis.call('HINCRBY', KEYS[1], 'a', 2) }`,
  });
  const outcome = await tryScript(ask, script, { given: { fields: { hash: { a: 1 } } } });
  expect(outcome).toEqual({ reply: [3], after: { fields: { hash: { a: '3' } } } });
});
