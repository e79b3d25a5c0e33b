import assert from 'node:assert/strict';
import type { Chapter } from '../chapter.js';
import type { Scene } from '../scene.js';

/** Names that would meet if they were not told apart by what they are made of. */
const NEIGHBOURS = ['a', 'a@1', 'a@', '@a', 'a:job', 'a}:job', '{a}', 'a%7D', 'a#b', 'ä', 'a b', '%'];

/** A run of each of them, by name, when all are over. */
async function runOfEach(scene: Scene, names: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { jobs } = await scene.instance();
  const ran = new Map<string, number>();
  for (const name of names)
    jobs.define({ name, ttl: '20s' }, async (run) => {
      await run.saveCheckpoint(name);
      await run.progress(1, name);
      ran.set(run.job, (ran.get(run.job) ?? 0) + 1);
    });
  for (const name of names)
    await scene.until(`${name} begins`, async () => (await jobs.runNow(name)).outcome === 'started');
  await scene.until('all are over', () => ran.size === names.length);
  for (const name of names) {
    await scene.until(`${name} is written down`, async () => (await jobs.history(name)).length > 0);
    const [entry] = await scene.arrives(jobs.history(name));
    assert.deepEqual([entry?.kind, entry?.kind === 'run' && entry.note], ['run', name]);
  }
  return ran;
}

export const jobNames: Chapter = {
  'that are hostile are jobs like any other, and no two of them are one': async (scene) => {
    const ran = await runOfEach(scene, NEIGHBOURS);
    // As a set: on a cluster each may be kept by another server, and no order among them is promised.
    assert.deepEqual(ran, new Map(NEIGHBOURS.map((name) => [name, 1])));
  },

  'may be those of locks, which have nothing to do with them': async (scene) => {
    const { locks } = await scene.instance();
    const lease = await scene.arrives(locks.acquire('report'));
    const lastFence = async (): Promise<number> => (await locks.inspect('report')).lastFence;
    const before = await scene.arrives(lastFence());
    const ran = await runOfEach(scene, ['report']);
    assert.equal(ran.get('report'), 1);
    lease.assertHeld();
    assert.equal(await scene.arrives(lastFence()), before);
    assert.equal(await scene.arrives(lease.release()), 'released');
  },
};
