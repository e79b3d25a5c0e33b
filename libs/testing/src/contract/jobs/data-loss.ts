import assert from 'node:assert/strict';
import { LeaseLostError } from '@holdfast/core';
import type { Chapter } from '../chapter.js';
import type { Scene } from '../scene.js';
import { A_SECOND_MS, Crew, EVERY_SECOND } from './crew.js';
import { Stays } from './stays.js';

async function deleteRecords(scene: Scene): Promise<void> {
  await scene.deleteKeys((await scene.keys()).filter((key) => key.endsWith(':runs')));
}

export const dataLoss: Chapter = {
  'of a run is told at its next renewal, and the run says, saves and ends nothing': async (scene) => {
    const stays = new Stays(scene, { deaf: true });
    const crew = new Crew(scene, { ttl: scene.ttlMs }, stays.body);
    await crew.hire(1);
    await crew.runNow();
    const { run } = await stays.come(1);
    const { signal } = run;
    await deleteRecords(scene);
    assert.equal(await scene.arrives(run.progress(0.5)), false);
    await scene.until('the signal aborts', () => signal.aborted, scene.ttlMs / 2);
    assert.ok(LeaseLostError.is(signal.reason) && signal.reason.reason === 'taken');
    await scene.fails(run.saveCheckpoint('late'), LeaseLostError);
    stays.leave();
    const [entry] = await crew.runs(1);
    assert.equal(entry?.outcome, 'lost');
  },

  'of a run is told by the first checkpoint that it wants to save': async (scene) => {
    const stays = new Stays(scene);
    const crew = new Crew(scene, {}, stays.body);
    await crew.hire(1);
    await crew.runNow();
    const { run } = await stays.come(1);
    await deleteRecords(scene);
    run.assertHeld();
    const error = await scene.fails(run.saveCheckpoint('late'), LeaseLostError);
    assert.deepEqual([error.reason, error.fence, run.signal.aborted], ['taken', run.fence, true]);
    assert.throws(() => run.assertHeld(), LeaseLostError);
  },

  'of all that is known of a job lets it go on within a second, no tick twice and under higher fences':
    async (scene) => {
      const crew = new Crew(scene, { ...EVERY_SECOND, missed: 'all' });
      await crew.hire(2);
      await crew.runs(2);
      await scene.deleteKeys(await scene.keys());
      const before = crew.begun.length;
      // Known again with the next poll, and then the next tick comes.
      const last = await crew.begins(before + 1, 2 * A_SECOND_MS);
      const earlier = crew.begun.slice(0, before).map(({ run }) => run);
      assert.ok(earlier.every(({ fence }) => fence < last.run.fence));
      await crew.runs(2);
      const ids = crew.begun.map(({ run }) => run.id);
      assert.deepEqual(ids, [...new Set(ids)]);
    },
};
