/** Redis cannot be reached: calls fail within their own deadline, and neither start-up nor shutdown hangs. */
import { createHoldfast, type Holdfast, type HoldfastOptions } from '@holdfast/core';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { within } from '../support/eventually.js';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.js';
import { rejectionOf } from '../support/holdfasts.js';
import { uniqueNamespace } from '../support/namespace.js';
import { sharedRedisUrl } from '../support/shared-redis.js';
import { closeCleanly, startTaker } from '../support/taker.js';

const ATTEMPT_MS = 300;
const CONNECT_MS = 400;
const SLACK_MS = 150;

let proxy: FaultProxy;
beforeEach(async () => {
  proxy = await startFaultProxy(Number(new URL(sharedRedisUrl()).port));
  onTestFinished(() => proxy.stop());
});

/** Resolves to how long it took; fails instead of hanging. */
async function timed<T>(work: () => Promise<T>): Promise<{ value: T; tookMs: number }> {
  const startedAt = performance.now();
  const value = await within(10_000, 'this', work());
  return { value, tookMs: performance.now() - startedAt };
}

async function open(options: Partial<HoldfastOptions> = {}): Promise<Holdfast> {
  const connection = proxy.url;
  const times = { attemptTimeout: ATTEMPT_MS, connectTimeout: CONNECT_MS };
  const holdfast = await createHoldfast({ connection, namespace: uniqueNamespace(), ...times, ...options });
  onTestFinished(() => holdfast.close(0));
  return holdfast;
}

const deaths: [string, (proxy: FaultProxy) => Promise<void>][] = [
  ['nothing listens', (dead) => dead.refuse()],
  ['the network is a black hole', async (dead) => dead.silence()],
];

describe.each(deaths)('%s', (_, die) => {
  it('from the beginning: start-up goes on after its time to connect', async () => {
    await die(proxy);
    const { value: holdfast, tookMs } = await timed(() => open());
    expect(tookMs).toBeLessThanOrEqual(CONNECT_MS + SLACK_MS);
    expect(await rejectionOf(holdfast.locks.acquire('lock', { wait: 500 }))).toMatchObject({
      code: 'ERR_LOCK_UNAVAILABLE',
    });
  });

  it('from the beginning, with a preflight that refuses: start-up fails with a LockUnavailableError', async () => {
    await die(proxy);
    const { value: error, tookMs } = await timed(() => rejectionOf(open({ preflight: 'refuse' })));
    expect(error).toMatchObject({ code: 'ERR_LOCK_UNAVAILABLE', condition: 'disconnected' });
    expect(tookMs).toBeLessThanOrEqual(CONNECT_MS + 500 + SLACK_MS);
  });

  it.each([0, 200, 1_500])(
    'an acquire that waits %i ms fails within its own deadline, as unavailable',
    async (wait) => {
      const { locks } = await open();
      await die(proxy);
      const { value: error, tookMs } = await timed(() => rejectionOf(locks.acquire('lock', { wait })));
      expect(error).toMatchObject({ code: 'ERR_LOCK_UNAVAILABLE' });
      expect(tookMs).toBeGreaterThanOrEqual((wait === 0 ? ATTEMPT_MS : wait) - 5);
      expect(tookMs).toBeLessThanOrEqual((wait === 0 ? ATTEMPT_MS : wait) + SLACK_MS);
    },
  );

  it('an inspection of a lock does not hang', async () => {
    const { locks } = await open();
    await die(proxy);
    const { value: error, tookMs } = await timed(() => rejectionOf(locks.inspect('lock')));
    expect(error).toMatchObject({ code: 'ERR_LOCK_UNAVAILABLE', lockName: 'lock' });
    expect(tookMs).toBeLessThanOrEqual(ATTEMPT_MS + SLACK_MS);
  });

  it('a release answers unknown within one attempt', async () => {
    const { locks } = await open();
    const lease = await locks.acquire('lock');
    await die(proxy);
    const { value: outcome, tookMs } = await timed(() => lease.release());
    expect(outcome).toBe('unknown');
    expect(tookMs).toBeLessThanOrEqual(ATTEMPT_MS + SLACK_MS);
  });

  it('closing with a lease and with calls under way is over within grace + 1 s', async () => {
    const holdfast = await open();
    await holdfast.locks.acquire('lock');
    await die(proxy);
    const waiting = rejectionOf(holdfast.locks.acquire('other', { wait: 30_000 }));
    const { tookMs } = await timed(() => holdfast.close(200));
    expect(tookMs).toBeLessThanOrEqual(200 + 1_000);
    expect(await waiting).toMatchObject({ code: 'ERR_LOCK_CLOSED' });
  });

  it('a process that never saw Redis ends by itself when it is told to', async () => {
    await die(proxy);
    const options = { attemptTimeout: ATTEMPT_MS, connectTimeout: CONNECT_MS, shutdownGrace: 0 };
    const taker = await startTaker({ url: proxy.url, namespace: uniqueNamespace(), ...options });
    const { tookMs } = await timed(() => closeCleanly(taker));
    expect(tookMs).toBeLessThanOrEqual(1_000 + SLACK_MS);
  });
});

it('start-up with the default options is over after 5 s at the latest', async () => {
  proxy.silence();
  const { tookMs } = await timed(() => open({ connectTimeout: '5s' }));
  expect(tookMs).toBeLessThanOrEqual(5_000 + SLACK_MS);
}, 15_000);
