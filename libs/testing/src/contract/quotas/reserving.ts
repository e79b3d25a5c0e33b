import assert from 'node:assert/strict';
import type { Chapter } from '../chapter.js';

const STOCK = { counters: { left: { most: 3, initial: 3 } } } as const;

export const reserving: Chapter = {
  'sets aside what nobody else gets, until it is confirmed': async (scene) => {
    const [one, other] = await scene.pair();
    const [mine, theirs] = [one, other].map(({ quotas }) => quotas.define('stock', STOCK));
    assert.ok(mine !== undefined && theirs !== undefined);
    const got = await scene.arrives(mine.reserve({ left: -3 }, { ttl: '5s' }));
    assert.ok(got.reserved && !got.before);
    assert.deepEqual(got.counters.left, { value: 0, reservedUp: 0, reservedDown: 3 });
    const refused = await scene.arrives(theirs.reserve({ left: -1 }, { ttl: '5s' }));
    assert.ok(!refused.reserved && refused.why === 'bounds');
    assert.equal(await scene.arrives(got.reservation.confirm()), 'confirmed');
    assert.equal(await scene.arrives(got.reservation.confirm()), 'confirmed');
    assert.equal(await scene.arrives(got.reservation.giveBack()), 'confirmed');
    await scene.passTime(5_000);
    const { left } = await scene.arrives(theirs.inspect());
    assert.deepEqual(left, { value: 0, reservedUp: 0, reservedDown: 0 });
  },

  'gives back when it is told to, once': async (scene) => {
    const { quotas } = await scene.instance();
    const stock = quotas.define('stock', STOCK);
    const got = await scene.arrives(stock.reserve({ left: -2 }, { ttl: '5s' }));
    assert.ok(got.reserved);
    assert.equal(await scene.arrives(got.reservation.giveBack()), 'given-back');
    assert.equal(await scene.arrives(got.reservation.giveBack()), 'gone');
    assert.equal(await scene.arrives(got.reservation.confirm()), 'gone');
    const { left } = await scene.arrives(stock.inspect());
    assert.deepEqual(left, { value: 3, reservedUp: 0, reservedDown: 0 });
  },

  'gives back when its time is over, also of a process that died': async (scene) => {
    const { holdfast: doomed, die } = await scene.mortal();
    const survivor = await scene.instance();
    const stock = survivor.quotas.define('stock', STOCK);
    const got = await scene.arrives(
      doomed.quotas.define('stock', STOCK).reserve({ left: -3 }, { ttl: 200, id: 'order' }),
    );
    assert.ok(got.reserved);
    await die();
    assert.equal((await scene.arrives(stock.change({ left: -1 }))).changed, false);
    await scene.passTime(250);
    assert.equal(await scene.arrives(stock.reservation('order').confirm()), 'gone');
    assert.equal((await scene.arrives(stock.change({ left: -3 }))).changed, true);
  },

  'lasts longer when it is extended': async (scene) => {
    const { quotas } = await scene.instance();
    const stock = quotas.define('stock', STOCK);
    const got = await scene.arrives(stock.reserve({ left: -1 }, { ttl: 300 }));
    assert.ok(got.reserved);
    await scene.passTime(150);
    assert.equal(await scene.arrives(got.reservation.extend('5s')), 'extended');
    await scene.passTime(300);
    assert.equal(await scene.arrives(got.reservation.confirm()), 'confirmed');
    assert.equal(await scene.arrives(got.reservation.extend('5s')), 'confirmed');
  },

  'is one for an id: who asks again gets the same, also in another process': async (scene) => {
    const [one, other] = await scene.pair();
    const [mine, theirs] = [one, other].map(({ quotas }) => quotas.define('stock', STOCK));
    assert.ok(mine !== undefined && theirs !== undefined);
    const options = { ttl: '5s', id: 'buyer 7' } as const;
    const first = await scene.arrives(mine.reserve({ left: -1 }, options));
    const again = await scene.arrives(theirs.reserve({ left: -1 }, options));
    assert.ok(first.reserved && again.reserved && again.before);
    assert.ok(again.reservation.remainingMs > 4_000);
    assert.equal(again.counters.left.value, 2);
    assert.equal(await scene.arrives(theirs.reservation('buyer 7').confirm()), 'confirmed');
    const late = await scene.arrives(mine.reserve({ left: -1 }, options));
    assert.ok(!late.reserved && late.why === 'before');
  },

  'never lets a bound be passed by what may be given back': async (scene) => {
    const { quotas } = await scene.instance();
    const stock = quotas.define('stock', STOCK);
    const down = await scene.arrives(stock.reserve({ left: -2 }, { ttl: '5s' }));
    assert.ok(down.reserved);
    assert.equal((await scene.arrives(stock.change({ left: 1 }))).changed, false, 'two may come back');
    await scene.arrives(down.reservation.confirm());
    assert.equal((await scene.arrives(stock.change({ left: 1 }))).changed, true);
    const up = await scene.arrives(stock.reserve({ left: 1 }, { ttl: '5s' }));
    assert.ok(up.reserved);
    assert.equal((await scene.arrives(stock.change({ left: -3 }))).changed, false, 'one may be taken back');
    await scene.arrives(up.reservation.giveBack());
    assert.equal((await scene.arrives(stock.inspect())).left.value, 2);
  },
};
