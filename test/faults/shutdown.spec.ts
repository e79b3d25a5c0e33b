/** A process that is told to leave: its lock is free at once, the next one starts at once, and nothing hangs. */
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Child, ChildExit } from '../support/child.js';
import { eventually } from '../support/eventually.js';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.js';
import { keysBelow } from '../support/keyspace.js';
import { keysOfLock } from '../support/lock-keys.js';
import { machineMs } from '../support/machine-clock.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { closeCleanly, numberIn, startTaker } from '../support/taker.js';

const AT_ONCE_MS = 50;

let server: RedisServer;
let proxy: FaultProxy;
let namespace: string;
beforeEach(async () => {
  server = await startRedis();
  onTestFinished(() => server.stop());
  proxy = await startFaultProxy(server.port);
  onTestFinished(() => proxy.stop());
  namespace = uniqueNamespace();
});

/** A process in the middle of `run()`, on the proxy. */
async function startRunning(shutdownGrace: number): Promise<Child> {
  const child = await startTaker({ url: proxy.url, namespace, shutdownGrace, attemptTimeout: 1_000 });
  child.send({ do: 'run', id: 'job', name: 'lock', options: { ttl: 30_000 } });
  await child.message({ event: 'granted', id: 'job' });
  return child;
}

/** A process in line for the lock, on the server itself. */
async function startWaiting(): Promise<Child> {
  const child = await startTaker({ url: server.url, namespace });
  child.send({ do: 'acquire', id: 'next', name: 'lock', options: { ttl: 30_000, wait: 60_000 } });
  await eventually(() => server.client().zcard(keysOfLock(namespace, 'lock').queue));
  return child;
}

/** Tells it to leave; gives its end and how long that took. */
async function leave(child: Child): Promise<ChildExit & { tookMs: number; stderr: string }> {
  const toldAt = machineMs();
  const exit = await child.kill('SIGTERM');
  return { ...exit, tookMs: machineMs() - toldAt, stderr: child.stderr };
}

const leftovers = async (): Promise<string[]> =>
  (await keysBelow(server.client(), `hf1:${namespace}:`)).filter((key) => !key.endsWith('}:fence'));

const CLEAN = { code: 0, signal: null, stderr: '' };

describe('SIGTERM in the middle of a run, Redis being well', () => {
  it('the body ends in peace, then the lock is free and the next in line has it within 50 ms', async () => {
    const [leaving, waiting] = [await startRunning(10_000), await startWaiting()];
    const left = leave(leaving);
    expect(await server.client().exists(keysOfLock(namespace, 'lock').lock)).toBe(1);
    leaving.send({ do: 'finish', id: 'job', value: 'done' });
    expect(await leaving.message({ event: 'ran', id: 'job' })).toMatchObject({ value: 'done' });
    const endedAt = numberIn(await leaving.message({ event: 'body-ended' }), 'at');
    const grantedAt = numberIn(await waiting.message({ event: 'granted', id: 'next' }), 'at');
    expect(grantedAt - endedAt).toBeLessThanOrEqual(AT_ONCE_MS);
    expect(await left).toMatchObject(CLEAN);
    expect(machineMs() - endedAt).toBeLessThanOrEqual(1_000);
    console.log(`the next one had it ${(grantedAt - endedAt).toFixed(1)} ms after the body ended`);
    waiting.send({ do: 'release', id: 'next' });
    await closeCleanly(waiting);
    expect(await leftovers()).toEqual([]);
  });

  it('a body that does not end loses its lease when the grace is over, and the next one has it', async () => {
    const [leaving, waiting] = [await startRunning(300), await startWaiting()];
    const left = leave(leaving);
    const lost = await leaving.message({ event: 'lost', id: 'job' });
    expect(lost).toMatchObject({ code: 'ERR_LOCK_LOST', reason: 'closed' });
    const granted = await waiting.message({ event: 'granted', id: 'next' });
    expect(numberIn(granted, 'at') - numberIn(lost, 'at')).toBeLessThanOrEqual(AT_ONCE_MS);
    expect(await left).toMatchObject(CLEAN);
  });

  it('a process that waits leaves the line without a trace', async () => {
    const [holder, waiting] = [await startRunning(0), await startWaiting()];
    expect(await leave(waiting)).toMatchObject(CLEAN);
    expect(waiting.messages).toContainEqual(expect.objectContaining({ code: 'ERR_LOCK_CLOSED' }));
    expect(await server.client().exists(keysOfLock(namespace, 'lock').queue)).toBe(0);
    expect(await leave(holder)).toMatchObject(CLEAN);
    expect(await leftovers()).toEqual([]);
  });

  it('a process that holds nothing is gone at once', async () => {
    const taker = await startTaker({ url: proxy.url, namespace });
    const { tookMs, ...exit } = await leave(taker);
    expect(exit).toMatchObject(CLEAN);
    expect(tookMs).toBeLessThanOrEqual(500);
    expect(await leftovers()).toEqual([]);
  });
});

const illnesses: [string, () => Promise<void>][] = [
  ['behind a black hole', async () => proxy.silence()],
  ['refusing connections', () => proxy.refuse()],
  ['frozen', () => server.kill('SIGSTOP')],
];

describe.each(illnesses)('SIGTERM in the middle of a run, Redis being %s', (_, fallIll) => {
  it('it is over within grace + 1 s although the body does not end', async () => {
    const leaving = await startRunning(500);
    await fallIll();
    const { tookMs, ...exit } = await leave(leaving);
    expect(exit).toMatchObject(CLEAN);
    expect(tookMs).toBeLessThanOrEqual(500 + 1_000);
  });

  it('it is over within 1 s after the body ended', async () => {
    const leaving = await startRunning(10_000);
    await fallIll();
    const left = leave(leaving);
    leaving.send({ do: 'finish', id: 'job', value: 'done' });
    const endedAt = numberIn(await leaving.message({ event: 'body-ended' }), 'at');
    expect(await left).toMatchObject(CLEAN);
    expect(machineMs() - endedAt).toBeLessThanOrEqual(1_000 + 1_000);
  });
});
