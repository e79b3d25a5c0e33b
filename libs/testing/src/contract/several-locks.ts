import assert from 'node:assert/strict';
import {
  LeaseLostError,
  LockAbortedError,
  LockBusyError,
  LockConfigError,
  LockReentryError,
  LockTimeoutError,
  type Holdfast,
} from '@holdfast/core';
import type { Chapter } from './chapter.js';
import type { Scene } from './scene.js';

const FREE = { wait: 0 } as const;

/** Whether somebody else gets each of them at once; gives them back. */
async function areFree(scene: Scene, { locks }: Holdfast, names: readonly string[]): Promise<boolean> {
  const leases = await scene.arrives(Promise.all(names.map((name) => locks.tryAcquire(name))));
  await scene.arrives(Promise.all(leases.map(async (lease) => lease?.release())));
  return leases.every((lease) => lease !== undefined);
}

export const severalLocks: Chapter = {
  'are held together, and given back together': async (scene) => {
    const [one, other] = await scene.pair();
    const set = await scene.arrives(one.locks.acquireAll(['b', { name: 'a', key: 7 }]));
    assert.deepEqual(
      set.leases.map(({ lockName, held }) => [lockName, held]),
      [
        ['b', true],
        ['a', true],
      ],
      'in the order in which they were asked for',
    );
    await scene.fails(other.locks.acquire('b', FREE), LockBusyError);
    await scene.fails(other.locks.acquire('a', { ...FREE, key: 7 }), LockBusyError);
    await scene.passTime(2 * scene.ttlMs);
    set.assertHeld();
    assert.deepEqual([set.held, set.signal.aborted], [true, false], 'each of them is renewed');
    assert.equal(await scene.arrives(set.release()), 'released');
    assert.equal(await areFree(scene, other, ['b']), true);
    await scene.leavesNothing();
  },

  'are each taken once, however often they are named': async (scene) => {
    const { locks } = await scene.instance();
    const set = await scene.arrives(locks.acquireAll(['a', { name: 'a' }, 'b', 'a'], FREE));
    const [first, second, other, last] = set.leases;
    assert.equal(set.leases.length, 4);
    assert.ok(first === second && first === last && first !== other);
    await scene.arrives(set.release());
  },

  'are all held or none: what was free is free again': async (scene) => {
    const [one, other] = await scene.pair();
    const taken = await scene.arrives(other.locks.acquire('b'));
    const error = await scene.fails(one.locks.acquireAll(['c', 'b', 'a'], FREE), LockBusyError);
    assert.equal(error.lockName, 'b');
    assert.equal(await areFree(scene, other, ['a', 'c']), true);
    const late = await scene.fails(one.locks.acquireAll(['a', 'b'], { wait: 60 }), LockTimeoutError);
    assert.equal(late.lockName, 'b');
    assert.equal(await areFree(scene, other, ['a']), true);
    await scene.arrives(taken.release());
  },

  'are waited for one after the other, and each as long as all together may take': async (scene) => {
    const [one, other] = await scene.pair();
    const [a, b] = await scene.arrives(Promise.all([other.locks.acquire('a'), other.locks.acquire('b')]));
    const waiting = scene.later(one.locks.acquireAll(['b', 'a', 'c']));
    await scene.inLine(other, 'a', 1);
    assert.equal(
      await areFree(scene, other, ['c']),
      true,
      'nobody holds what is behind that for which it waits',
    );
    await scene.arrives(a.release());
    await scene.inLine(other, 'b', 1);
    assert.equal(
      await scene.arrives(other.locks.tryAcquire('a')),
      undefined,
      'what is in front of it is held',
    );
    await scene.arrives(b.release());
    const set = await scene.arrives(waiting);
    assert.equal(set.held, true);
    await scene.arrives(set.release());
  },

  'are no deadlock, in whatever order two ask for them': async (scene) => {
    const [one, other] = await scene.pair();
    let inside = 0;
    const bouts = [one, other].map(async ({ locks }, at) => {
      const names = at === 0 ? ['a', 'b', 'c'] : ['c', 'b', 'a'];
      for (let bout = 0; bout < 15; bout += 1) {
        await locks.runAll(names, () => {
          inside += 1;
          assert.equal(inside, 1);
          inside -= 1;
        });
      }
    });
    await scene.arrives(Promise.all(bouts));
    await scene.leavesNothing();
  },

  'are given up without a trace': async (scene) => {
    const [one, other] = await scene.pair();
    const taken = await scene.arrives(other.locks.acquire('b'));
    const leaving = new AbortController();
    const waiting = scene.later(one.locks.acquireAll(['a', 'b'], { signal: leaving.signal }));
    await scene.inLine(other, 'b', 1);
    leaving.abort('gone');
    assert.equal((await scene.fails(waiting, LockAbortedError)).cause, 'gone');
    // What was given up is given back behind its caller.
    await scene.until('the first is free', () => areFree(scene, other, ['a']));
    await scene.arrives(taken.release());
    await scene.leavesNothing();
  },

  'run a body, which is told at once when one of them is lost': async (scene) => {
    const { locks } = await scene.instance();
    const aborted: unknown[] = [];
    const running = scene.later(
      locks.runAll(
        ['a', 'b'],
        ({ signal }) =>
          new Promise<string>((resolve) => {
            signal.addEventListener('abort', () => {
              aborted.push(signal.reason);
              resolve('done');
            });
          }),
      ),
    );
    await scene.until('both are held', async () => (await scene.lockKeys()).length === 2);
    await scene.deleteLocks();
    const error = await scene.fails(running, LeaseLostError);
    assert.deepEqual([error.result, aborted.length], ['done', 1]);
    assert.ok(LeaseLostError.is(aborted[0]));
  },

  'give the value of the body back, or its own error': async (scene) => {
    const { locks } = await scene.instance();
    assert.equal(await scene.arrives(locks.runAll(['a', 'b'], FREE, () => 7)), 7);
    const own = new RangeError('no such account');
    const thrown = await scene.arrives(
      locks
        .runAll(['a', 'b'], () => {
          throw own;
        })
        .catch((error: unknown) => error),
    );
    assert.equal(thrown, own);
    await scene.leavesNothing();
  },

  'are refused inside a call that holds one of them': async (scene) => {
    const { locks } = await scene.instance();
    const inside = await scene.arrives(
      locks.runAll(['a', 'b'], () =>
        Promise.all(
          [locks.acquireAll(['c', 'b']), locks.acquire('a')].map((asked) =>
            asked.then(
              () => undefined,
              (error: unknown) => error,
            ),
          ),
        ),
      ),
    );
    assert.deepEqual(
      inside.map((error) => LockReentryError.is(error) && error.lockName),
      ['b', 'a'],
    );
    await scene.leavesNothing();
  },

  'that nobody can take are refused, with every fault': async (scene) => {
    const { locks } = await scene.instance();
    await scene.fails(locks.acquireAll([]), LockConfigError);
    const { faults } = await scene.fails(
      locks.acquireAll(['', { name: 'a', key: NaN }], { ttl: 1 }),
      LockConfigError,
    );
    assert.equal(faults.length, 4, faults.join('\n'));
  },
};
