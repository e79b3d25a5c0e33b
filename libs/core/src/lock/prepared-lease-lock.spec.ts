/** P5.5: how a body and its lease end together, and who is told what. */
import { describe, expect, it } from 'vitest';
import {
  ATTEMPT_MS,
  EngineBench,
  watch,
} from '../../../../test/integration/protocol/support/engine-bench.js';
import { locksOn } from '../../../../test/integration/protocol/support/locks-on.js';
import { RENEWED } from '../../../../test/integration/protocol/support/scripted-store.js';
import { currentLease } from '../guarded/current-lease.js';
import type { PreparedOptions } from './lock-service.js';

function setUp() {
  const bench = new EngineBench();
  const locks = locksOn(bench, '{"replica":"web-2"}');
  return { bench, locks };
}

/** A body that ends when the test says so. */
function gate<T>() {
  let open: (value: T) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const body = () =>
    new Promise<T>((resolve, reject) => {
      open = resolve;
      fail = reject;
    });
  return { body, open: (value: T) => open(value), fail: (error: Error) => fail(error) };
}

async function running(options: PreparedOptions = {}) {
  const { bench, locks } = setUp();
  const { body, open, fail } = gate<string>();
  const run = watch(locks.run('order', options, body));
  bench.store.last.grant();
  await bench.clock.settle();
  return { bench, run, open, fail };
}

describe('a body under a lock', () => {
  it('gives back what it returns, and the lock', async () => {
    const { bench, run, open } = await running();
    open('done');
    await bench.clock.settle();
    expect([run.value, bench.store.wire]).toEqual(['done', ['acquire .1', 'release .1']]);
  });

  it('P5.5 that throws reaches its caller with its own error, also when the lease is lost and the release fails', async () => {
    const { bench, run, fail } = await running();
    bench.store.answersReleases = false;
    await bench.clock.advance(5_000);
    const own = new Error('its own');
    fail(own);
    await bench.clock.advance(ATTEMPT_MS);
    expect(run.error).toBe(own);
  });

  it('P5.5 that returns after the loss has its result in the error', async () => {
    const { bench, run, open } = await running();
    await bench.clock.advance(5_000);
    open('too late');
    await bench.clock.settle();
    expect(run.error).toMatchObject({
      code: 'ERR_LOCK_LOST',
      reason: 'expired',
      result: 'too late',
      fence: 100,
    });
  });

  it('P5.5 that returns after the loss has its result returned and told where that was asked for', async () => {
    const { bench, run, open } = await running({ whenLost: 'report' });
    await bench.clock.advance(5_000);
    open('too late');
    await bench.clock.settle();
    expect(run.value).toBe('too late');
    expect(bench.events.at(-2)).toMatchObject({ type: 'result-after-loss', reason: 'expired' });
  });

  it('P5.5 is lost also when no timer has fired yet', async () => {
    const { bench, run, open } = await running();
    bench.clock.jump(5_000);
    open('after a freeze');
    await bench.clock.settle();
    expect(run.error).toMatchObject({ code: 'ERR_LOCK_LOST', result: 'after a freeze' });
  });

  it('P5.5 is not touched by a release that nobody answers', async () => {
    const { bench, run, open } = await running();
    bench.store.answersReleases = false;
    open('done');
    await bench.clock.advance(ATTEMPT_MS);
    expect(run.value).toBe('done');
  });

  it('that outlasts holdAtMost holds its caller up no longer, and its late result is told', async () => {
    const { bench, run, open } = await running({ holdAtMost: 2_000 });
    bench.store.renewsAtOnce = RENEWED;
    await bench.clock.advance(2_010);
    expect(run.error).toMatchObject({ code: 'ERR_LOCK_HOLD_LIMIT' });
    open('at last');
    await bench.clock.settle();
    expect(bench.events.at(-1)).toMatchObject({ type: 'result-after-loss', reason: 'hold-limit' });
  });

  it('that answers the abort of holdAtMost at once with an error has its own one reach the caller', async () => {
    const { bench, locks } = setUp();
    bench.store.renewsAtOnce = RENEWED;
    const run = watch(
      locks.run('order', { holdAtMost: 2_000 }, (lease) => {
        return new Promise((_, reject) =>
          lease.signal.addEventListener('abort', () => reject(new Error('mine'))),
        );
      }),
    );
    bench.store.last.grant();
    await bench.clock.advance(2_010);
    expect(run.error).toMatchObject({ message: 'mine' });
  });
});

describe('a lock that is busy', () => {
  it('is told as busy without a wait, as a timeout with one, and as a result by those who only try', async () => {
    const { bench, locks } = setUp();
    const [now, tried] = [
      watch(locks.run('order', { wait: 0 }, () => 1)),
      watch(locks.tryRun('order', () => 1)),
    ];
    for (const call of bench.store.acquires) call.taken({ remainingMs: 700, holder: 'h'.repeat(22) + '.1' });
    await bench.clock.settle();
    expect(now.error).toMatchObject({
      code: 'ERR_LOCK_BUSY',
      retryAfterMs: 700,
      heldBy: { processId: 'h'.repeat(22) },
    });
    expect(tried.value).toMatchObject({
      ran: false,
      retryAfterMs: 700,
      heldBy: { processId: 'h'.repeat(22) },
    });
    const again = locks.tryRun('order', () => 1);
    bench.store.last.taken({ holder: 'h'.repeat(22) + '.2' });
    expect(await again).toMatchObject({ ran: false, heldBy: { replica: 'web-2' } });
    const waited = watch(locks.acquire('order', { wait: 500 }));
    bench.store.last.taken();
    await bench.clock.advance(500);
    expect(waited.error).toMatchObject({ code: 'ERR_LOCK_TIMEOUT', waitedMs: 500 });
    const lease = locks.tryAcquire('order');
    bench.store.last.taken({ remainingMs: -1 });
    expect(await lease).toBeUndefined();
    expect(bench.events.filter(({ type }) => type === 'busy')).toHaveLength(5);
  });
});

describe('one chain of calls', () => {
  it('is told at once when it asks for what it holds, or runs inside it when it says so', async () => {
    const { bench, locks } = setUp();
    const run = locks.run('order', { key: 1 }, async (lease) => {
      await expect(locks.run('order', { key: 1 }, () => 'never')).rejects.toMatchObject({
        code: 'ERR_LOCK_REENTRY',
      });
      expect(currentLease()).toBe(lease);
      return locks.run('order', { key: 1, reentrant: true }, (inner) => inner === lease);
    });
    bench.store.last.grant();
    expect(await run).toBe(true);
    expect(currentLease()).toBeUndefined();
    expect(bench.store.wire).toEqual(['acquire .1', 'release .1']);
  });

  it('F39 that goes on after its release is no holder', async () => {
    const { bench, locks } = setUp();
    const { body, open } = gate<string>();
    let detached: Promise<unknown> | undefined;
    const run = locks.run('order', () => {
      detached = body().then(() => locks.run('order', { reentrant: true }, (lease) => lease.fence));
    });
    bench.store.last.grant();
    await run;
    open('later');
    await bench.clock.settle();
    bench.store.last.grant(200);
    expect(await detached).toBe(200);
    expect(bench.store.acquires).toHaveLength(2);
  });
});
