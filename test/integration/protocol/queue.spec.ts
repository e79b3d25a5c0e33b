/** P2 on a real server: who is next, who is alive, and what a waiter is told. */
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CommandLog } from '../../support/command-log.js';
import { eventually } from '../../support/eventually.js';
import { FIRST_ARRIVAL, lineIn } from '../../support/lock-keys.js';
import { uniqueNamespace } from '../../support/namespace.js';
import { startRedis } from '../../support/redis-server.js';
import { sharedRedisUrl } from '../../support/shared-redis.js';
import { openProcess, type ProcessOptions, type TestProcess } from './support/processes.js';

function redisClient(): Redis {
  const redis = new Redis(sharedRedisUrl());
  onTestFinished(() => redis.disconnect());
  return redis;
}

/** A holder and others who stand in line behind it, in order. */
async function line(...waiters: readonly ProcessOptions[]) {
  const [url, namespace] = [sharedRedisUrl(), uniqueNamespace()];
  const holder = await openProcess(url, namespace);
  const held = holder.token();
  await holder.acquire({ token: held });
  const queue: { process: TestProcess; token: string }[] = [];
  for (const options of waiters) {
    const process = await openProcess(url, namespace, options);
    const token = process.token();
    await process.acquire({ token });
    queue.push({ process, token });
  }
  const keys = holder.keys.lease('order');
  const [first, second, third] = queue;
  if (first === undefined || second === undefined || third === undefined) throw new Error('three at least');
  return { holder, held, first, second, third, keys, redis: redisClient() };
}

describe('settling a lock that is free', () => {
  it('P2.1 nobody barges: a passer-by who only tries makes the first in line the holder', async () => {
    const { first, third, keys, redis, holder } = await line({}, {}, {});
    await redis.del(keys.lock);
    const token = holder.token();
    const reply = await holder.acquire({ token, queueing: false });
    expect(reply).toMatchObject({ outcome: 'taken', holder: first.token });
    expect(await redis.get(keys.lock)).toBe(first.token);
    expect((await third.process.acquire({ token: third.token })).outcome).toBe('taken');
    await eventually(() => first.process.pushes.length === 1);
  });

  it('P2.1 a release that finds the lock gone settles it, too', async () => {
    const { holder, held, first, keys, redis } = await line({}, {}, {});
    await redis.del(keys.lock);
    expect(await holder.release(held)).toBe(false);
    expect(await redis.get(keys.lock)).toBe(first.token);
  });

  it('P2.1 the first in line takes it itself when it asks', async () => {
    const { first, second, keys, redis } = await line({}, {}, {});
    await redis.del(keys.lock);
    expect((await second.process.acquire({ token: second.token })).outcome).toBe('taken');
    expect((await first.process.acquire({ token: first.token })).outcome).toBe('granted');
    expect(await redis.zrange(keys.queue, '0', '-1')).not.toContain(first.token);
  });

  it('P2.1 P2.3 the dead at the head are dropped, all of them at once, and cost nobody a moment', async () => {
    const { holder, held, third, first, second, keys, redis } = await line({}, {}, {});
    await redis.zadd(keys.queue, 1, `!${first.token}`, 1, `!${second.token}`);
    await holder.release(held);
    expect(await redis.get(keys.lock)).toBe(third.token);
    expect(await redis.exists(keys.queue)).toBe(0);
  });

  it('P2.1 up to 64 heads are looked at in one hand-off', async () => {
    const { holder, held, first, keys, redis } = await line({}, {}, {});
    const dead = Array.from({ length: 61 }, (_, index) => `${String(index).padStart(22, '0')}.1`);
    await redis.zadd(keys.queue, ...dead.flatMap((token) => [FIRST_ARRIVAL + 1, token, 1, `!${token}`]));
    await holder.release(held);
    expect(await redis.get(keys.lock)).toBe(first.token);
  });
});

describe('a place in line', () => {
  it('P2.2 is by first arrival at the server and kept by asking again', async () => {
    const { first, second, third } = await line({}, {}, {});
    const positions = async () => {
      const replies = [];
      for (const { process, token } of [third, first, second]) replies.push(await process.acquire({ token }));
      return replies.map((reply) => (reply.outcome === 'taken' ? [reply.position, reply.joined] : 'granted'));
    };
    const places = [
      [3, false],
      [1, false],
      [2, false],
    ];
    expect(await positions()).toEqual(places);
    expect(await positions()).toEqual(places);
  });

  it('P2.2 comes with the rest of the lease and the last fence issued', async () => {
    const { first, holder, held, keys, redis } = await line({}, {}, {});
    const reply = await first.process.acquire({ token: first.token });
    if (reply.outcome !== 'taken') throw new Error('granted');
    expect(reply.holder).toBe(held);
    expect(reply.remainingMs).toBeGreaterThan(25_000);
    expect(reply.lastFence).toBe(Number(await redis.get(keys.fence)));
    expect(holder.pushes).toEqual([]);
  });

  it('P2.2 is left by the very call that releases, which hands on when the lock is mine', async () => {
    const { holder, held, first, second, keys, redis } = await line({}, {}, {});
    expect(await first.process.release(first.token)).toBe(false);
    expect(await redis.zrange(keys.queue, '0', '-1')).not.toContain(`!${first.token}`);
    expect(await redis.get(keys.lock)).toBe(held);
    expect(await holder.release(held)).toBe(true);
    expect(await redis.get(keys.lock)).toBe(second.token);
  });

  it('P2.3 is alive for 2.5 s of server time after each poll', async () => {
    const { first, keys, redis } = await line({}, {}, {});
    await first.process.acquire({ token: first.token });
    const [seconds = 0, micros = 0] = (await redis.time()).map(Number);
    const aliveUntil = await redis.zscore(keys.queue, `!${first.token}`);
    const left = Number(aliveUntil) - (seconds * 1_000 + micros / 1_000);
    expect(left).toBeGreaterThan(2_300);
    expect(left).toBeLessThanOrEqual(2_500);
  });

  it('P2.3 is kept by a waiter that nobody listens for, but it is passed over', async () => {
    const { holder, held, first, second, keys, redis } = await line({ deaf: true }, {}, {});
    await holder.release(held);
    expect(await redis.get(keys.lock)).toBe(second.token);
    expect((await lineIn(redis, keys.queue))[0]?.[0]).toBe(first.token);
    await redis.del(keys.lock);
    expect((await first.process.acquire({ token: first.token })).outcome).toBe('granted');
  });

  it('P2.6 is forgotten 5 s after the last poll of anybody', async () => {
    const { first, keys, redis } = await line({}, {}, {});
    await redis.pexpire(keys.queue, 100);
    await first.process.acquire({ token: first.token });
    expect(await redis.pttl(keys.queue)).toBeGreaterThan(4_500);
    expect(await redis.pttl(keys.queue)).toBeLessThanOrEqual(5_000);
  });

  it("P2.6 directly behind one of the holder's own process is position 1: that one dies with the holder", async () => {
    const [url, namespace] = [sharedRedisUrl(), uniqueNamespace()];
    const [holder, other] = [await openProcess(url, namespace), await openProcess(url, namespace)];
    await holder.acquire({ token: holder.token() });
    await holder.acquire({ token: holder.token() });
    expect(await other.acquire({ token: other.token() })).toMatchObject({ position: 1 });
    expect(await other.acquire({ token: other.token() })).toMatchObject({ position: 3 });
  });
});

describe('a hand-off', () => {
  it('P2.4 sets the lock, mints the fence and tells the waiter last', async () => {
    // A server of its own: what is looked at is everything that it is asked.
    const server = await startRedis();
    onTestFinished(() => server.stop());
    const namespace = uniqueNamespace();
    const holder = await openProcess(server.url, namespace);
    const waiter = await openProcess(server.url, namespace);
    const [held, waiting] = [holder.token(), waiter.token()];
    await holder.acquire({ token: held });
    await waiter.acquire({ token: waiting });
    const log = await CommandLog.start(server.url);
    onTestFinished(() => log.stop());
    await holder.release(held);
    const names = (await log.scriptCalls()).map(({ name }) => name);
    expect(names.filter((name) => ['SET', 'PUBLISH'].includes(name))).toEqual(['SET', 'SET', 'PUBLISH']);
    await eventually(() => waiter.pushes.length === 1);
    const fence = Number(await server.client().get(holder.keys.lease('order').fence)) - 15;
    expect(waiter.pushes[0]).toMatchObject({ kind: 'granted', lastsMs: 2_000, token: waiting, fence });
  });

  it('P2.4 to a user without channel rights counts as told: its next poll finds the grant', async () => {
    const server = await startRedis();
    onTestFinished(() => server.stop());
    const redis = server.client();
    await redis.call('ACL', 'SETUSER', 'mute', 'on', '>pw', '~*', '+@all', 'resetchannels');
    const mute = { redis: { username: 'mute', password: 'pw' } };
    const namespace = uniqueNamespace();
    const holder = await openProcess(server.url, namespace, mute);
    const waiter = await openProcess(server.url, namespace, mute);
    const [held, waiting] = [holder.token(), waiter.token()];
    await holder.acquire({ token: held });
    await waiter.acquire({ token: waiting });
    expect(await holder.release(held)).toBe(true);
    expect(await redis.get(holder.keys.lock('order'))).toBe(waiting);
    expect(await waiter.acquire({ token: waiting })).toMatchObject({ outcome: 'granted' });
    expect(waiter.pushes).toEqual([]);
  });

  it('P2.6 lasts no longer than the heartbeat of a waiter that may be frozen, but a doubled one in full', async () => {
    const { holder, held, first, second, keys, redis } = await line({}, {}, {});
    const [seconds = 0] = (await redis.time()).map(Number);
    const soon = (seconds + 1) * 1_000 + 400;
    await redis.zadd(keys.queue, soon, `!${first.token}`);
    await redis.zadd(keys.queue, soon + 60_000, `!${second.token}`, 8_000, `?${second.token}`);
    await holder.release(held);
    expect(await redis.pttl(keys.lock)).toBeLessThanOrEqual(1_400);
    await first.process.release(first.token);
    expect(await redis.pttl(keys.lock)).toBeGreaterThan(7_000);
  });

  it('P2.7 by hint only wakes the head, which acquires as anybody would', async () => {
    const { holder, held, first, second, keys, redis } = await line(
      { handOff: 'hint' },
      { handOff: 'hint' },
      {},
    );
    await holder.release(held);
    expect(await redis.get(keys.lock)).toBeNull();
    await eventually(() => first.process.pushes.length === 1);
    expect(first.process.pushes[0]).toMatchObject({ kind: 'wake', token: first.token });
    expect(second.process.pushes).toEqual([]);
    expect((await second.process.acquire({ token: second.token })).outcome).toBe('taken');
    expect((await first.process.acquire({ token: first.token })).outcome).toBe('granted');
  });

  it('P4.1 a block of 16 fences is minted for each tenure, above the last and not below the clock', async () => {
    const { holder, held, first, keys, redis } = await line({}, {}, {});
    const before = Number(await redis.get(keys.fence));
    await holder.release(held);
    await eventually(() => first.process.pushes[0]);
    const fence = first.process.pushes[0]?.fence ?? 0;
    expect(fence).toBeGreaterThan(before);
    expect(Number(await redis.get(keys.fence))).toBe(fence + 15);
    await redis.set(keys.fence, '8000000000000000');
    await first.process.release(first.token);
    expect(await redis.get(keys.fence)).toBe('8000000000000016');
  });
});
