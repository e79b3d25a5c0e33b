import assert from 'node:assert/strict';
import { OnceFailedError, OnceResultError } from '@holdfast/core';
import type { Chapter } from '../chapter.js';

const DAY = { remember: '1d' } as const;

export const failingOnce: Chapter = {
  'that fails is done by the next caller, and its own gets the error as it is': async (scene) => {
    const { once } = await scene.instance();
    const own = new RangeError('no such order');
    const failed = scene.later(
      once.run('invoice', DAY, () => {
        throw own;
      }),
    );
    const other = scene.later(once.run('invoice', DAY, () => 'done'));
    assert.equal(await scene.arrives(failed.catch((error: unknown) => error)), own);
    assert.equal(await scene.arrives(other), 'done');
  },

  'that fails is over, too, where that was wanted': async (scene) => {
    const [one, other] = await scene.pair();
    const options = { ...DAY, whenFailed: 'remember' } as const;
    const own = Object.assign(new RangeError('no such order'), { code: 'E_ORDER' });
    const failed = one.once.run('invoice', options, () => {
      throw own;
    });
    assert.equal(await scene.arrives(failed.catch((error: unknown) => error)), own);
    const told = await scene.fails(
      other.once.run('invoice', options, () => 'done'),
      OnceFailedError,
    );
    assert.deepEqual(told.original, { name: 'RangeError', message: 'no such order', code: 'E_ORDER' });
  },

  'keeps results that are JSON and not too large, and is done all the same where one is not': async (
    scene,
  ) => {
    const [one, other] = await scene.pair();
    const unkept = { large: 'x'.repeat(200), cyclic: 10n, strange: () => undefined };
    for (const [key, result] of Object.entries(unkept)) {
      const options = { ...DAY, key, maxBytes: 100 };
      assert.equal(await scene.arrives(one.once.run<unknown>('invoice', options, () => result)), result);
      await scene.fails(
        other.once.run('invoice', options, () => 'done'),
        OnceResultError,
      );
    }
    assert.equal(await scene.arrives(one.once.run('nothing', DAY, () => undefined)), undefined);
    assert.equal(await scene.arrives(other.once.run<unknown>('nothing', DAY, () => 'done')), undefined);
  },
};
