import assert from 'node:assert/strict';
import type { Chapter } from '../chapter.js';

const STOCK = { counters: { left: { most: 10, initial: 3 }, sold: { most: 3 } } } as const;

export const changing: Chapter = {
  'begin as they are told, and change by what they are told, for all processes': async (scene) => {
    const [one, other] = await scene.pair();
    const stock = one.quotas.define('stock', STOCK);
    const seen = other.quotas.define('stock', STOCK);
    assert.equal((await scene.arrives(seen.inspect())).left.value, 3);
    const sold = await scene.arrives(stock.change({ left: -1, sold: 1 }));
    assert.ok(sold.changed);
    assert.deepEqual([sold.counters.left.value, sold.counters.sold.value], [2, 1]);
    const { left, sold: soldNow } = await scene.arrives(seen.inspect());
    assert.deepEqual([left.value, soldNow.value], [2, 1]);
  },

  'never pass their bounds, up or down, and all of a change is made or none': async (scene) => {
    const { quotas } = await scene.instance();
    const stock = quotas.define('stock', STOCK);
    assert.equal((await scene.arrives(stock.change({ left: -4 }))).changed, false);
    const tooMany = await scene.arrives(stock.change({ left: -1, sold: 4 }));
    assert.ok(!tooMany.changed && tooMany.why === 'bounds');
    assert.deepEqual([tooMany.counters.left.value, tooMany.counters.sold.value], [3, 0]);
    assert.equal((await scene.arrives(stock.change({ left: 8 }))).changed, false);
    assert.equal((await scene.arrives(stock.change({ left: 7 }))).changed, true);
  },

  'are shared by who comes at the same time: as many get something as there is': async (scene) => {
    const holdfasts = await scene.pair();
    const buyers = holdfasts.flatMap(({ quotas }) =>
      Array.from({ length: 10 }, () => quotas.define('stock', STOCK).change({ left: -1 })),
    );
    const sold = (await scene.arrives(Promise.all(buyers))).filter(({ changed }) => changed);
    assert.equal(sold.length, 3);
  },

  'are of each account by itself': async (scene) => {
    const { quotas } = await scene.instance();
    const stock = quotas.define('stock', STOCK);
    await scene.arrives(stock.change({ left: -3 }, { key: 'shoe' }));
    const [shoe, hat] = [
      await scene.arrives(stock.inspect('shoe')),
      await scene.arrives(stock.inspect('hat')),
    ];
    assert.deepEqual([shoe.left.value, hat.left.value], [0, 3]);
  },

  'are changed once for an id, however often it is asked for': async (scene) => {
    const [one, other] = await scene.pair();
    const credits = { counters: { credit: { least: -5, initial: 0 } } } as const;
    const change = (holdfast: typeof one) =>
      scene.arrives(holdfast.quotas.define('credits', credits).change({ credit: -5 }, { id: 'order 7' }));
    assert.equal((await change(one)).changed, true);
    for (const holdfast of [one, other]) {
      const again = await change(holdfast);
      assert.ok(!again.changed && again.why === 'before');
      assert.equal(again.counters.credit.value, -5);
    }
  },

  'begin anew in each window of the clock': async (scene) => {
    const { quotas } = await scene.instance();
    const mails = quotas.define('mails', {
      counters: { left: { most: 2, initial: 2, resetEvery: '1s' }, ever: {} },
    });
    let refused = 0;
    for (let mail = 0; mail < 5; mail += 1) {
      const { changed } = await scene.arrives(mails.change({ left: -1, ever: 1 }));
      if (!changed) refused += 1;
    }
    assert.ok(refused >= 1);
    await scene.passTime(1_000);
    const { left, ever } = await scene.arrives(mails.inspect());
    assert.deepEqual([left.value, ever.value], [2, 5 - refused]);
  },
};

/** Not on a cluster, where two accounts may be on two servers. */
export const merging: Chapter = {
  'moves all that is above the least, and no more than fits': async (scene) => {
    const { quotas } = await scene.instance();
    const points = quotas.define('points', { counters: { points: { most: 100 }, gifts: {} } });
    await scene.arrives(points.change({ points: 60, gifts: 2 }, { key: 'old' }));
    await scene.arrives(points.change({ points: 40 }, { key: 'new' }));
    assert.deepEqual(await scene.arrives(points.merge('old', 'new')), {
      merged: true,
      amounts: { points: 60, gifts: 2 },
    });
    const [old, now] = [
      await scene.arrives(points.inspect('old')),
      await scene.arrives(points.inspect('new')),
    ];
    assert.deepEqual([old.points.value, now.points.value, now.gifts.value], [0, 100, 2]);
    assert.deepEqual((await scene.arrives(points.merge('old', 'new'))).amounts, { points: 0, gifts: 0 });
    await scene.arrives(points.change({ points: 1 }, { key: 'old' }));
    const full = await scene.arrives(points.merge('old', 'new'));
    assert.deepEqual(full, { merged: false, amounts: { points: 1, gifts: 0 } });
    assert.equal((await scene.arrives(points.inspect('old'))).points.value, 1);
  },

  'leaves what is reserved where it is': async (scene) => {
    const { quotas } = await scene.instance();
    const points = quotas.define('points', { counters: { points: {} } });
    await scene.arrives(points.change({ points: 10 }, { key: 'old' }));
    const spent = await scene.arrives(points.reserve({ points: -4 }, { key: 'old', ttl: '5s' }));
    const earned = await scene.arrives(points.reserve({ points: 3 }, { key: 'old', ttl: '5s' }));
    assert.ok(spent.reserved && earned.reserved);
    assert.deepEqual((await scene.arrives(points.merge('old', 'new'))).amounts, { points: 6 });
    await scene.arrives(spent.reservation.giveBack());
    await scene.arrives(earned.reservation.confirm());
    assert.equal((await scene.arrives(points.inspect('old'))).points.value, 7);
    assert.equal((await scene.arrives(points.merge('new', 'new'))).merged, true);
    assert.equal((await scene.arrives(points.inspect('new'))).points.value, 6);
  },
};
