import assert from 'node:assert/strict';
import {
  currentLease,
  LeaseLostError,
  LockBusyError,
  LockTimeoutError,
  onLeaseEvent,
  type Lease,
} from '@holdfast/core';
import type { Chapter } from './chapter.js';
import type { Scene } from './scene.js';
import { Visit } from './visit.js';

async function lose(scene: Scene, { lease }: { readonly lease: Lease }): Promise<void> {
  await scene.deleteLocks();
  await scene.until('the loss is told', () => !lease.held);
}

async function isFree(scene: Scene, tryRun: () => Promise<{ ran: boolean }>): Promise<boolean> {
  return (await scene.arrives(tryRun())).ran;
}

export const runOutcomes: Chapter = {
  'are the value of the body, and a free lock': async (scene) => {
    const [one, other] = await scene.pair();
    assert.equal(await scene.arrives(one.locks.run('job', () => 7)), 7);
    assert.equal(await scene.arrives(one.locks.run('job', { wait: 0 }, async () => undefined)), undefined);
    assert.ok(await isFree(scene, () => other.locks.tryRun('job', () => undefined)));
  },

  'are the error of the body itself, and a free lock': async (scene) => {
    const [one, other] = await scene.pair();
    const mine = new TypeError('mine');
    const bodies = [
      () => {
        throw mine;
      },
      () => Promise.reject(mine),
    ];
    for (const body of bodies) {
      await assert.rejects(scene.arrives(one.locks.run('job', body)), (error) => error === mine);
      assert.ok(await isFree(scene, () => other.locks.tryRun('job', () => undefined)));
    }
  },

  'are LeaseLostError with the result inside when the lease was lost on the way': async (scene) => {
    const { locks } = await scene.instance();
    const visit = await Visit.enter<string>(scene, locks);
    await lose(scene, visit);
    visit.leave('invoice 7');
    const error = await scene.fails(visit.outcome, LeaseLostError);
    assert.deepEqual([error.result, error.reason, error.fence], ['invoice 7', 'taken', visit.lease.fence]);
  },

  'are the error of the body when it threw after the loss': async (scene) => {
    const { locks } = await scene.instance();
    const visit = await Visit.enter<string>(scene, locks);
    const mine = new Error('mine');
    await lose(scene, visit);
    visit.fail(mine);
    await assert.rejects(scene.arrives(visit.outcome), (error) => error === mine);
  },

  'are the value after a loss, and an event, with whenLost report': async (scene) => {
    const holdfast = await scene.instance();
    const told: string[] = [];
    const stop = onLeaseEvent(({ namespace, type }) => {
      if (namespace === holdfast.namespace) told.push(type);
    });
    try {
      const visit = await Visit.enter<string>(scene, holdfast.locks, { whenLost: 'report' });
      await lose(scene, visit);
      visit.leave('invoice 7');
      assert.equal(await scene.arrives(visit.outcome), 'invoice 7');
      assert.equal(told.filter((type) => type === 'result-after-loss').length, 1);
    } finally {
      stop();
    }
  },

  'are busy or timeout when somebody else holds, and the body does not run': async (scene) => {
    const [one, other] = await scene.pair();
    const lease = await scene.arrives(one.locks.acquire('job'));
    const body = (): never => assert.fail('ran beside the holder');
    await scene.fails(other.locks.run('job', { wait: 0 }, body), LockBusyError);
    await scene.fails(other.locks.run('job', { wait: 50 }, body), LockTimeoutError);
    const skipped = await scene.arrives(other.locks.tryRun('job', body));
    assert.equal(skipped.ran, false);
    assert.ok(!skipped.ran && skipped.retryAfterMs >= 1 && skipped.retryAfterMs <= scene.ttlMs);
    assert.ok(!skipped.ran && skipped.heldBy?.processId.length === 22);
    await scene.arrives(lease.release());
  },

  'of tryRun carry the value, or reject with the error of the body': async (scene) => {
    const { locks } = await scene.instance();
    assert.deepEqual(await scene.arrives(locks.tryRun('job', () => undefined)), {
      ran: true,
      value: undefined,
    });
    const mine = new Error('mine');
    await assert.rejects(
      scene.arrives(locks.tryRun('job', () => Promise.reject(mine))),
      (error) => error === mine,
    );
  },

  'of a prepared tryRun come after standing in line for as long as wait says': async (scene) => {
    const [one, other] = await scene.pair();
    const prepared = other.locks.prepare('job', { wait: 200 });
    const lease = await scene.arrives(one.locks.acquire('job'));
    const skipped = await scene.arrives(prepared.tryRun(undefined, undefined, () => 'ran'));
    assert.equal(skipped.ran, false);
    assert.equal(await scene.arrives(prepared.tryAcquire(undefined, undefined)), undefined);
    const waiting = prepared.tryRun(undefined, undefined, () => 'ran');
    await scene.inLine(one, 'job', 1);
    await scene.arrives(lease.release());
    assert.deepEqual(await scene.arrives(waiting), { ran: true, value: 'ran' });
  },

  'do not depend on who asks for the current lease': async (scene) => {
    const { locks } = await scene.instance();
    assert.equal(currentLease(), undefined);
    await scene.arrives(
      locks.run('job', async (lease) => {
        assert.equal(currentLease(), lease);
        await new Promise((resolve) => setImmediate(resolve));
        assert.equal(currentLease(), lease);
        await locks.run('inner job', (inner) => assert.equal(currentLease(), inner));
        assert.equal(currentLease(), lease);
      }),
    );
    assert.equal(currentLease(), undefined);
  },
};
