import assert from 'node:assert/strict';
import { LeaseLostError, onLeaseEvent, type Lease, type LeaseEvent } from '@holdfast/core';
import type { Chapter } from './chapter.js';
import type { Scene } from './scene.js';

/** A third of the ttl between renewals, and what a busy machine needs to hear the answer. */
const toldWithin = (scene: Scene): number => scene.ttlMs / 2;

function lossOf(lease: Lease): LeaseLostError {
  const { reason } = lease.signal;
  assert.ok(LeaseLostError.is(reason), `not lost: ${String(reason)}`);
  return reason;
}

export const loss: Chapter = {
  'is told at the next renewal when the key was deleted': async (scene) => {
    const { locks } = await scene.instance();
    const lease = await scene.arrives(locks.acquire('job'));
    const { signal } = lease;
    await scene.passTime(scene.ttlMs);
    await scene.deleteLocks();
    await scene.until('the signal aborts', () => signal.aborted, toldWithin(scene));
    const error = lossOf(lease);
    assert.deepEqual([error.reason, error.fence, error.lockName], ['taken', lease.fence, 'job']);
    assert.deepEqual([lease.held, lease.remainingMs], [false, 0]);
    assert.throws(
      () => lease.assertHeld(),
      (thrown) => thrown === error,
    );
    assert.equal(await scene.arrives(lease.release()), 'lost');
  },

  'is told at the next renewal when somebody else got the lock after that': async (scene) => {
    const [one, other] = await scene.pair();
    const lease = await scene.arrives(one.locks.acquire('job'));
    const { signal } = lease;
    await scene.deleteLocks();
    const next = await scene.arrives(other.locks.acquire('job', { wait: 0 }));
    await scene.until('the signal aborts', () => signal.aborted, toldWithin(scene));
    assert.equal(lossOf(lease).reason, 'taken');
    assert.equal(await scene.arrives(lease.release()), 'lost');
    assert.equal((await scene.arrives(one.locks.inspect('job'))).held, true);
    assert.equal(await scene.arrives(next.release()), 'released');
  },

  'of a key does not let a release free the next holder': async (scene) => {
    const [one, other] = await scene.pair();
    const lease = await scene.arrives(one.locks.acquire('job'));
    await scene.deleteLocks();
    const next = await scene.arrives(other.locks.acquire('job', { wait: 0 }));
    assert.equal(await scene.arrives(lease.release()), 'lost');
    assert.equal(await scene.arrives(one.locks.tryAcquire('job')), undefined);
    await scene.passTime(scene.ttlMs);
    next.assertHeld();
    assert.equal(await scene.arrives(next.release()), 'released');
  },

  'is told within the ttl when the store is out of reach': async (scene) => {
    const { holdfast, die } = await scene.mortal();
    const lease = await scene.arrives(holdfast.locks.acquire('job'));
    const { signal } = lease;
    await die();
    await scene.until('the signal aborts', () => signal.aborted, scene.ttlMs);
    assert.equal(lossOf(lease).reason, 'expired');
    assert.throws(() => lease.assertHeld(), LeaseLostError);
  },

  'of one lease leaves the others of its process alone': async (scene) => {
    const { locks } = await scene.instance();
    const lost = await scene.arrives(locks.acquire('job'));
    await scene.deleteLocks();
    const kept = await scene.arrives(locks.acquire('other job'));
    await scene.until('the loss is told', () => !lost.held, toldWithin(scene));
    await scene.passTime(scene.ttlMs);
    kept.assertHeld();
    assert.equal(await scene.arrives(kept.release()), 'released');
    await scene.arrives(lost.release());
  },

  'is told as an event, once': async (scene) => {
    const holdfast = await scene.instance({ replica: 'loser' });
    const events: LeaseEvent[] = [];
    const stop = onLeaseEvent((event) => {
      if (event.namespace === holdfast.namespace && event.type === 'lost') events.push(event);
    });
    try {
      const lease = await scene.arrives(holdfast.locks.acquire('job', { key: 'secret' }));
      await scene.deleteLocks();
      await scene.until('the loss is told', () => !lease.held, toldWithin(scene));
      await scene.passTime(scene.ttlMs);
      await scene.arrives(lease.release());
      const told = events.map(({ type, lockName, replica }) => ({ type, lockName, replica }));
      assert.deepEqual(told, [{ type: 'lost', lockName: 'job', replica: 'loser' }]);
      assert.ok(!JSON.stringify(events).includes('secret'), 'events carry no key');
    } finally {
      stop();
    }
  },
};
