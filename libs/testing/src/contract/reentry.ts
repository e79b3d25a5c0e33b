import assert from 'node:assert/strict';
import { LockBusyError, LockReentryError } from '@holdfast/core';
import type { Chapter } from './chapter.js';

export const reentry: Chapter = {
  'is an error at once, instead of a wait that never ends': async (scene) => {
    const { locks } = await scene.instance();
    await scene.arrives(
      locks.run('job', { key: 1 }, async () => {
        const again = [
          () => locks.run('job', { key: 1, wait: 'forever' }, () => undefined),
          () => locks.tryRun('job', { key: 1 }, () => undefined),
          () => locks.acquire('job', { key: '1' }),
          () => locks.tryAcquire('job', { key: 1 }),
        ];
        for (const ask of again) await assert.rejects(ask, LockReentryError);
      }),
    );
    await scene.leavesNothing();
  },

  'with reentrant runs inside the lease that is held, and gives it back once': async (scene) => {
    const [one, other] = await scene.pair();
    const visits: number[] = [];
    await scene.arrives(
      one.locks.run('job', async (outer) => {
        await one.locks.run('job', { reentrant: true }, (inner) => void visits.push(inner.fence));
        await one.locks.tryRun('job', { reentrant: true }, (inner) => void visits.push(inner.fence));
        assert.deepEqual(visits, [outer.fence, outer.fence]);
        outer.assertHeld();
        assert.equal(await other.locks.tryAcquire('job'), undefined);
      }),
    );
    assert.deepEqual(await scene.arrives(other.locks.tryRun('job', () => 'in')), { ran: true, value: 'in' });
  },

  'is none with another key, after the body, or through another instance': async (scene) => {
    const [one, other] = await scene.pair();
    await scene.arrives(
      one.locks.run('job', { key: 1 }, async () => {
        await one.locks.run('job', { key: 2 }, () => undefined);
        await assert.rejects(other.locks.acquire('job', { key: 1, wait: 0 }), LockBusyError);
      }),
    );
    await scene.arrives(one.locks.run('job', { key: 1 }, () => undefined));
  },
};
