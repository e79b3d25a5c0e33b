import assert from 'node:assert/strict';
import { LeaseLostError, LockHoldLimitError, type Holdfast } from '@holdfast/core';
import type { Chapter } from './chapter.js';
import type { Scene } from './scene.js';
import { Visit } from './visit.js';

const LOCK_DELAY_MS = 800;
/** What the server's expiry and a busy machine may be late. */
const SLACK_MS = 250;

/** Lets time pass until `other` is granted the lock, and says how long that took. */
async function msUntilFree(scene: Scene, other: Holdfast): Promise<number> {
  let passedMs = 0;
  for (; (await scene.arrives(other.locks.tryAcquire('job'))) === undefined; passedMs += 50) {
    assert.ok(passedMs < 10_000, 'the lock is never free');
    await scene.passTime(50);
  }
  return passedMs;
}

async function assertDelayed(scene: Scene, other: Holdfast): Promise<void> {
  const busy = await scene.arrives(other.locks.tryRun('job', () => undefined));
  assert.ok(!busy.ran, 'the lock is not free when its holder is lost');
  const passedMs = await msUntilFree(scene, other);
  // The key had at most the ttl and the delay to last; asking takes time, so that counting steps says too little.
  assert.ok(passedMs <= scene.ttlMs + LOCK_DELAY_MS + SLACK_MS, `free only after ${passedMs} ms`);
}

export const lockDelay: Chapter = {
  'is not waited for when the holder gives the lock back': async (scene) => {
    const [one, other] = await scene.pair();
    const lease = await scene.arrives(one.locks.acquire('job', { lockDelay: '1h' }));
    assert.equal(await scene.arrives(lease.release()), 'released');
    assert.deepEqual(await scene.arrives(other.locks.tryRun('job', () => 'in')), { ran: true, value: 'in' });
  },

  'keeps others out after the holder was lost, and lets them in when it is over': async (scene) => {
    const other = await scene.instance();
    const { holdfast, die } = await scene.mortal();
    const lease = await scene.arrives(holdfast.locks.acquire('job', { lockDelay: LOCK_DELAY_MS }));
    const { signal } = lease;
    await die();
    await scene.until('the loss is told', () => signal.aborted, scene.ttlMs);
    assert.ok(LeaseLostError.is(signal.reason));
    // The last renewal was answered less than half a ttl before the end, so all of the delay is still to come.
    await scene.passTime(LOCK_DELAY_MS / 2);
    await assertDelayed(scene, other);
  },

  'does not prolong the lease: its holder is told when the ttl is over': async (scene) => {
    const { holdfast, die } = await scene.mortal();
    const lease = await scene.arrives(holdfast.locks.acquire('job', { lockDelay: '1h' }));
    assert.ok(lease.remainingMs <= scene.ttlMs, `${lease.remainingMs} ms remain`);
    await die();
    await scene.until('the loss is told', () => !lease.held, scene.ttlMs);
  },

  'keeps others out when holdAtMost ended the holder, whose body may still run': async (scene) => {
    const [one, other] = await scene.pair();
    const options = { holdAtMost: 300, lockDelay: LOCK_DELAY_MS };
    const visit = await Visit.enter<string>(scene, one.locks, options);
    await scene.fails(visit.outcome, LockHoldLimitError, 500);
    await assertDelayed(scene, other);
    visit.leave('too late');
  },

  'stays as long as it must when the body returns after the loss': async (scene) => {
    const [one, other] = await scene.pair();
    const lease = await scene.arrives(
      one.locks.acquire('job', { holdAtMost: 300, lockDelay: LOCK_DELAY_MS }),
    );
    await scene.until('the limit is told', () => lease.signal.aborted, 500);
    assert.equal(await scene.arrives(lease.release()), 'lost');
    await assertDelayed(scene, other);
  },

  'goes on through renewals': async (scene) => {
    const [one, other] = await scene.pair();
    const lease = await scene.arrives(one.locks.acquire('job', { lockDelay: LOCK_DELAY_MS }));
    await scene.passTime(2 * scene.ttlMs);
    lease.assertHeld();
    const { remainingMs } = await scene.arrives(other.locks.inspect('job'));
    assert.ok(remainingMs > scene.ttlMs / 2 + LOCK_DELAY_MS - SLACK_MS, `the key lasts ${remainingMs} ms`);
    assert.equal(await scene.arrives(lease.release()), 'released');
  },

  'holds for whoever was handed the lock, too': async (scene) => {
    const [one, other] = await scene.pair();
    const lease = await scene.arrives(one.locks.acquire('job', { lockDelay: LOCK_DELAY_MS }));
    const waiting = other.locks.acquire('job', { lockDelay: LOCK_DELAY_MS });
    await scene.inLine(one, 'job', 1);
    await scene.arrives(lease.release());
    const next = await scene.arrives(waiting);
    assert.ok(next.fence > lease.fence);
    const { remainingMs } = await scene.arrives(one.locks.inspect('job'));
    assert.ok(remainingMs > scene.ttlMs + LOCK_DELAY_MS - SLACK_MS, `the key lasts ${remainingMs} ms`);
    await scene.arrives(next.release());
  },
};
