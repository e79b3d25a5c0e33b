/** P5 and P6 on a real server: what a renewal may touch, what a release leaves, and both when something is in the way. */
import type { Redis } from 'ioredis';
import { createHoldfast } from '@holdfast/core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { CommandLog } from '../../support/command-log.js';
import { always, eventually } from '../../support/eventually.js';
import { lineIn } from '../../support/lock-keys.js';
import { uniqueNamespace } from '../../support/namespace.js';
import { startRedis, type RedisServer } from '../../support/redis-server.js';
import { openProcess } from './support/processes.js';

let server: RedisServer;
let redis: Redis;
beforeAll(async () => {
  server = await startRedis();
  redis = server.client();
});
afterAll(() => server.stop());

async function holding(ttlMs = 30_000) {
  const process = await openProcess(server.url, uniqueNamespace());
  const token = process.token();
  const reply = await process.acquire({ token, ttlMs });
  if (reply.outcome !== 'granted') throw new Error('not granted');
  return { process, token, fence: reply.fence, keys: process.keys.lease('order') };
}

/** Runs `work` while the server has no memory to give. */
async function outOfMemory<T>(work: () => Promise<T>): Promise<T> {
  await redis.config('SET', 'maxmemory', '1');
  try {
    return await work();
  } finally {
    await redis.config('SET', 'maxmemory', '0');
  }
}

describe('a renewal', () => {
  it('P5.1 looks and then moves the expiry; it never sets', async () => {
    const { process, token, keys } = await holding();
    const log = await CommandLog.start(server.url);
    onTestFinished(() => log.stop());
    await process.renew(token, 50_000);
    expect((await log.scriptCalls()).map(({ name, args }) => [name, ...args])).toEqual([
      ['GET', keys.lock],
      ['PEXPIRE', keys.lock, '50000'],
    ]);
  });

  it('P5.1 of a token that does not hold touches nothing and brings nothing back', async () => {
    const { process, token, keys } = await holding();
    await redis.set(keys.lock, 'somebody else', 'PX', 9_000);
    expect(await process.renew(token)).toBe('lost');
    expect(await redis.get(keys.lock)).toBe('somebody else');
    expect(await redis.pttl(keys.lock)).toBeLessThanOrEqual(9_000);
    await redis.del(keys.lock);
    expect(await process.renew(token)).toBe('lost');
    expect(await redis.exists(keys.lock)).toBe(0);
  });

  it('P5.1 F15 never brings a lock back, however renewals and its release fall together', async () => {
    for (let round = 0; round < 100; round += 1) {
      const { process, token, keys } = await holding();
      const order = [process.renew(token), process.release(token), process.renew(token)];
      expect(await Promise.all(order)).toEqual(['renewed', true, 'lost']);
      expect(await redis.exists(keys.lock)).toBe(0);
      await process.host.close(100);
    }
  });

  it('P5.1 F21 goes on when the server is out of memory', async () => {
    const { process, token, keys } = await holding(5_000);
    expect(await outOfMemory(() => process.renew(token, 60_000))).toBe('renewed');
    expect(await redis.pttl(keys.lock)).toBeGreaterThan(50_000);
  });
});

describe('members of one renewal', () => {
  it('P6.1 a key of another type fails alone: those before and behind it are renewed', async () => {
    const process = await openProcess(server.url, uniqueNamespace());
    const members = [];
    for (const identity of ['a', 'b', 'c', 'd']) {
      const token = process.token();
      await process.acquire({ identity, token, ttlMs: 5_000 });
      members.push({ identity, token, ttlMs: 60_000 });
    }
    const wrong = process.keys.lock('c');
    await redis.del(wrong);
    await redis.rpush(wrong, 'x');
    await redis.del(process.keys.lock('d'));
    const { replies } = await process.store.renew(members);
    expect(replies.map(({ outcome }) => outcome)).toEqual(['renewed', 'renewed', 'failed', 'lost']);
    expect(replies[2]).toMatchObject({ error: { condition: 'wrong-type' } });
    for (const identity of ['a', 'b'])
      expect(await redis.pttl(process.keys.lock(identity))).toBeGreaterThan(50_000);
  });

  it('P6.2 are renewed one by one when the whole call is refused: only the one that is barred is lost', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    onTestFinished(() => void vi.restoreAllMocks());
    const [namespace, user] = [uniqueNamespace(), uniqueNamespace()];
    const may = (keys: string) =>
      redis.call('ACL', 'SETUSER', user, 'on', '>pw', '+@all', '&*', 'resetkeys', keys);
    await may('~*');
    const connection = { host: '127.0.0.1', port: server.port, username: user, password: 'pw' };
    const holdfast = await createHoldfast({ connection, namespace });
    onTestFinished(() => holdfast.close(0));
    const take = (name: string) => holdfast.locks.acquire(name, { ttl: 900 });
    const [barred, ...mine] = await Promise.all(['barred', 'mine1', 'mine2', 'mine3'].map(take));
    await may(`~hf1:${namespace}:{mine*`);
    await eventually(() => barred?.signal.aborted, { withinMs: 3_000 });
    await always(() => mine.every(({ held }) => held), 1_500);
    expect(mine).toHaveLength(3);
  });
});

describe('a release with holdAtLeast', () => {
  it('P5.2 leaves a marker with the fence for the rest of the time', async () => {
    const { process, token, fence, keys } = await holding();
    expect(await process.release(token, 700)).toBe(true);
    expect(await redis.get(keys.lock)).toBe(`held:${fence}`);
    expect(await redis.pttl(keys.lock)).toBeLessThanOrEqual(700);
    expect(await redis.pttl(keys.lock)).toBeGreaterThan(500);
  });

  it('P5.2 cannot be undone by a late renewal, a repeated acquire or a repeated release', async () => {
    const { process, token, fence, keys } = await holding();
    await process.release(token, 5_000);
    expect(await process.renew(token)).toBe('lost');
    expect(await process.acquire({ token, queueing: false })).toMatchObject({ outcome: 'taken' });
    expect(await process.release(token)).toBe(false);
    expect(await redis.get(keys.lock)).toBe(`held:${fence}`);
    expect(await redis.pttl(keys.lock)).toBeLessThanOrEqual(5_000);
  });

  it('P5.2 tells the head of the line how long the lock stays taken', async () => {
    const { process, token, keys } = await holding();
    const waiting = process.token();
    await process.acquire({ token: waiting });
    await process.release(token, 900);
    await eventually(() => process.pushes.length === 1);
    expect(process.pushes[0]).toMatchObject({ kind: 'held', token: waiting, lastsMs: 900 });
    expect((await lineIn(redis, keys.queue)).map(([token]) => token)).toEqual([waiting]);
  });

  it('P5.2 works when the server is out of memory', async () => {
    const { process, token, fence, keys } = await holding();
    expect(await outOfMemory(() => process.release(token, 5_000))).toBe(true);
    expect(await redis.get(keys.lock)).toBe(`held:${fence}`);
  });
});

describe('a server without memory', () => {
  it('P5.3 lets a holder release and hands the lock to the first in line', async () => {
    const { process, token, keys } = await holding();
    const waiting = process.token();
    await process.acquire({ token: waiting });
    expect(await outOfMemory(() => process.release(token))).toBe(true);
    expect(await redis.get(keys.lock)).toBe(waiting);
    await eventually(() => process.pushes.length === 1);
  });

  it('P2.6 gives no place in line, and says so instead of failing: the waiter polls', async () => {
    const { process, keys } = await holding();
    const reply = await outOfMemory(() => process.acquire({ token: process.token() }));
    expect(reply).toMatchObject({ outcome: 'taken', position: 0, joined: false });
    expect(await redis.exists(keys.queue)).toBe(0);
  });

  it('grants nothing new, and says why', async () => {
    const process = await openProcess(server.url, uniqueNamespace());
    const refused = await outOfMemory(() =>
      process.acquire({ token: process.token() }).catch((error: unknown) => error),
    );
    expect(refused).toMatchObject({ condition: 'out-of-memory', permanent: false });
    expect(await redis.exists(process.keys.lock('order'))).toBe(0);
  });
});

describe('fences', () => {
  it('P4.1 grow across release, expiry, FLUSHALL, a lost counter and a clock that is behind it', async () => {
    const { process, token, fence, keys } = await holding();
    const seen = [fence];
    const next = async (): Promise<void> => {
      const mine = process.token();
      const reply = await process.acquire({ token: mine });
      if (reply.outcome !== 'granted') throw new Error('not granted');
      seen.push(reply.fence);
      expect(Number(await redis.get(keys.fence))).toBe(reply.fence + 15);
      await process.release(mine);
    };
    await process.release(token);
    await next();
    await redis.del(keys.fence);
    await next();
    await redis.flushall();
    await next();
    await redis.set(keys.fence, String(Date.now() * 1_000 + 60_000_000));
    await next();
    await next();
    for (const [index, one] of seen.entries())
      expect(one).toBeGreaterThanOrEqual((seen[index - 1] ?? -16) + 16);
    expect(await redis.pttl(keys.fence)).toBeGreaterThan(86_000_000);
  });
});
