import assert from 'node:assert/strict';
import { LockClosedError, LockConfigError, type QuotaOptions } from '@holdfast/core';
import type { Chapter } from '../chapter.js';

const LARGEST = Number.MAX_SAFE_INTEGER;
const SENSELESS: readonly (readonly [QuotaOptions<string>, RegExp])[] = [
  [{ counters: {} }, /counters: 0 of them/],
  [{ counters: { 'a b': {} } }, /"a b" must be 1 to 64 letters/],
  [{ counters: { a: { least: 5, most: 4 } } }, /initial: 5 must lie between least \(5\) and most \(4\)/],
  [{ counters: { a: { most: NaN } } }, /most: NaN must be a whole number/],
  [{ counters: { a: { least: 0.5 } } }, /least: 0.5/],
  [{ counters: { a: { most: 2 ** 53 } } }, /most: 9007199254740992/],
  [{ counters: { a: { least: -LARGEST, most: 1 } } }, /less than 2\^53 above least/],
  [{ counters: { a: { resetEvery: 10 } } }, /resetEvery: 10 must be at least 1000 ms/],
  [{ counters: { a: { resetEvery: '2d' } }, keepFor: '1d' }, /keepFor: .* not be shorter than resetEvery/],
];

export const quotaOptions: Chapter = {
  'that make no sense are refused before anything is sent, with every fault': async (scene) => {
    const { quotas } = await scene.instance();
    for (const [options, fault] of SENSELESS) assert.throws(() => quotas.define('stock', options), fault);
    assert.throws(
      () => quotas.define('', { counters: { a: { initial: -1 } }, keepFor: 5 }),
      (error: unknown) => LockConfigError.is(error) && error.faults.length === 3,
    );
  },

  'of a call are checked, too, and nothing is changed': async (scene) => {
    const { quotas } = await scene.instance();
    const stock = quotas.define('stock', { counters: { left: { initial: 5 } } });
    for (const left of [0, 1.5, NaN, Infinity, 2 ** 53])
      await scene.fails(stock.change({ left }), LockConfigError);
    await scene.fails(stock.change({}), LockConfigError);
    await scene.fails(stock.change({ left: -1 }, { id: '' }), LockConfigError);
    await scene.fails(stock.change({ left: -1 }, { key: '' }), LockConfigError);
    await scene.fails(stock.reserve({ left: -1 }, { ttl: 0 }), LockConfigError);
    await scene.fails(stock.reserve({ left: -1 }, { ttl: '401d' }), LockConfigError);
    assert.equal((await scene.arrives(stock.inspect())).left.value, 5);
  },

  'at their edges work': async (scene) => {
    const { quotas } = await scene.instance();
    const edge = quotas.define('edge', { counters: { a: {}, b: { least: -LARGEST, most: 0, initial: 0 } } });
    const changed = await scene.arrives(edge.change({ a: LARGEST, b: -LARGEST }));
    assert.deepEqual([changed.counters.a.value, changed.counters.b.value], [LARGEST, -LARGEST]);
    assert.equal((await scene.arrives(edge.change({ a: 1 }))).changed, false);
    assert.equal((await scene.arrives(edge.change({ b: -1 }))).changed, false);
    const back = await scene.arrives(edge.reserve({ a: -LARGEST, b: LARGEST }, { ttl: '1m' }));
    assert.ok(back.reserved);
    assert.equal(await scene.arrives(back.reservation.giveBack()), 'given-back');
    const { a, b } = await scene.arrives(edge.inspect());
    assert.deepEqual([a.value, b.value], [LARGEST, -LARGEST]);
  },

  'are of no use to who asks a closed instance': async (scene) => {
    const holdfast = await scene.instance();
    const stock = holdfast.quotas.define('stock', { counters: { left: { initial: 5 } } });
    await scene.arrives(holdfast.close(0));
    await scene.fails(stock.change({ left: -1 }), LockClosedError);
  },
};
