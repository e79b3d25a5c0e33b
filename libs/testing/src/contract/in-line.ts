import assert from 'node:assert/strict';
import type { Holdfast } from '@holdfast/core';
import type { Chapter } from './chapter.js';
import type { Scene } from './scene.js';
import { Watched } from './watched.js';

/** Less than a poll, which comes once a second: whoever is this fast was told. */
const TOLD_WITHIN_MS = 700;

/** Runs a body on `job` that writes down its turn. */
function takeTurn({ locks }: Holdfast, turns: string[], who: string): Promise<void> {
  return locks.run('job', { wait: 'forever' }, () => void turns.push(who));
}

async function heldBy(scene: Scene, { locks }: Holdfast): Promise<() => Promise<unknown>> {
  const lease = await scene.arrives(locks.acquire('job'));
  return () => lease.release();
}

export const inLine: Chapter = {
  'serves the callers of one process in the order in which they asked': async (scene) => {
    const holdfast = await scene.instance();
    const release = await heldBy(scene, holdfast);
    const turns: string[] = [];
    const work = ['a', 'b', 'c', 'd'].map((who) => takeTurn(holdfast, turns, who));
    await scene.inLine(holdfast, 'job', 1);
    await release();
    await scene.arrives(Promise.all(work));
    assert.deepEqual(turns, ['a', 'b', 'c', 'd']);
  },

  'serves processes in the order in which they came': async (scene) => {
    const replicas = await scene.instances(4);
    const [first] = replicas;
    assert.ok(first !== undefined);
    const release = await heldBy(scene, first);
    const turns: string[] = [];
    const work: Promise<void>[] = [];
    for (const replica of replicas) {
      work.push(takeTurn(replica, turns, replica.replica));
      await scene.inLine(first, 'job', work.length);
    }
    await release();
    await scene.arrives(Promise.all(work));
    assert.deepEqual(
      turns,
      replicas.map(({ replica }) => replica),
    );
  },

  'hands the lock over at once, without waiting for a poll': async (scene) => {
    const [one, other] = await scene.pair();
    const release = await heldBy(scene, one);
    const waiting = other.locks.acquire('job');
    await scene.inLine(one, 'job', 1);
    await release();
    const lease = await scene.arrives(waiting, TOLD_WITHIN_MS);
    assert.equal(lease.held, true);
    await scene.passTime(scene.ttlMs);
    assert.equal(lease.held, true, 'a grant that was handed over is confirmed and renewed');
    assert.equal(await scene.arrives(lease.release()), 'released');
  },

  'lets nobody barge past those in line': async (scene) => {
    const [one, other] = await scene.pair();
    const third = await scene.instance();
    for (let round = 0; round < 5; round += 1) {
      const release = await heldBy(scene, one);
      const waiting = other.locks.acquire('job');
      await scene.inLine(one, 'job', 1);
      const [, ...barged] = await scene.arrives(
        Promise.all([release(), third.locks.tryAcquire('job'), one.locks.tryAcquire('job')]),
      );
      assert.deepEqual(barged, [undefined, undefined]);
      await scene.arrives((await scene.arrives(waiting)).release());
    }
  },

  'lets nobody barge past those in line when the lock was deleted': async (scene) => {
    const [one, other] = await scene.pair();
    const third = await scene.instance();
    const release = await heldBy(scene, one);
    const waiting = other.locks.acquire('job');
    await scene.inLine(one, 'job', 1);
    await scene.deleteLocks();
    assert.equal(await scene.arrives(third.locks.tryAcquire('job')), undefined);
    await scene.arrives((await scene.arrives(waiting, TOLD_WITHIN_MS)).release());
    await release();
  },

  'lets nobody barge past those in line when the lease of the holder ends': async (scene) => {
    const { holdfast: doomed, die } = await scene.mortal();
    const [one, other] = await scene.pair();
    await scene.arrives(doomed.locks.acquire('job'));
    const waiting = new Watched(one.locks.acquire('job'));
    await scene.inLine(other, 'job', 1);
    await die();
    await scene.until('the one in line has its turn', async () => {
      assert.equal(await scene.arrives(other.locks.tryAcquire('job')), undefined);
      return waiting.settled;
    });
    assert.equal(waiting.progress.state, 'value');
  },

  'waits for ever when told to': async (scene) => {
    const [one, other] = [await scene.instance(), await scene.instance({ wait: 100 })];
    const release = await heldBy(scene, one);
    const waiting = scene.later(other.locks.acquire('job', { wait: 'forever' }));
    await scene.passTime(3 * scene.ttlMs);
    assert.equal((await scene.arrives(one.locks.inspect('job'))).waiting, 1);
    await release();
    await scene.arrives((await scene.arrives(waiting)).release());
  },

  'replaces a holder that died soon after its ttl': async (scene) => {
    const { holdfast: doomed, die } = await scene.mortal();
    const survivor = await scene.instance();
    await scene.arrives(doomed.locks.acquire('job'));
    const waiting = survivor.locks.acquire('job');
    await scene.inLine(survivor, 'job', 1);
    await die();
    const lease = await scene.arrives(waiting, scene.ttlMs + 1_000);
    await scene.arrives(lease.release());
  },

  'passes over a waiter that died': async (scene) => {
    const { holdfast: doomed, die } = await scene.mortal();
    const [one, other] = await scene.pair();
    const release = await heldBy(scene, one);
    void scene.later(doomed.locks.acquire('job'));
    await scene.inLine(one, 'job', 1);
    const waiting = other.locks.acquire('job');
    await scene.inLine(one, 'job', 2);
    await die();
    await release();
    const lease = await scene.arrives(waiting, TOLD_WITHIN_MS);
    await scene.arrives(lease.release());
  },
};
