/** What the server did is not known when its answer is lost: asking again with the same token finds out. See F10 to F14, too. */
import type { Holdfast } from '@holdfast/core';
import type { Redis } from 'ioredis';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { CommandLog } from '../support/command-log.js';
import { eventually, within } from '../support/eventually.js';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.js';
import { openHoldfast, rejectionOf } from '../support/holdfasts.js';
import { keysBelow } from '../support/keyspace.js';
import { keysOfLock, lineIn } from '../support/lock-keys.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';

const ATTEMPT_MS = 300;

let server: RedisServer;
let redis: Redis;
let proxy: FaultProxy;
let namespace: string;
let holdfast: Holdfast;
let log: CommandLog;

beforeEach(async () => {
  server = await startRedis();
  onTestFinished(() => server.stop());
  redis = server.client();
  proxy = await startFaultProxy(server.port);
  onTestFinished(() => proxy.stop());
  namespace = uniqueNamespace();
  holdfast = await openHoldfast(proxy.url, { namespace, attemptTimeout: ATTEMPT_MS });
  log = await CommandLog.start(server.url);
  onTestFinished(() => log.stop());
});

/** How often a fence was minted: every grant does it once. */
async function fencesMinted(name: string): Promise<number> {
  const { fence } = keysOfLock(namespace, name);
  return (await log.scriptCalls()).filter((call) => call.name === 'SET' && call.args[0] === fence).length;
}

/** Everything but fence counters and the cards of processes. */
async function leftovers(): Promise<string[]> {
  const keys = await keysBelow(redis, `hf1:${namespace}:`);
  return keys.filter((key) => !key.endsWith(':fence') && !key.includes(':process:'));
}

describe('the reply to an acquire is lost', () => {
  it('for longer than an attempt may take: it is granted all the same, with one fence', async () => {
    proxy.silence({ direction: 'to-client' });
    const acquiring = holdfast.locks.acquire('lock', { ttl: 5_000 });
    await eventually(() => (proxy.counts.commands['EVALSHA'] ?? 0) > 2);
    await proxy.heal();
    const lease = await within(1_000, 'the grant', acquiring);
    expect(await fencesMinted('lock')).toBe(1);
    expect(await lease.release()).toBe('released');
  });

  it('without waiting: granted, never busy because of itself', async () => {
    proxy.dropNextReply({ command: 'EVALSHA', thenCut: true });
    expect(await holdfast.locks.tryAcquire('lock', { ttl: 5_000 })).toMatchObject({ held: true });
    expect(await fencesMinted('lock')).toBe(1);
  });

  it('behind a waiter of its own process: both are served, one after the other', async () => {
    proxy.dropNextReply({ command: 'EVALSHA', thenCut: true });
    const grants = [1, 2].map((order) =>
      holdfast.locks.run('lock', { ttl: 5_000, wait: 5_000 }, async ({ fence }) => ({ order, fence })),
    );
    const [first, second] = await within(3_000, 'both', Promise.all(grants));
    // The second has it from the first, with the next fence of the block.
    expect(second?.fence).toBe((first?.fence ?? Infinity) + 1);
    expect(await fencesMinted('lock')).toBe(1);
  });

  it('to a poll in line: it keeps its place and is granted when its turn comes', async () => {
    const other = await openHoldfast(server.url, { namespace });
    const held = await other.locks.acquire('lock', { ttl: 5_000 });
    const waiting = holdfast.locks.acquire('lock', { ttl: 5_000, wait: 5_000 });
    const { queue } = keysOfLock(namespace, 'lock');
    await eventually(() => redis.zcard(queue));
    const places = await lineIn(redis, queue);
    proxy.dropNextReply({ command: 'EVALSHA', thenCut: true });
    await log.clear();
    await eventually(async () => (await log.scriptCalls()).some(({ name }) => name === 'ZADD'));
    expect(await lineIn(redis, queue)).toEqual(places);
    await held.release();
    expect(await within(2_000, 'the grant', waiting)).toMatchObject({ held: true });
  });
});

describe('an acquire that was given up leaves nothing', () => {
  const holes = [
    ['the request is on its way', 'to-server'],
    ['the reply is on its way', 'to-client'],
  ] as const;

  it.each(holes)('by timeout, while %s', async (_, direction) => {
    proxy.silence({ direction });
    const error = await rejectionOf(holdfast.locks.acquire('lock', { ttl: 20_000, wait: 400 }));
    expect(error).toMatchObject({ code: 'ERR_LOCK_UNAVAILABLE', condition: 'timeout' });
    await proxy.heal();
    await eventually(async () => (await leftovers()).length === 0, { withinMs: 1_000 });
  });

  it.each(holes)('by its caller, while %s', async (_, direction) => {
    proxy.silence({ direction });
    const abort = new AbortController();
    const acquiring = holdfast.locks.acquire('lock', { ttl: 20_000, signal: abort.signal });
    await eventually(() => (proxy.counts.commands['EVALSHA'] ?? 0) > 0);
    abort.abort(new Error('changed my mind'));
    expect(await rejectionOf(acquiring)).toMatchObject({
      code: 'ERR_LOCK_ABORTED',
      cause: { message: 'changed my mind' },
    });
    await proxy.heal();
    await eventually(async () => (await leftovers()).length === 0, { withinMs: 1_000 });
  });

  it('by its caller, when the request was swallowed together with the connection', async () => {
    proxy.silence({ direction: 'to-client', bytes: 'swallow' });
    const abort = new AbortController();
    const acquiring = holdfast.locks.acquire('lock', { ttl: 20_000, signal: abort.signal });
    await eventually(() => redis.exists(keysOfLock(namespace, 'lock').lock));
    abort.abort();
    expect(await rejectionOf(acquiring)).toMatchObject({ code: 'ERR_LOCK_ABORTED' });
    await proxy.refuse();
    await proxy.heal();
    await eventually(async () => (await leftovers()).length === 0, { withinMs: 3_000 });
  });
});
