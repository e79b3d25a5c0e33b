import assert from 'node:assert/strict';
import { LeaseLostError, LockHoldLimitError } from '@holdfast/core';
import type { Chapter } from './chapter.js';
import { Visit } from './visit.js';

export const holdTimes: Chapter = {
  'keeps the lock taken until holdAtLeast is over, although its holder is done': async (scene) => {
    const [one, other] = await scene.pair();
    await scene.arrives(one.locks.run('job', { holdAtLeast: 600 }, () => undefined));
    const busy = await scene.arrives(other.locks.tryRun('job', () => undefined));
    assert.ok(!busy.ran && busy.heldBy === undefined, 'nobody holds, the lock is merely kept');
    assert.ok(busy.retryAfterMs > 0 && busy.retryAfterMs <= 600);
    await scene.passTime(620);
    assert.deepEqual(await scene.arrives(other.locks.tryRun('job', () => 'in')), { ran: true, value: 'in' });
  },

  'frees the lock with the release when holdAtLeast is over by then': async (scene) => {
    const [one, other] = await scene.pair();
    const lease = await scene.arrives(one.locks.acquire('job', { holdAtLeast: 100 }));
    await scene.passTime(150);
    await scene.arrives(lease.release());
    assert.deepEqual(await scene.arrives(other.locks.tryRun('job', () => 'in')), { ran: true, value: 'in' });
  },

  'serves those in line when holdAtLeast is over': async (scene) => {
    const [one, other] = await scene.pair();
    const lease = await scene.arrives(one.locks.acquire('job', { holdAtLeast: 600 }));
    const waiting = other.locks.acquire('job');
    await scene.inLine(one, 'job', 1);
    await scene.arrives(lease.release());
    const next = await scene.arrives(waiting, 1_200);
    assert.ok(next.fence > lease.fence);
    await scene.arrives(next.release());
  },

  'keeps the lock taken for no longer than its lease when the holder of a holdAtLeast is lost': async (
    scene,
  ) => {
    const [one, other] = await scene.pair();
    const lease = await scene.arrives(one.locks.acquire('job', { holdAtLeast: '1h' }));
    await scene.deleteLocks();
    await scene.until('the loss is told', () => !lease.held);
    await scene.arrives(lease.release());
    assert.deepEqual(await scene.arrives(other.locks.tryRun('job', () => 'in')), { ran: true, value: 'in' });
  },

  'ends a holder that stays longer than holdAtMost, and frees the lock': async (scene) => {
    const [one, other] = await scene.pair();
    const lease = await scene.arrives(one.locks.acquire('job', { holdAtMost: 300 }));
    const waiting = other.locks.acquire('job');
    await scene.until('the limit is told', () => lease.signal.aborted, 400);
    assert.ok(LockHoldLimitError.is(lease.signal.reason));
    assert.equal(lease.signal.reason.holdAtMostMs, 300);
    assert.throws(() => lease.assertHeld(), LockHoldLimitError);
    const next = await scene.arrives(waiting);
    assert.ok(next.fence > lease.fence);
    assert.equal(await scene.arrives(lease.release()), 'lost');
    assert.equal(next.held, true);
    await scene.arrives(next.release());
  },

  'ends a run at holdAtMost although its body goes on': async (scene) => {
    const { locks } = await scene.instance();
    const visit = await Visit.enter<string>(scene, locks, { holdAtMost: 300 });
    const error = await scene.fails(visit.outcome, LockHoldLimitError, 500);
    assert.equal(error.fence, visit.lease.fence);
    await scene.arrives(locks.run('job', { wait: 0 }, () => undefined));
    visit.leave('too late');
    assert.ok(!LeaseLostError.is(error));
  },
};
