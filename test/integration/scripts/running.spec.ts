/** Scripts of users on a real server: keys, arguments, schemas, loading, and what goes wrong. */
import {
  createHoldfast,
  defineScript,
  LockConfigError,
  ScriptReplyError,
  type Holdfast,
} from '@holdfast/core';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { openHoldfast, rejectionOf } from '../../support/holdfasts.js';
import { uniqueNamespace } from '../../support/namespace.js';
import { sharedRedisUrl } from '../../support/shared-redis.js';

const SELL = `
local stock, buyers = KEYS[1], KEYS[2]
local buyer, count = ARGV[1], tonumber(ARGV[2])
local left = tonumber(redis.call('GET', stock) or 0)
if left < count then return { 0, left } end
redis.call('SADD', buyers, buyer)
return { 1, redis.call('DECRBY', stock, count) }`;

const face = { keys: ['stock', 'buyers'], args: ['buyer', 'count'], source: SELL } as const;
const sell = defineScript({ name: 'sell', ...face });
const checked = defineScript({
  name: 'sell-checked',
  family: 'sell',
  ...face,
  input: z.object({ buyer: z.string().min(1), count: z.number().int().positive().default(1) }),
  reply: z
    .tuple([z.union([z.literal(0), z.literal(1)]), z.number().int()])
    .transform(([sold, left]) => ({ sold: sold === 1, left })),
});

async function setUp(): Promise<{ redis: Redis; namespace: string; holdfast: Holdfast }> {
  const redis = new Redis(sharedRedisUrl());
  onTestFinished(() => redis.disconnect());
  const namespace = uniqueNamespace();
  return { redis, namespace, holdfast: await openHoldfast(sharedRedisUrl(), { namespace }) };
}

describe('a script', () => {
  it('has keys of ours, which those of its family share, told apart by a key', async () => {
    const { redis, namespace, holdfast } = await setUp();
    const { scripts } = holdfast;
    await redis.set(`hf1:${namespace}:{#script#sell#shoe}:stock`, 3, 'PX', 60_000);
    expect(await scripts.run(sell, { key: 'shoe', args: { buyer: 'anna', count: 2 } })).toEqual([1, 1]);
    expect(await scripts.run(checked, { key: 'shoe', args: { buyer: 'ben' } })).toEqual({
      sold: true,
      left: 0,
    });
    expect(await scripts.run(sell, { key: 'hat', args: { buyer: 'ben', count: 1 } })).toEqual([0, 0]);
    expect(await redis.smembers(`hf1:${namespace}:{#script#sell#shoe}:buyers`)).toHaveLength(2);
  });

  it('works on keys of yours, as they are called', async () => {
    const { redis, namespace, holdfast } = await setUp();
    const keys = { stock: `${namespace}:{shoe}:stock`, buyers: `${namespace}:{shoe}:buyers` };
    await redis.set(keys.stock, 1, 'PX', 60_000);
    expect(await holdfast.scripts.run(sell, { keys, args: { buyer: 'anna', count: 1 } })).toEqual([1, 0]);
    expect(await redis.smembers(keys.buyers)).toEqual(['anna']);
  });

  it('is on the server before its first call, and again when the server forgot it', async () => {
    const redis = new Redis(sharedRedisUrl());
    onTestFinished(() => redis.disconnect());
    const fresh = defineScript({
      name: 'fresh',
      keys: ['a'],
      source: `return { 7 } -- ${uniqueNamespace()}`,
    });
    const holdfast = await openHoldfast(sharedRedisUrl(), { scripts: [fresh] });
    expect(await redis.script('EXISTS', fresh.version)).toEqual([1]);
    expect(await holdfast.scripts.run(fresh, {})).toEqual([7]);
    await redis.script('FLUSH');
    expect(await holdfast.scripts.run(fresh, {})).toEqual([7]);
    expect(await redis.script('EXISTS', fresh.version)).toEqual([1]);
  });

  it('that fails on the server is told so, and nothing of its arguments', async () => {
    const { holdfast } = await setUp();
    const broken = defineScript({
      name: 'broken',
      keys: ['a'],
      args: ['b'],
      source: `return nothing.at.all`,
    });
    const error = await rejectionOf(holdfast.scripts.run(broken, { args: { b: 'a secret' } }));
    expect(error).toMatchObject({ code: 'ERR_LOCK_REFUSED', condition: 'unexpected' });
    expect(JSON.stringify(error) + String(error)).not.toContain('secret');
  });
});

describe('arguments and replies', () => {
  it('that a schema refuses are told with where they are wrong, before anything is sent', async () => {
    const { holdfast } = await setUp();
    const error = await rejectionOf(holdfast.scripts.run(checked, { args: { buyer: '', count: 0.5 } }));
    expect(LockConfigError.is(error) && error.faults).toEqual([
      expect.stringMatching(/^args\.buyer: /),
      expect.stringMatching(/^args\.count: /),
    ]);
  });

  it.each([
    [{ buyer: 'anna' }, /args\.count: undefined must be a text or a finite number/],
    [{ buyer: 'anna', count: NaN }, /args\.count: NaN/],
    [{ buyer: 'anna', count: 1, size: 7 }, /args\.size: the script has no such argument/],
  ])('without a schema have to be what the script declares: %j', async (args, fault) => {
    const { holdfast } = await setUp();
    const run = Reflect.apply(holdfast.scripts.run, holdfast.scripts, [sell, { args }]);
    expect(String(await rejectionOf(Promise.resolve(run)))).toMatch(fault);
  });

  it('of the server that a schema refuses are an error that tells why', async () => {
    const { holdfast } = await setUp();
    const odd = defineScript({
      name: 'odd',
      keys: ['a'],
      source: `return { 'x' }`,
      reply: z.tuple([z.number()]),
    });
    const error = await rejectionOf(holdfast.scripts.run(odd, {}));
    expect(ScriptReplyError.is(error) && error.issues).toEqual([expect.stringMatching(/^reply\.0: /)]);
  });
});

it.each([
  [{ name: '', keys: [], source: 'return { 1 }' }, 2],
  [{ name: 'a', keys: ['A-b', 'x', 'x'], source: 'return { 1 }' }, 2],
  [{ name: 'a', keys: ['x'] }, 1],
  [{ name: 'a', keys: ['x'], file: '/nowhere.lua' }, 1],
  [{ name: 'a', keys: ['x'], source: '', reply: {}, size: 5 }, 2],
])('a script that cannot work is refused when it is defined: %j', (spec, count) => {
  const define = (): unknown => Reflect.apply(defineScript, undefined, [spec]);
  expect(define).toThrow(
    expect.toSatisfy((error: unknown) => LockConfigError.is(error) && error.faults.length === count),
  );
});

it('what is no script is refused at start', async () => {
  const scripts = [{ source: 'return { 1 }' }];
  const start = Reflect.apply(createHoldfast, undefined, [
    { connection: sharedRedisUrl(), namespace: uniqueNamespace(), scripts },
  ]);
  expect(String(await rejectionOf(Promise.resolve(start)))).toMatch(
    /scripts: an array must be an array of what/,
  );
});
