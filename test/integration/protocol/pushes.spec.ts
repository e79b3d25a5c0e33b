/** P2.5 and P3 on the wire: where pushes come from, which may be used at once, and what frozen and dead waiters cost. */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Redis } from 'ioredis';
import { createHoldfast, type Holdfast, type HoldfastOptions } from '@holdfast/core';
import { leaseRenew } from '../../../libs/core/src/redis/scripts.generated.js';
import { CommandLog } from '../../support/command-log.js';
import { eventually } from '../../support/eventually.js';
import { isAcquire, isRelease, lineIn } from '../../support/lock-keys.js';
import { uniqueNamespace } from '../../support/namespace.js';
import { startRedis } from '../../support/redis-server.js';
import { sharedRedisUrl } from '../../support/shared-redis.js';
import { openProcess, type TestProcess } from './support/processes.js';

async function open(namespace: string, options: Partial<HoldfastOptions> = {}): Promise<Holdfast> {
  const holdfast = await createHoldfast({ connection: sharedRedisUrl(), namespace, ...options });
  onTestFinished(() => holdfast.close(0));
  return holdfast;
}

/** What a server of its own is asked between the release by one process and the grant in another. */
async function handOver(protocol: 2 | 3) {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  const connection = { host: '127.0.0.1', port: server.port, protocol };
  const namespace = uniqueNamespace();
  const [one, two] = [await open(namespace, { connection }), await open(namespace, { connection })];
  const held = await one.locks.acquire('order');
  const waiting = two.locks.acquire('order');
  await eventually(async () => (await one.locks.inspect('order')).waiting === 1);
  const log = await CommandLog.start(server.url);
  onTestFinished(() => log.stop());
  await held.release();
  const lease = await waiting;
  lease.assertHeld();
  await eventually(async () => (await log.wireCommands()).length >= 2);
  const scripts = (await log.wireCommands()).map(({ args }) => purposeOf(args));
  return { lease, scripts, server };
}

/** A lock that a process holds on a server of its own, with everything logged that the server is asked. */
async function lockedOnOwnServer() {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  const namespace = uniqueNamespace();
  const holder = await openProcess(server.url, namespace);
  const held = holder.token();
  await holder.acquire({ token: held });
  const log = await CommandLog.start(server.url);
  onTestFinished(() => log.stop());
  return { server, namespace, holder, held, log };
}

/** A token that `live` stood in line with, gave up, and has cleaned up behind. */
async function abandonedToken(live: Holdfast, { keys }: TestProcess, redis: Redis): Promise<string> {
  const caller = new AbortController();
  const given = live.locks.acquire('order', { signal: caller.signal });
  const { queue } = keys.lease('order');
  const token = await eventually(async () => (await lineIn(redis, queue))[0]?.[0]);
  caller.abort();
  await expect(given).rejects.toMatchObject({ code: 'ERR_LOCK_ABORTED' });
  await eventually(async () => (await redis.zcard(queue)) === 0);
  return token;
}

function purposeOf(args: readonly string[]): string {
  if (isRelease(args)) return 'release';
  if (isAcquire(args)) return 'acquire';
  return args[0] === leaseRenew.sha1 ? 'renew' : 'something else';
}

describe('channels', () => {
  it('P2.5 are subscribed before the first call, on the connection that carries the calls (RESP3)', async () => {
    const server = await startRedis();
    onTestFinished(() => server.stop());
    const log = await CommandLog.start(server.url);
    onTestFinished(() => log.stop());
    const process = await openProcess(server.url, uniqueNamespace());
    await process.acquire({ token: process.token() });
    const sent = await log.wireCommands();
    const names = sent.map(({ name }) => name);
    expect(names.filter((name) => name === 'SUBSCRIBE')).toHaveLength(1);
    expect(names.indexOf('SUBSCRIBE')).toBeLessThan(names.indexOf('EVALSHA'));
    expect(sent.find(({ name }) => name === 'SUBSCRIBE')?.args).toEqual([process.keys.channel(process.id)]);
    expect(new Set(sent.map(({ source }) => source)).size).toBe(1);
  });

  it('P2.5 are subscribed before the first call, on a second connection (RESP2)', async () => {
    const server = await startRedis();
    onTestFinished(() => server.stop());
    const log = await CommandLog.start(server.url);
    onTestFinished(() => log.stop());
    const process = await openProcess(server.url, uniqueNamespace(), { redis: { protocol: 2 } });
    await process.acquire({ token: process.token() });
    const sent = await log.wireCommands();
    const of = (wanted: string) => sent.findIndex(({ name }) => name === wanted);
    expect(of('SUBSCRIBE')).toBeGreaterThanOrEqual(0);
    expect(of('SUBSCRIBE')).toBeLessThan(of('EVALSHA'));
    expect(sent[of('SUBSCRIBE')]?.source).not.toBe(sent[of('EVALSHA')]?.source);
  });

  it('P2.5 are subscribed again before the first call of the next connection, whose pushes have its number', async () => {
    const server = await startRedis();
    onTestFinished(() => server.stop());
    const redis = server.client();
    const process = await openProcess(server.url, uniqueNamespace());
    const held = process.token();
    await process.acquire({ token: held });
    const log = await CommandLog.start(server.url);
    onTestFinished(() => log.stop());
    await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await eventually(() => process.host.trouble);
    await process.host.whenUp(5_000);
    const waiting = process.token();
    const polled = await process.acquire({ token: waiting });
    await process.release(held);
    await eventually(() => process.pushes.length === 1);
    expect([polled.epoch, process.pushes[0]?.epoch]).toEqual([2, 2]);
    const names = (await log.wireCommands()).map(({ name }) => name);
    expect(names.indexOf('SUBSCRIBE')).toBeLessThan(names.indexOf('EVALSHA'));
    expect(names).toContain('SUBSCRIBE');
  });
});

describe('a pushed grant', () => {
  it('P3 (a) that came in order is used at once and confirmed by a renewal (RESP3)', async () => {
    const { lease, scripts } = await handOver(3);
    expect(scripts).toEqual(['release', 'renew']);
    await eventually(() => lease.remainingMs > 25_000);
  });

  it('P3 (a) that came on another connection is only a wake-up: the waiter asks first (RESP2)', async () => {
    const { lease, scripts } = await handOver(2);
    expect(scripts).toEqual(['release', 'acquire']);
    expect(lease.remainingMs).toBeGreaterThan(25_000);
  });

  it('P2.6 for a token that is not waiting is given back, and the next in line has it', async () => {
    const { holder, held, log, namespace, server } = await lockedOnOwnServer();
    const live = await open(namespace, { connection: server.url });
    const token = await abandonedToken(live, holder, server.client());
    // A poll that was under way for longer than its own clean-up: the token stands in line, and its process is done.
    await holder.acquire({ token });
    const next = await open(namespace, { connection: server.url });
    const waiting = next.locks.acquire('order');
    await eventually(async () => (await next.locks.inspect('order')).waiting === 2);
    await log.clear();
    const releasedAt = performance.now();
    await holder.release(held);
    const lease = await waiting;
    // The unanswered grant would last for two seconds.
    expect(performance.now() - releasedAt).toBeLessThan(500);
    lease.assertHeld();
    const ofToken = (await log.wireCommands()).filter(({ args }) => args.includes(token));
    expect(ofToken.map(({ args }) => isRelease(args))).toEqual([true]);
    const published = (await log.scriptCalls()).filter(({ name }) => name === 'PUBLISH');
    expect(published.map(({ args }) => args[1]?.split(' ')[0])).toEqual(['granted', 'granted']);
    expect(published[0]?.args[1]).toContain(` ${token} `);
  });
});

describe('waiters that do not answer', () => {
  it('P2.3 dead ones are passed over at once, however many', async () => {
    const namespace = uniqueNamespace();
    const holder = await openProcess(sharedRedisUrl(), namespace);
    const held = holder.token();
    await holder.acquire({ token: held });
    for (let dead = 0; dead < 8; dead += 1) {
      const process = await openProcess(sharedRedisUrl(), namespace);
      await process.acquire({ token: process.token() });
      await process.host.close(500);
    }
    const live = await open(namespace);
    const waiting = live.locks.acquire('order');
    await eventually(async () => (await live.locks.inspect('order')).waiting === 9);
    const releasedAt = performance.now();
    await holder.release(held);
    (await waiting).assertHeld();
    expect(performance.now() - releasedAt).toBeLessThan(500);
  });

  it('P2.6 frozen ones, who were told and do not answer, cost at most 3.5 s in all', async () => {
    const namespace = uniqueNamespace();
    const holder = await openProcess(sharedRedisUrl(), namespace);
    const held = holder.token();
    await holder.acquire({ token: held });
    for (let frozen = 0; frozen < 6; frozen += 1) {
      const process = await openProcess(sharedRedisUrl(), namespace);
      await process.acquire({ token: process.token() });
    }
    const live = await open(namespace);
    const waiting = live.locks.acquire('order');
    await eventually(async () => (await live.locks.inspect('order')).waiting === 7);
    const releasedAt = performance.now();
    await holder.release(held);
    (await waiting).assertHeld();
    expect(performance.now() - releasedAt).toBeLessThan(3_500);
    expect(performance.now() - releasedAt).toBeGreaterThan(1_000);
  });
});
