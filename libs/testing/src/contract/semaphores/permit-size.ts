import assert from 'node:assert/strict';
import { LockConfigError, LockReentryError, LockTimeoutError } from '@holdfast/core';
import type { Chapter } from '../chapter.js';
import { Watched } from '../watched.js';

const TWO = { permits: 2 };

export const permitSize: Chapter = {
  'can be raised while somebody waits, who has what is new at once': async (scene) => {
    const [one, other] = await scene.pair();
    const held = await scene.arrives(one.semaphores.acquire('gpu', { permits: 1 }));
    const waiting = other.semaphores.acquire('gpu', { permits: 1 });
    await scene.until('it waits', async () => (await one.semaphores.inspect('gpu')).waiting === 1);
    await scene.arrives(one.semaphores.resize('gpu', 2));
    const lease = await scene.arrives(waiting, 700);
    for (const each of [held, lease]) await scene.arrives(each.release());
    assert.equal((await scene.arrives(one.semaphores.inspect('gpu'))).size, 2);
    await scene.arrives(one.semaphores.resize('gpu', undefined));
  },

  'can be lowered: nobody loses what he has, and none are given until enough came back': async (scene) => {
    const [one, other] = await scene.pair();
    const leases = [];
    for (const { semaphores } of [one, other])
      leases.push(await scene.arrives(semaphores.acquire('gpu', TWO)));
    await scene.arrives(one.semaphores.resize('gpu', 1));
    const waiting = new Watched(one.semaphores.acquire('gpu', TWO));
    await scene.until('it waits', async () => (await other.semaphores.inspect('gpu')).waiting === 1);
    const [first, second] = leases;
    assert.ok(first?.held === true && second?.held === true);
    await scene.arrives(first.release());
    await scene.passTime(50);
    assert.equal(waiting.settled, false);
    await scene.arrives(second.release());
    await scene.until('it has its permit', () => waiting.settled);
    assert.ok(waiting.progress.state === 'value');
    await scene.arrives(waiting.progress.value.release());
    await scene.arrives(one.semaphores.resize('gpu', undefined));
  },

  'of each caller counts for that caller, where nobody said one for all': async (scene) => {
    const [old, young] = await scene.pair();
    const leases = [];
    for (let count = 0; count < 2; count += 1)
      leases.push(await scene.arrives(old.semaphores.acquire('gpu', TWO)));
    assert.equal(await scene.arrives(old.semaphores.tryAcquire('gpu', TWO)), undefined);
    const third = await scene.arrives(young.semaphores.tryAcquire('gpu', { permits: 3 }));
    assert.equal(third?.held, true);
    for (const lease of [...leases, third]) await scene.arrives(lease?.release() ?? Promise.resolve());
  },

  'is told with who has how many': async (scene) => {
    const [one, other] = await scene.pair();
    const options = { permits: 5, weight: 2 };
    const leases = [
      await scene.arrives(one.semaphores.acquire('gpu', options)),
      await scene.arrives(other.semaphores.acquire('gpu', { permits: 5 })),
    ];
    const { size, taken, waiting, holders } = await scene.arrives(one.semaphores.inspect('gpu'));
    assert.deepEqual([size, taken, waiting], [undefined, 3, 0]);
    const told = holders.map(({ heldBy, permits, fence }) => [heldBy?.replica, permits, fence]);
    const wanted = [
      ['one', 2, leases[0]?.fence],
      ['other', 1, leases[1]?.fence],
    ];
    assert.deepEqual(new Set(told.map(String)), new Set(wanted.map(String)));
    for (const lease of leases) await scene.arrives(lease.release());
  },

  'that makes no sense is refused before anything is sent': async (scene) => {
    const { semaphores } = await scene.instance();
    for (const options of [
      { permits: 0 },
      { permits: -1 },
      { permits: NaN },
      { permits: 1.5 },
      { permits: 2 ** 53 },
      { permits: 2, weight: 3 },
      { permits: 2, weight: 0 },
    ])
      await scene.fails(semaphores.acquire('gpu', options), LockConfigError);
    for (const permits of [0, 1.5, Infinity])
      await scene.fails(semaphores.resize('gpu', permits), LockConfigError);
    await scene.fails(semaphores.acquire('', TWO), LockConfigError);
    assert.deepEqual(await scene.traces(), []);
  },

  'is not asked for twice in one chain of calls, for that is how deadlocks begin': async (scene) => {
    const { semaphores } = await scene.instance();
    const work = semaphores.run('gpu', TWO, () => semaphores.run('gpu', TWO, () => 'never'));
    await scene.fails(work, LockReentryError);
    const inside = semaphores.run('gpu', TWO, () =>
      semaphores.run('gpu', { ...TWO, reentrant: true }, () => 'inside'),
    );
    assert.equal(await scene.arrives(inside), 'inside');
  },

  'smaller than what somebody wants lets him wait in vain, and nobody else': async (scene) => {
    const [one, other] = await scene.pair();
    await scene.arrives(one.semaphores.resize('gpu', 1));
    const many = { permits: 3, weight: 2, wait: 200 };
    await scene.fails(one.semaphores.acquire('gpu', many), LockTimeoutError);
    const lease = await scene.arrives(other.semaphores.acquire('gpu', { permits: 3 }));
    await scene.arrives(lease.release());
    await scene.arrives(one.semaphores.resize('gpu', undefined));
  },
};
