import assert from 'node:assert/strict';
import {
  LeaseLostError,
  LockConfigError,
  PermitGuard,
  StaleFenceError,
  type Holdfast,
  type Lease,
} from '@holdfast/core';
import type { Chapter } from '../chapter.js';
import type { Scene } from '../scene.js';

const FIVE = { permits: 5 };

/** Takes `count` permits, one by one, each with a lease of its own. */
async function taken(scene: Scene, { semaphores }: Holdfast, count: number): Promise<readonly Lease[]> {
  const leases: Lease[] = [];
  while (leases.length < count) leases.push(await scene.arrives(semaphores.acquire('gpu', FIVE)));
  return leases;
}

export const permits: Chapter = {
  'are given to so many at a time, in all processes together': async (scene) => {
    const [one, other] = await scene.pair();
    const leases = [...(await taken(scene, one, 3)), ...(await taken(scene, other, 2))];
    for (const { semaphores } of [one, other])
      assert.equal(await scene.arrives(semaphores.tryAcquire('gpu', FIVE)), undefined);
    const [first] = leases;
    assert.equal(await scene.arrives(first?.release() ?? Promise.reject(new Error('no lease'))), 'released');
    const next = await scene.arrives(other.semaphores.tryAcquire('gpu', FIVE));
    assert.equal(next?.held, true);
    for (const lease of [...leases.slice(1), next])
      await scene.arrives(lease?.release() ?? Promise.resolve());
  },

  'have a fence each, higher than any before': async (scene) => {
    const [one, other] = await scene.pair();
    const fences: number[] = [];
    for (const holdfast of [one, other, one, other]) {
      const lease = await scene.arrives(holdfast.semaphores.acquire('gpu', FIVE));
      fences.push(lease.fence);
    }
    assert.deepEqual(
      fences,
      fences.toSorted((a, b) => a - b),
    );
    assert.equal(new Set(fences).size, fences.length);
  },

  'are kept for as long as somebody has them, and no longer': async (scene) => {
    const [one, other] = await scene.pair();
    const lease = await scene.arrives(one.semaphores.acquire('gpu', { permits: 1 }));
    await scene.passTime(3 * scene.ttlMs);
    assert.deepEqual([lease.held, (await looked(scene, other)).taken], [true, 1]);
    assert.equal(await scene.arrives(lease.release()), 'released');
    assert.equal((await looked(scene, other)).taken, 0);
  },

  'of a process that died come back, and no others': async (scene) => {
    const { holdfast: doomed, die } = await scene.mortal();
    const survivor = await scene.instance();
    await taken(scene, doomed, 1);
    const kept = await taken(scene, survivor, 4);
    await die();
    const next = await scene.arrives(survivor.semaphores.acquire('gpu', FIVE), scene.ttlMs + 1_000);
    assert.deepEqual(
      kept.map(({ held }) => held),
      [true, true, true, true],
    );
    assert.equal(await scene.arrives(survivor.semaphores.tryAcquire('gpu', FIVE)), undefined);
    for (const lease of [...kept, next]) await scene.arrives(lease.release());
  },

  'are proven at a resource, which refuses whoever died or froze and nobody else': async (scene) => {
    const two = { permits: 2 };
    const guard = new PermitGuard();
    const { holdfast: doomed, die } = await scene.mortal();
    const survivor = await scene.instance();
    const prove = (by: Holdfast, lease: Lease) => scene.arrives(by.semaphores.prove('gpu', lease));
    const late = await prove(doomed, await scene.arrives(doomed.semaphores.acquire('gpu', two)));
    const kept = await scene.arrives(survivor.semaphores.acquire('gpu', two));
    const early = await prove(survivor, kept);
    for (const proof of [late, early, late]) guard.check('gpu', proof);
    await die();
    const next = await scene.arrives(survivor.semaphores.acquire('gpu', two), scene.ttlMs + 1_000);
    const proof = await prove(survivor, next);
    assert.deepEqual(new Set(proof.live), new Set([kept.fence, next.fence]));
    guard.check('gpu', proof);
    assert.throws(() => guard.check('gpu', late), StaleFenceError);
    guard.check('gpu', early);
    for (const lease of [kept, next]) await scene.arrives(lease.release());
    await scene.fails(survivor.semaphores.prove('gpu', next), LeaseLostError);
    await scene.fails(survivor.semaphores.prove('other', next), LockConfigError);
  },

  'of one key are nothing to another key': async (scene) => {
    const { semaphores } = await scene.instance();
    const options = { permits: 1 };
    const leases = await scene.arrives(
      Promise.all(['a', 'b'].map((key) => semaphores.acquire('gpu', { ...options, key }))),
    );
    assert.deepEqual(
      leases.map(({ held }) => held),
      [true, true],
    );
    for (const lease of leases) await scene.arrives(lease.release());
  },

  'are nothing to a lock of the same name': async (scene) => {
    const { locks, semaphores } = await scene.instance();
    await using lock = await scene.arrives(locks.acquire('gpu'));
    await using permit = await scene.arrives(semaphores.acquire('gpu', { permits: 1 }));
    assert.deepEqual([lock.held, permit.held], [true, true]);
    await scene.arrives(Promise.all([lock.release(), permit.release()]));
  },
};

function looked(scene: Scene, { semaphores }: Holdfast) {
  return scene.arrives(semaphores.inspect('gpu'));
}
