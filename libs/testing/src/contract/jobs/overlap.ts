import assert from 'node:assert/strict';
import type { JobHistoryEntry } from '@holdfast/core';
import type { Chapter } from '../chapter.js';
import { A_SECOND_MS, Crew, EVERY_SECOND, JOB } from './crew.js';
import { assertInARow, assertOneAfterTheOther, wordOf, type RunEntry } from './entries.js';
import { Stays } from './stays.js';

const words = (entries: readonly JobHistoryEntry[]): readonly string[] => entries.map(wordOf);

/** Each began before the one in front of it was over. */
function assertSideBySide(runs: readonly RunEntry[]): void {
  for (const [at, run] of runs.entries())
    assert.ok(at === 0 || run.startedAt < (runs[at - 1]?.endedAt ?? 0), `${run.run} waited`);
}

export const overlap: Chapter = {
  'skip: what is due meanwhile is skipped, and the first tick behind the run is not': async (scene) => {
    const stays = new Stays(scene);
    const crew = new Crew(scene, { ...EVERY_SECOND, overlap: 'skip' }, stays.body);
    await crew.hire(2);
    await stays.come(1);
    await crew.skips(2);
    stays.leave();
    (await stays.come(2)).leave();
    const runs = await crew.runs(2);
    assertOneAfterTheOther(runs);
    const ends = (await crew.ends()).filter(({ scheduledAt }) => scheduledAt <= (runs[1]?.scheduledAt ?? 0));
    assertInARow(ends);
    assert.deepEqual(words(ends), ['ok', ...ends.slice(2).map(() => 'skipped:overlap'), 'ok']);
    assert.ok(ends.length >= 4);
  },

  'queue-one: the first tick waits and begins with the end of the run; those behind it are skipped': async (
    scene,
  ) => {
    const stays = new Stays(scene);
    const crew = new Crew(scene, { ...EVERY_SECOND, overlap: 'queue-one' }, stays.body);
    await crew.hire(2);
    const first = await stays.come(1);
    const skipped = await crew.skips(2);
    const { waiting } = await scene.arrives(crew.jobs.inspect(JOB));
    assert.equal(waiting, String(first.run.scheduledAt + 1_000));
    first.leave();
    const second = await stays.come(2, A_SECOND_MS);
    assert.equal(second.run.id, waiting);
    second.leave();
    const runs = await crew.runs(2);
    assertOneAfterTheOther(runs);
    assert.deepEqual([runs[1]?.replica, runs[1]?.startedAt], [runs[0]?.replica, runs[0]?.endedAt]);
    const ends = [...runs, ...skipped].toSorted((one, other) => one.scheduledAt - other.scheduledAt);
    assertInARow(ends);
    assert.deepEqual(words(ends), ['ok', 'ok', 'skipped:overlap', 'skipped:overlap']);
  },

  'cancel-previous: the run is told to stop, and the tick begins when that is over': async (scene) => {
    const stays = new Stays(scene);
    const crew = new Crew(scene, { ...EVERY_SECOND, overlap: 'cancel-previous' }, stays.body);
    await crew.hire(2);
    const first = await stays.come(1);
    await stays.come(3);
    assert.ok(first.run.signal.aborted);
    const runs = await crew.runs(2);
    assert.deepEqual(words(runs), ['cancelled', 'cancelled']);
    assertOneAfterTheOther(runs);
  },

  'allow: runs go on side by side, each with a fence of its own': async (scene) => {
    const stays = new Stays(scene);
    const crew = new Crew(scene, { ...EVERY_SECOND, overlap: 'allow' }, stays.body);
    await crew.hire(2);
    await stays.come(3);
    const { running } = await scene.arrives(crew.jobs.inspect(JOB));
    assert.ok(running.length >= 3);
    await scene.arrives(crew.jobs.pause(JOB));
    stays.leave();
    const runs = await crew.runs(3);
    assertInARow(runs);
    assert.deepEqual(words(runs), ['ok', 'ok', 'ok']);
    assertSideBySide(runs);
    const fences = runs.map(({ fence }) => fence);
    assert.deepEqual(
      fences,
      [...new Set(fences)].toSorted((a, b) => a - b),
    );
  },

  'is the same for runs that somebody asks for': async (scene) => {
    const said = async (policy: 'skip' | 'queue-one' | 'cancel-previous' | 'allow') => {
      const stays = new Stays(scene);
      const { jobs } = await scene.instance({ replica: policy });
      jobs.define({ name: policy, overlap: policy, ttl: '20s' }, stays.body);
      const ask = async (): Promise<string> => (await scene.arrives(jobs.runNow(policy))).outcome;
      await scene.until('the first one begins', async () => (await ask()) === 'started');
      const outcomes = [await ask(), await ask()];
      stays.leave();
      return outcomes;
    };
    assert.deepEqual(await said('skip'), ['skipped', 'skipped']);
    assert.deepEqual(await said('queue-one'), ['queued', 'skipped']);
    assert.deepEqual(await said('cancel-previous'), ['queued', 'queued']);
    assert.deepEqual(await said('allow'), ['started', 'started']);
  },
};
