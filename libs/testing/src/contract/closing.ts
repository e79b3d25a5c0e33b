import assert from 'node:assert/strict';
import { LeaseLostError, LockClosedError } from '@holdfast/core';
import type { Chapter } from './chapter.js';
import { Visit } from './visit.js';

export const closing: Chapter = {
  'refuses what is asked afterwards': async (scene) => {
    const holdfast = await scene.instance();
    await scene.arrives(holdfast.close());
    await scene.fails(holdfast.locks.acquire('job'), LockClosedError);
    await scene.fails(
      holdfast.locks.tryRun('job', () => undefined),
      LockClosedError,
    );
  },

  'may be asked for twice and leaves no key': async (scene) => {
    const holdfast = await scene.instance();
    await scene.arrives(holdfast.locks.run('job', () => undefined));
    await scene.arrives(Promise.all([holdfast.close(), holdfast.close(0)]));
    const left = (await scene.keys()).filter((key) => !key.endsWith(':fence'));
    assert.deepEqual(left, []);
  },

  'ends the waits of its own callers, who leave the line': async (scene) => {
    const [one, other] = await scene.pair();
    const lease = await scene.arrives(one.locks.acquire('job'));
    const waiting = [1, 2].map(() => scene.later(other.locks.acquire('job', { wait: 'forever' })));
    await scene.inLine(one, 'job', 1);
    await scene.arrives(other.close());
    for (const one of waiting) await scene.fails(one, LockClosedError);
    assert.equal((await scene.arrives(one.locks.inspect('job'))).waiting, 0);
    await scene.arrives(lease.release());
  },

  'waits for holders within its grace, then hands their lock on': async (scene) => {
    const [one, other] = await scene.pair();
    const visit = await Visit.enter<string>(scene, one.locks);
    const waiting = other.locks.acquire('job');
    await scene.inLine(other, 'job', 1);
    const closed = one.close(60_000);
    await scene.passTime(scene.ttlMs);
    visit.lease.assertHeld();
    visit.leave('done');
    assert.equal(await scene.arrives(visit.outcome), 'done');
    await scene.arrives(closed, 1_000);
    await scene.arrives((await scene.arrives(waiting, 700)).release());
  },

  'ends the leases that are left when its grace is over, and frees them': async (scene) => {
    const [one, other] = await scene.pair();
    const visit = await Visit.enter<string>(scene, one.locks);
    const { signal } = visit.lease;
    await scene.arrives(one.close(100), 2_000);
    assert.ok(LeaseLostError.is(signal.reason) && signal.reason.reason === 'closed');
    const next = await scene.arrives(other.locks.tryAcquire('job'));
    assert.equal(next?.held, true);
    visit.leave('late');
    const error = await scene.fails(visit.outcome, LeaseLostError);
    assert.equal(error.result, 'late');
    assert.equal(next.held, true);
    await scene.arrives(next.release());
  },

  'can be prepared by a drain that waits for the holders of that moment': async (scene) => {
    const { locks, drain } = await scene.instance();
    assert.equal(await scene.arrives(drain(0)), 0);
    const visit = await Visit.enter<string>(scene, locks);
    assert.equal(await scene.arrives(drain(50)), 1);
    const drained = drain(60_000);
    const later = await scene.arrives(locks.acquire('later job'));
    visit.leave('done');
    assert.equal(await scene.arrives(drained, 1_000), 0);
    assert.equal(later.held, true);
    await scene.arrives(later.release());
    await scene.arrives(visit.outcome);
  },
};
