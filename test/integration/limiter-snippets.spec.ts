/** What the usual snippets of rate limiters get wrong, each beside what a limiter of ours does. */
import type { RateLimiter } from '@holdfast/core';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openHoldfast } from '../support/holdfasts.js';
import { keysBelow } from '../support/keyspace.js';
import { uniqueNamespace } from '../support/namespace.js';
import { sharedRedisUrl } from '../support/shared-redis.js';

const LONG = '400d';

async function setUp(): Promise<{ redis: Redis; namespace: string; limiter: RateLimiter }> {
  const redis = new Redis(sharedRedisUrl());
  onTestFinished(() => redis.disconnect());
  const namespace = uniqueNamespace();
  const holdfast = await openHoldfast(sharedRedisUrl(), { namespace });
  const limits = { algorithm: 'fixed-window', limit: 1, per: LONG } as const;
  return { redis, namespace, limiter: holdfast.limiters.define('api', { limits }) };
}

describe('a counter whose expiry is set by a second command', () => {
  it('stays for ever when its process dies between the two; ours cannot', async () => {
    const { redis, namespace, limiter } = await setUp();
    const key = `${namespace}:snippet`;
    await redis.incr(key);
    // It dies here, before its EXPIRE.
    expect(await redis.ttl(key)).toBe(-1);
    await redis.del(key);

    await limiter.consume();
    const [counted] = await keysBelow(redis, `hf1:${namespace}:{#limiter`);
    expect(await redis.pttl(counted ?? '')).toBeGreaterThan(0);
  });
});

describe('a limit that is read, decided by the client, and written', () => {
  it('lets two pass who read before either wrote; ours lets one', async () => {
    const { redis, namespace, limiter } = await setUp();
    const key = `${namespace}:snippet`;
    const passes = async (): Promise<boolean> => {
      const count = Number(await redis.get(key));
      if (count >= 1) return false;
      await redis.set(key, count + 1, 'PX', 1_000);
      return true;
    };
    expect(await Promise.all([passes(), passes()])).toEqual([true, true]);

    const ours = await Promise.all([limiter.consume(), limiter.consume()]);
    expect(ours.map(({ allowed }) => allowed)).toEqual([true, false]);
  });

  it('takes a key that is missing for a number in Lua, where it is false; ours begins at nothing', async () => {
    const { redis, namespace, limiter } = await setUp();
    const snippet = `if redis.call('GET', KEYS[1]) == nil then return 1 end return 0`;
    expect(await redis.eval(snippet, 1, `${namespace}:missing`)).toBe(0);
    expect((await limiter.check()).allowed).toBe(true);
  });
});

describe('a window by the clock of the replica', () => {
  it('is another window on a replica whose clock is ahead; ours is the server’s', async () => {
    const { redis, namespace, limiter } = await setUp();
    const windowMs = 1_000;
    const passes = async (clockMs: number): Promise<boolean> => {
      const key = `${namespace}:snippet:${Math.floor(clockMs / windowMs)}`;
      return Number(await redis.call('SET', key, 1, 'PX', windowMs, 'NX', 'GET')) === 0;
    };
    const now = Date.now();
    expect([await passes(now), await passes(now + windowMs)]).toEqual([true, true]);

    // No instant of ours is in what is sent.
    const other = await openHoldfast(sharedRedisUrl(), { namespace });
    const limits = { algorithm: 'fixed-window', limit: 1, per: LONG } as const;
    const ours = [await limiter.consume(), await other.limiters.define('api', { limits }).consume()];
    expect(ours.map(({ allowed }) => allowed)).toEqual([true, false]);
  });
});

it('what somebody else wrote under the key of a limit is an error, and is left as it is', async () => {
  const { redis, namespace, limiter } = await setUp();
  await limiter.consume();
  const [key = ''] = await keysBelow(redis, `hf1:${namespace}:{#limiter`);
  await redis.set(key, 'mine');
  await expect(limiter.consume()).rejects.toMatchObject({
    code: 'ERR_LOCK_REFUSED',
    condition: 'wrong-type',
  });
  expect(await redis.get(key)).toBe('mine');
  await redis.del(key);
});
