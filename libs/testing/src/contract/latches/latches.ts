import assert from 'node:assert/strict';
import { LockAbortedError, LockClosedError, LockConfigError, LockTimeoutError } from '@holdfast/core';
import type { Chapter } from '../chapter.js';
import { Watched } from '../watched.js';

/** Less than a look, which comes every half second: whoever is this fast was told. */
const TOLD_WITHIN_MS = 350;

export const latches: Chapter = {
  'opens when all parts are done, for all who wait in all processes, at once': async (scene) => {
    const [one, other] = await scene.pair();
    const [mine, theirs] = [one, other].map(({ latches: all }) => all.latch('shards', { of: 3 }));
    assert.ok(mine !== undefined && theirs !== undefined);
    const waits = [mine, theirs, theirs].map((latch) => new Watched(latch.wait()));
    for (const part of [1, 2, 2, 'a'].slice(0, 3)) await scene.arrives(mine.arrive(part));
    assert.deepEqual(await scene.arrives(theirs.inspect()), { open: false, arrived: 2, of: 3 });
    await scene.passTime(50);
    assert.ok(waits.every(({ settled }) => !settled));
    assert.equal((await scene.arrives(theirs.arrive(3))).open, true);
    await scene.until('all who wait are told', () => waits.every(({ settled }) => settled), TOLD_WITHIN_MS);
    assert.ok(waits.every(({ progress }) => progress.state === 'value'));
    await scene.arrives(mine.wait({ wait: 0 }));
    assert.equal((await scene.arrives(mine.arrive('late'))).open, true);
  },

  'is closed again when it is told to be': async (scene) => {
    const { latches: all } = await scene.instance();
    const latch = all.latch('shards', { of: 1 });
    await scene.arrives(latch.arrive(1, 'monday'));
    assert.equal((await scene.arrives(latch.inspect('tuesday'))).open, false);
    await scene.arrives(latch.reset('monday'));
    assert.deepEqual(await scene.arrives(latch.inspect('monday')), { open: false, arrived: 0, of: 1 });
  },

  'is not waited for any longer than one may, wants to, or can': async (scene) => {
    const holdfast = await scene.instance();
    const latch = holdfast.latches.latch('shards', { of: 2 });
    await scene.fails(latch.wait({ wait: 0 }), LockTimeoutError);
    const late = await scene.fails(latch.wait({ wait: 60 }), LockTimeoutError, 1_000);
    assert.equal(late.lockName, 'shards');
    const leaving = new AbortController();
    const leave = scene.later(latch.wait({ signal: leaving.signal }));
    const close = scene.later(latch.wait());
    await scene.passTime(20);
    leaving.abort('gone');
    assert.equal((await scene.fails(leave, LockAbortedError)).cause, 'gone');
    await scene.arrives(holdfast.close(0));
    await scene.fails(close, LockClosedError);
    await scene.fails(latch.arrive(1), LockClosedError);
  },

  'and options that make no sense are refused, with every fault': async (scene) => {
    const { latches: all } = await scene.instance();
    for (const of of [0, -1, 1.5, NaN, 100_001])
      assert.throws(() => all.latch('shards', { of }), LockConfigError);
    assert.throws(
      () => all.barrier('', { of: 0, keepFor: 1 }),
      (error: unknown) => LockConfigError.is(error) && error.faults.length === 3,
    );
    const latch = all.latch('shards', { of: 1 });
    await scene.fails(latch.arrive(''), LockConfigError);
    await scene.fails(latch.arrive(NaN), LockConfigError);
    await scene.fails(latch.wait({ wait: -1 }), LockConfigError);
  },
};

export const barriers: Chapter = {
  'lets all parties pass together, again and again': async (scene) => {
    const [one, other] = await scene.pair();
    const [mine, theirs] = [one, other].map(({ latches: all }) => all.barrier('round', { of: 3 }));
    assert.ok(mine !== undefined && theirs !== undefined);
    for (const round of [1, 2, 3]) {
      const first: readonly Watched<number>[] = [new Watched(mine.pass('a')), new Watched(theirs.pass('b'))];
      await scene.until('two have arrived', async () => (await mine.inspect()).arrived === 2);
      assert.ok(first.every(({ settled }) => !settled));
      assert.equal(await scene.arrives(theirs.pass('c')), round);
      await scene.until('the others are told', () => first.every(({ settled }) => settled), TOLD_WITHIN_MS);
      for (const { progress } of first) assert.deepEqual(progress, { state: 'value', value: round });
      assert.deepEqual(await scene.arrives(mine.inspect()), { arrived: 0, passed: round, of: 3 });
    }
  },

  'does not count a party that has given up': async (scene) => {
    const { latches: all } = await scene.instance();
    const barrier = all.barrier('round', { of: 2 });
    await scene.fails(barrier.pass('a', { wait: 50 }), LockTimeoutError);
    const leaving = new AbortController();
    const leave = scene.later(barrier.pass('b', { signal: leaving.signal }));
    await scene.until('it has arrived', async () => (await barrier.inspect()).arrived === 1);
    leaving.abort();
    await scene.fails(leave, LockAbortedError);
    await scene.until('it has left', async () => (await barrier.inspect()).arrived === 0);
    const passes = ['a', 'b'].map((party) => barrier.pass(party));
    assert.deepEqual(await scene.arrives(Promise.all(passes)), [1, 1]);
  },
};
