/** What the usual snippets get wrong, each beside the recipe that does it right. */
import { tryScript, type AskRedis } from '@holdfast/testing';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { buy } from '../../../apps/demo/src/recipes/flash-sale.js';
import { take } from '../../../apps/demo/src/recipes/inventory.js';
import { record } from '../../../apps/demo/src/recipes/leaderboard.js';
import { count } from '../../../apps/demo/src/recipes/multi-counter.js';
import { earn, merge } from '../../../apps/demo/src/recipes/points.js';
import { uniqueNamespace } from '../../support/namespace.js';
import { sharedRedisUrl } from '../../support/shared-redis.js';

function setUp(): { redis: Redis; ask: AskRedis; key: string } {
  const redis = new Redis(sharedRedisUrl());
  onTestFinished(() => redis.disconnect());
  const key = `snippet:${uniqueNamespace()}`;
  onTestFinished(async () => void (await redis.del(key)));
  return { redis, ask: (name, ...words) => redis.call(name, ...words), key };
}

const KEPT = 60_000;

describe('a flash sale', () => {
  it('that reads, compares and writes sells the last one twice; the recipe sells it once', async () => {
    const { redis, ask, key } = setUp();
    await redis.set(key, 1);
    const naive = async (): Promise<boolean> => {
      if (Number(await redis.get(key)) < 1) return false;
      await redis.decr(key);
      return true;
    };
    expect(await Promise.all([naive(), naive()])).toEqual([true, true]);
    expect(await redis.get(key)).toBe('-1');

    const sold = await tryScript(ask, buy, { given: { stock: { string: 1 } }, args: ['anna', 9, KEPT] });
    expect(sold).toEqual({ reply: [1, 0], after: { stock: { string: '0' }, buyers: { set: ['anna'] } } });
    const { stock, buyers } = sold.after;
    const given = { stock: stock ?? { string: 0 }, buyers: buyers ?? { set: [] } };
    expect((await tryScript(ask, buy, { given, args: ['ben', 9, KEPT] })).reply).toEqual([0, 0]);
  });

  it('whose Lua compares a missing key with nil never opens; the recipe begins with what there is to sell', async () => {
    const { redis, ask, key } = setUp();
    const naive = `if redis.call('GET', KEYS[1]) == nil then return 'opened' end return 'goes on'`;
    expect(await redis.eval(naive, 1, key)).toBe('goes on');
    expect((await tryScript(ask, buy, { args: ['anna', 9, KEPT] })).reply).toEqual([1, 8]);
  });

  it('gives nobody a second one', async () => {
    const { ask } = setUp();
    const given = { stock: { string: 5 }, buyers: { set: ['anna'] } } as const;
    expect(await tryScript(ask, buy, { given, args: ['anna', 9, KEPT] })).toMatchObject({ reply: [2, 5] });
  });
});

describe('a leaderboard', () => {
  it('that writes every score down forgets the best one; the recipe keeps it', async () => {
    const { redis, ask, key } = setUp();
    await redis.zadd(key, 90, 'anna');
    await redis.zadd(key, 10, 'anna');
    expect(await redis.zscore(key, 'anna')).toBe('10');

    const given = { scores: { zset: { anna: 90, ben: 95 } } } as const;
    const outcome = await tryScript(ask, record, { given, args: ['anna', 10, 9, KEPT] });
    expect(outcome).toEqual({ reply: [0, 90, 2], after: given });
  });

  it('whose reply has a rank that is nil is cut off there; the recipe says 0 of who was trimmed', async () => {
    const { redis, ask, key } = setUp();
    const naive = `return { 1, redis.call('ZREVRANK', KEYS[1], 'nobody'), 7 }`;
    expect(await redis.eval(naive, 1, key)).toEqual([1, null, 7]);
    expect(await redis.eval(`return { 1, nil, 7 }`, 0)).toEqual([1]);

    const given = { scores: { zset: { ben: 95, cleo: 94 } } } as const;
    const outcome = await tryScript(ask, record, { given, args: ['anna', 10, 2, KEPT] });
    expect(outcome).toEqual({ reply: [1, 10, 0], after: given });
  });
});

describe('points', () => {
  it('that are read, added and deleted in steps lose what is earned in between; the recipe moves all', async () => {
    const { redis, ask, key } = setUp();
    await redis.hset(key, { old: 10, new: 1 });
    const read = Number(await redis.hget(key, 'old'));
    await redis.hincrby(key, 'old', 5);
    await redis.hincrby(key, 'new', read);
    await redis.hdel(key, 'old');
    expect(await redis.hgetall(key)).toEqual({ new: '11' });

    const given = { balances: { hash: { old: 10, new: 1 } } } as const;
    const moved = await tryScript(ask, merge, { given, args: ['old', 'new', KEPT] });
    expect(moved).toEqual({
      reply: [1, 10],
      after: { balances: { hash: { new: '11' } }, merged: { hash: { old: 'new' } } },
    });
    const late = { balances: { hash: { new: 11 } }, merged: { hash: { old: 'new' } } } as const;
    expect((await tryScript(ask, earn, { given: late, args: ['old', 5, KEPT] })).reply).toEqual([16]);
    expect((await tryScript(ask, merge, { given: late, args: ['old', 'new', KEPT] })).reply).toEqual([0, 0]);
  });

  it('are never spent below none', async () => {
    const { ask } = setUp();
    const given = { balances: { hash: { anna: '3' } } } as const;
    const outcome = await tryScript(ask, earn, { given, args: ['anna', -4, KEPT] });
    expect(outcome).toEqual({ reply: [-1], after: given });
  });
});

describe('several counters', () => {
  it('by INCR, and EXPIRE when it is 1, stay for ever when the process dies between; the recipe does both', async () => {
    const { redis, ask, key } = setUp();
    await redis.incr(key);
    // It dies here.
    await redis.incr(key);
    expect(await redis.ttl(key)).toBe(-1);

    const withExpiry = {
      ...count,
      source: count.source.replace(/return \{ 1, .*\}\s*$/, `return { redis.call('PTTL', KEYS[1]) }`),
    };
    const [left] = [(await tryScript(ask, withExpiry, { args: [9, 9, 9] })).reply].flat();
    expect(Number(left)).toBeGreaterThan(3_500_000);
  });

  it('count in all or in none', async () => {
    const { ask } = setUp();
    const given = { hour: { string: '1' }, day: { string: '5' }, month: { string: '7' } } as const;
    expect(await tryScript(ask, count, { given, args: [9, 5, 9] })).toEqual({
      reply: [0, 1, 5, 7],
      after: given,
    });
    expect((await tryScript(ask, count, { given, args: [9, 6, 9] })).reply).toEqual([1, 2, 6, 8]);
  });

  it('with EX given milliseconds last a thousand times as long; the recipe says PX', async () => {
    const { redis, key } = setUp();
    await redis.set(key, 1, 'EX', 60_000);
    expect(await redis.ttl(key)).toBeGreaterThan(59_000);
    expect(count.source).not.toMatch(/'EX/);
  });
});

describe('an inventory', () => {
  it('that takes line by line keeps half an order when the next line is missing; the recipe takes none', async () => {
    const { redis, ask, key } = setUp();
    await redis.hset(key, { tea: 5, cup: 0 });
    for (const article of ['tea', 'cup']) {
      if (Number(await redis.hget(key, article)) < 1) break;
      await redis.hincrby(key, article, -1);
    }
    expect(await redis.hgetall(key)).toEqual({ tea: '4', cup: '0' });

    const given = { stock: { hash: { tea: '5', cup: '0' } } } as const;
    const outcome = await tryScript(ask, take, { given, args: ['tea=1;cup=1', 9, KEPT] });
    expect(outcome).toEqual({ reply: [0, 'cup'], after: given });
  });

  it('counts an article once that stands in two lines', async () => {
    const { ask } = setUp();
    const given = { stock: { hash: { tea: '5' } } } as const;
    expect((await tryScript(ask, take, { given, args: ['tea=3;tea=3', 9, KEPT] })).reply).toEqual([0, 'tea']);
    const filled = await tryScript(ask, take, { given, args: ['tea=3;tea=2', 9, KEPT] });
    expect(filled).toEqual({ reply: [1, ''], after: { stock: { hash: { tea: '0' } } } });
  });
});
