import assert from 'node:assert/strict';
import { LockAbortedError, LockBusyError, LockTimeoutError, type Holdfast } from '@holdfast/core';
import type { Chapter } from '../chapter.js';
import type { Scene } from '../scene.js';
import { Watched } from '../watched.js';

/** Less than a poll, which comes once a second: whoever is this fast was told. */
const TOLD_WITHIN_MS = 700;

async function inLine(scene: Scene, { semaphores }: Holdfast, count: number): Promise<void> {
  await scene.until(`${count} in line`, async () => (await semaphores.inspect('gpu')).waiting === count);
}

export const permitLine: Chapter = {
  'serves calls in the order in which they came, also those of one process': async (scene) => {
    const [one, other] = await scene.pair();
    const options = { permits: 1, wait: 'forever' } as const;
    const first = await scene.arrives(one.semaphores.acquire('gpu', options));
    const turns: string[] = [];
    const work: Promise<void>[] = [];
    for (const [who, holdfast] of [
      ['a', one],
      ['b', other],
      ['c', other],
      ['d', one],
    ] as const) {
      work.push(holdfast.semaphores.run('gpu', options, () => void turns.push(who)));
      await inLine(scene, one, work.length);
    }
    await scene.arrives(first.release());
    await scene.arrives(Promise.all(work));
    assert.deepEqual(turns, ['a', 'b', 'c', 'd']);
  },

  'hands permits over at once, without waiting for a poll': async (scene) => {
    const [one, other] = await scene.pair();
    const held = await scene.arrives(one.semaphores.acquire('gpu', { permits: 1 }));
    const waiting = other.semaphores.acquire('gpu', { permits: 1 });
    await inLine(scene, one, 1);
    await scene.arrives(held.release());
    const lease = await scene.arrives(waiting, TOLD_WITHIN_MS);
    await scene.passTime(scene.ttlMs);
    assert.equal(lease.held, true, 'a grant that was handed over is confirmed and renewed');
    assert.equal(await scene.arrives(lease.release()), 'released');
  },

  'lets nobody who wants few pass somebody who wants many': async (scene) => {
    const [one, other] = await scene.pair();
    const held = await scene.arrives(one.semaphores.acquire('gpu', { permits: 3, weight: 2 }));
    const many = new Watched(other.semaphores.acquire('gpu', { permits: 3, weight: 3 }));
    await inLine(scene, one, 1);
    assert.equal(await scene.arrives(one.semaphores.tryAcquire('gpu', { permits: 3 })), undefined);
    const few = new Watched(one.semaphores.acquire('gpu', { permits: 3 }));
    await inLine(scene, one, 2);
    await scene.arrives(held.release());
    await scene.until('the one who wants many has them', () => many.settled);
    assert.equal(few.settled, false);
    assert.ok(many.progress.state === 'value');
    await scene.arrives(many.progress.value.release());
    await scene.until('the one who wants one has it', () => few.settled);
    assert.ok(few.progress.state === 'value');
    await scene.arrives(few.progress.value.release());
  },

  'gives what came back to as many as there are permits for': async (scene) => {
    const [one, other] = await scene.pair();
    const held = await scene.arrives(one.semaphores.acquire('gpu', { permits: 3, weight: 3 }));
    const waiting = [1, 2, 3, 4].map(
      () => new Watched(other.semaphores.acquire('gpu', { permits: 3, wait: 'forever' })),
    );
    await inLine(scene, one, 4);
    await scene.arrives(held.release());
    await scene.until('three have theirs', () => waiting.filter(({ settled }) => settled).length === 3);
    assert.equal((await scene.arrives(one.semaphores.inspect('gpu'))).waiting, 1);
    for (const { progress } of waiting)
      if (progress.state === 'value') await scene.arrives(progress.value.release());
    await scene.until('the fourth has its', () => waiting.every(({ settled }) => settled));
    const [last] = waiting.slice(3);
    assert.ok(last?.progress.state === 'value');
    await scene.arrives(last.progress.value.release());
  },

  'passes over a waiter that died': async (scene) => {
    const { holdfast: doomed, die } = await scene.mortal();
    const [one, other] = await scene.pair();
    const held = await scene.arrives(one.semaphores.acquire('gpu', { permits: 1 }));
    void scene.later(doomed.semaphores.acquire('gpu', { permits: 1 }));
    await inLine(scene, one, 1);
    const waiting = other.semaphores.acquire('gpu', { permits: 1 });
    await inLine(scene, one, 2);
    await die();
    await scene.arrives(held.release());
    await scene.arrives((await scene.arrives(waiting, TOLD_WITHIN_MS)).release());
  },

  'is left without a trace by who gives up': async (scene) => {
    const [one, other] = await scene.pair();
    const held = await scene.arrives(one.semaphores.acquire('gpu', { permits: 1 }));
    const controller = new AbortController();
    const aborted = scene.later(other.semaphores.acquire('gpu', { permits: 1, signal: controller.signal }));
    await inLine(scene, one, 1);
    controller.abort(new Error('enough'));
    await scene.fails(aborted, LockAbortedError);
    await scene.fails(other.semaphores.acquire('gpu', { permits: 1, wait: 100 }), LockTimeoutError);
    await scene.fails(other.semaphores.acquire('gpu', { permits: 1, wait: 0 }), LockBusyError);
    await inLine(scene, one, 0);
    await scene.arrives(held.release());
    await scene.leavesNothing();
  },
};
