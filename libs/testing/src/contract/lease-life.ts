import assert from 'node:assert/strict';
import { LeaseLostError } from '@holdfast/core';
import type { Chapter } from './chapter.js';

export const leaseLife: Chapter = {
  'gives the same answer to every release, and releases once': async (scene) => {
    const [one, other] = await scene.pair();
    const lease = await scene.arrives(one.locks.acquire('job'));
    assert.deepEqual(await scene.arrives(Promise.all([lease.release(), lease.release()])), [
      'released',
      'released',
    ]);
    const next = await scene.arrives(other.locks.acquire('job', { wait: 0 }));
    assert.equal(await scene.arrives(lease.release()), 'released');
    assert.equal((await scene.arrives(one.locks.inspect('job'))).held, true);
    assert.equal(await scene.arrives(next.release()), 'released');
  },

  'is over for its holder from the call of release on': async (scene) => {
    const { locks } = await scene.instance();
    const lease = await scene.arrives(locks.acquire('job'));
    const { signal } = lease;
    lease.assertHeld();
    const released = lease.release();
    assert.deepEqual([lease.held, lease.remainingMs, signal.aborted], [false, 0, false]);
    assert.throws(
      () => lease.assertHeld(),
      (error) => LeaseLostError.is(error) && error.reason === 'released',
    );
    await scene.arrives(released);
  },

  'ends with its block under await using': async (scene) => {
    const [one, other] = await scene.pair();
    {
      await using lease = await scene.arrives(one.locks.acquire('job'));
      assert.equal(lease.held, true);
      assert.equal(await scene.arrives(other.locks.tryAcquire('job')), undefined);
    }
    const next = await scene.arrives(other.locks.tryAcquire('job'));
    assert.equal(next?.held, true);
    await scene.arrives(next.release());
  },

  'is renewed for as long as it is held, far beyond its ttl': async (scene) => {
    const [one, other] = await scene.pair();
    const lease = await scene.arrives(one.locks.acquire('job'));
    for (let third = 0; third < 9; third += 1) {
      await scene.passTime(scene.ttlMs / 3);
      lease.assertHeld();
      assert.ok(lease.remainingMs > 0 && lease.remainingMs < scene.ttlMs);
      assert.equal(await scene.arrives(other.locks.tryAcquire('job')), undefined);
    }
    assert.equal(lease.signal.aborted, false);
    assert.equal(await scene.arrives(lease.release()), 'released');
  },

  'gives everybody who looks the same signal': async (scene) => {
    const { locks } = await scene.instance();
    const lease = await scene.arrives(locks.acquire('job'));
    assert.equal(lease.signal, lease.signal);
    await scene.arrives(lease.release());
  },
};
