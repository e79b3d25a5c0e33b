import assert from 'node:assert/strict';
import type { Chapter } from './chapter.js';

export const inspecting: Chapter = {
  'tells of a lock that nobody ever held': async (scene) => {
    const { locks } = await scene.instance();
    assert.deepEqual(await scene.arrives(locks.inspect('job')), {
      held: false,
      heldBy: undefined,
      remainingMs: 0,
      lastFence: 0,
      waiting: 0,
    });
    assert.deepEqual(await scene.traces(), []);
  },

  'tells who holds, for how long, and how many stand in line': async (scene) => {
    const [one, other] = await scene.pair();
    const lease = await scene.arrives(one.locks.acquire('job', { key: 7 }));
    const waiting = other.locks.acquire('job', { key: 7 });
    await scene.until('one is in line', async () => (await one.locks.inspect('job', 7)).waiting === 1);
    const seen = await scene.arrives(other.locks.inspect('job', 7));
    assert.deepEqual(
      [seen.held, seen.heldBy?.replica, seen.heldBy?.pid, seen.waiting],
      [true, 'one', process.pid, 1],
    );
    assert.ok(seen.remainingMs > 0 && seen.remainingMs <= scene.ttlMs);
    assert.ok(seen.lastFence >= lease.fence);
    await scene.arrives(lease.release());
    await scene.arrives((await scene.arrives(waiting)).release());
    const after = await scene.arrives(other.locks.inspect('job', 7));
    assert.deepEqual([after.held, after.heldBy, after.waiting], [false, undefined, 0]);
    assert.ok(after.lastFence > lease.fence);
  },

  'changes nothing': async (scene) => {
    const { locks } = await scene.instance();
    const lease = await scene.arrives(locks.acquire('job'));
    const before = await scene.keys();
    for (let look = 0; look < 3; look += 1) await scene.arrives(locks.inspect('job'));
    assert.deepEqual((await scene.keys()).toSorted(), before.toSorted());
    await scene.arrives(lease.release());
  },
};
