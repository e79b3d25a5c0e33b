import assert from 'node:assert/strict';
import { LockConfigError } from '@holdfast/core';
import type { Chapter } from '../chapter.js';
import { A_SECOND_MS, Crew, EVERY_SECOND, JOB } from './crew.js';
import { wordOf } from './entries.js';
import { Stays } from './stays.js';

export const byHand: Chapter = {
  'pause stops the ticks in every instance, and resume goes on without making up for any': async (scene) => {
    const crew = new Crew(scene, { ...EVERY_SECOND, missed: 'all' });
    await crew.hire(3);
    const outsider = await crew.outsider();
    await crew.runs(1);
    assert.equal(await scene.arrives(outsider.pause(JOB)), true);
    assert.equal(await scene.arrives(outsider.pause(JOB)), false);
    const before = crew.begun.length;
    for (const entry of await crew.skips(2)) assert.equal(wordOf(entry), 'skipped:paused');
    assert.equal(crew.begun.length, before);
    assert.equal(await scene.arrives(outsider.resume(JOB)), true);
    assert.equal(await scene.arrives(outsider.resume(JOB)), false);
    const { run } = await crew.begins(before + 1);
    for (const { scheduledAt } of await crew.skips(2)) assert.ok(scheduledAt < run.scheduledAt);
  },

  'pause is known in every instance within a second, and so is resume': async (scene) => {
    const crew = new Crew(scene);
    const [one, other] = [await crew.join({}), await crew.join({})];
    const known = (paused: boolean): boolean =>
      [one, other].every(({ jobs }) => jobs.list()[0]?.paused === paused);
    await scene.arrives(one.jobs.pause(JOB));
    await scene.until('both know it', () => known(true), A_SECOND_MS);
    assert.equal((await scene.arrives(other.jobs.inspect(JOB))).paused, true);
    await scene.arrives(other.jobs.resume(JOB));
    await scene.until('both know it', () => known(false), A_SECOND_MS);
  },

  'pause lets what runs go on, and outlives all instances': async (scene) => {
    const stays = new Stays(scene);
    const crew = new Crew(scene, {}, stays.body);
    await crew.hire(1);
    await crew.runNow();
    const stay = await stays.come(1);
    await scene.arrives(crew.jobs.pause(JOB));
    await scene.passTime(A_SECOND_MS);
    stay.run.assertHeld();
    stay.leave();
    const [run] = await crew.runs(1);
    assert.equal(run?.outcome, 'ok');
    await crew.goHome();
    await crew.hire(1);
    const { jobs } = crew;
    await scene.until('the new one knows it', () => jobs.list()[0]?.paused === true, A_SECOND_MS);
  },

  'run now begins at once in the instance that is asked, also when the job is paused': async (scene) => {
    const crew = new Crew(scene);
    await crew.hire(1);
    const { jobs, replica } = await crew.join({});
    await scene.arrives(jobs.pause(JOB));
    const outcome = await crew.runNow(jobs);
    const begun = await crew.begins(1, A_SECOND_MS);
    assert.deepEqual(outcome, { outcome: 'started', run: begun.run.id, fence: begun.run.fence });
    assert.deepEqual([begun.replica, begun.run.manual, begun.run.attempt], [replica, true, 1]);
    const [run] = await crew.runs(1);
    assert.deepEqual([run?.run, run?.outcome, run?.replica], [begun.run.id, 'ok', replica]);
  },

  'run now of an instance that has not the job begins within a second in one that has, once': async (
    scene,
  ) => {
    const crew = new Crew(scene);
    await crew.hire(3);
    const outsider = await crew.outsider();
    assert.deepEqual(await crew.runNow(outsider), { outcome: 'queued' });
    const { run } = await crew.begins(1, A_SECOND_MS);
    assert.ok(run.manual);
    await scene.passTime(A_SECOND_MS);
    assert.equal(crew.begun.length, 1);
  },

  'run now of a job that nobody has is unknown, and of a bad name refused': async (scene) => {
    const crew = new Crew(scene);
    await crew.hire(1);
    const outsider = await crew.outsider();
    assert.deepEqual(await scene.arrives(outsider.runNow('of nobody')), { outcome: 'unknown' });
    await scene.fails(outsider.runNow(''), LockConfigError);
    await scene.fails(outsider.pause(''), LockConfigError);
  },
};
