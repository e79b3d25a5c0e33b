import assert from 'node:assert/strict';
import type { Holdfast, Lease } from '@holdfast/core';
import type { Chapter } from './chapter.js';
import type { Scene } from './scene.js';

/** Takes and gives back `job`, and tells the fence. */
async function oneFence(scene: Scene, { locks }: Holdfast): Promise<number> {
  const lease = await scene.arrives(locks.acquire('job'));
  await scene.arrives(lease.release());
  return lease.fence;
}

function assertGrowing(fences: readonly number[]): void {
  for (const [index, fence] of fences.entries()) {
    assert.ok(Number.isSafeInteger(fence), `fence ${fence} is not exact`);
    const before = fences[index - 1] ?? 0;
    assert.ok(fence > before, `fence ${fence} is not above ${before}`);
  }
}

export const fences: Chapter = {
  'grow with every grant, whoever gets it': async (scene) => {
    const [one, other] = await scene.pair();
    const seen: number[] = [];
    for (const holder of [one, one, other, one, other, other]) seen.push(await oneFence(scene, holder));
    assertGrowing(seen);
  },

  'grow from the holder to the waiter that it is handed to': async (scene) => {
    const [one, other] = await scene.pair();
    const first = await scene.arrives(one.locks.acquire('job'));
    const waiting = other.locks.acquire('job');
    await scene.inLine(one, 'job', 1);
    await scene.arrives(first.release());
    const second = await scene.arrives(waiting);
    assertGrowing([first.fence, second.fence]);
    await scene.arrives(second.release());
  },

  'stay the same for as long as one lease is held': async (scene) => {
    const { locks } = await scene.instance();
    const lease = await scene.arrives(locks.acquire('job'));
    const { fence } = lease;
    await scene.passTime(2 * scene.ttlMs);
    assert.equal(lease.fence, fence);
    assert.ok((await scene.arrives(locks.inspect('job'))).lastFence >= fence);
    await scene.arrives(lease.release());
  },

  'grow past a holder whose lease expired': async (scene) => {
    const { holdfast: doomed, die } = await scene.mortal();
    const survivor = await scene.instance();
    const first = await scene.arrives(doomed.locks.acquire('job'));
    await die();
    const second = await scene.arrives(survivor.locks.acquire('job'));
    assertGrowing([first.fence, second.fence]);
    await scene.arrives(second.release());
  },

  'grow past a holder whose key was deleted': async (scene) => {
    const [one, other] = await scene.pair();
    const first = await scene.arrives(one.locks.acquire('job'));
    await scene.deleteLocks();
    const second = await scene.arrives(other.locks.acquire('job', { wait: 0 }));
    assertGrowing([first.fence, second.fence]);
    await scene.arrives(Promise.all([first.release(), second.release()]));
  },

  'grow past the loss of all data, counters included': async (scene) => {
    const [one, other] = await scene.pair();
    const seen: number[] = [];
    const held: Lease[] = [];
    for (const holder of [one, other, one]) {
      const lease = await scene.arrives(holder.locks.acquire('job', { wait: 0 }));
      seen.push(lease.fence);
      held.push(lease);
      await scene.deleteKeys(await scene.keys());
    }
    assertGrowing(seen);
    await scene.arrives(Promise.all(held.map((lease) => lease.release())));
  },
};
