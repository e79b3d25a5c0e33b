import assert from 'node:assert/strict';
import { OnceFailedError, type Holdfast } from '@holdfast/core';
import type { Chapter } from '../chapter.js';
import { begun, task } from './task.js';

export const sharing: Chapter = {
  'gives all who ask at the same time what comes of it, in all processes': async (scene) => {
    const holdfasts = await scene.pair();
    const rates = task(() => ({ eur: 1.1 }));
    const calls = holdfasts.flatMap(({ once }) =>
      Array.from({ length: 4 }, () => scene.later(once.share('rates', {}, rates.body))),
    );
    await begun(scene, rates);
    await scene.passTime(100);
    rates.open();
    for (const result of await scene.arrives(Promise.all(calls))) assert.deepEqual(result, { eur: 1.1 });
    assert.equal(rates.runs, 1);
  },

  'does it anew for who asks later': async (scene) => {
    const [one, other] = await scene.pair();
    let runs = 0;
    const share = ({ once }: Holdfast) => scene.arrives(once.share('rates', {}, () => (runs += 1)));
    assert.deepEqual([await share(one), await share(other), await share(one)], [1, 2, 3]);
  },

  'shares the error as well': async (scene) => {
    const [one, other] = await scene.pair();
    const failing = task(() => {
      throw new RangeError('no rates');
    });
    const first = scene.later(one.once.share('rates', {}, failing.body));
    await begun(scene, failing);
    const second = scene.later(other.once.share('rates', {}, failing.body));
    await scene.passTime(100);
    failing.open();
    await scene.arrives(first.catch(() => undefined));
    assert.equal((await scene.fails(second, OnceFailedError)).original.message, 'no rates');
    assert.equal(failing.runs, 1);
  },
};
