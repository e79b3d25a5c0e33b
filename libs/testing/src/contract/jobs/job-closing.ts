import assert from 'node:assert/strict';
import { LeaseLostError, LockUnavailableError } from '@holdfast/core';
import type { Chapter } from '../chapter.js';
import { A_SECOND_MS, Crew, EVERY_SECOND, JOB } from './crew.js';
import { Stays } from './stays.js';

/** Far longer than any of these tests: who waits for it fails. */
const LONG_TTL = '20s';
const MORE_THAN_A_TICK_MS = 1_300;

export const jobClosing: Chapter = {
  'leaves what runs to another instance at once, with its checkpoint, when the grace is over': async (
    scene,
  ) => {
    const stays = new Stays(scene, { deaf: true });
    const crew = new Crew(scene, { ttl: LONG_TTL, onCrash: 'rerun' }, stays.body);
    const leaver = await crew.join({});
    await crew.runNow();
    const { run } = await stays.come(1);
    const { signal } = run;
    await scene.arrives(run.saveCheckpoint('half'));
    const { jobs } = await crew.join({});
    await scene.arrives(leaver.close(50), A_SECOND_MS);
    assert.ok(LeaseLostError.is(signal.reason) && signal.reason.reason === 'closed');
    const again = await stays.come(2, A_SECOND_MS);
    assert.deepEqual([again.run.id, again.run.attempt, again.run.checkpoint], [run.id, 2, 'half']);
    assert.equal(await scene.arrives(run.progress(1)), false);
    await scene.fails(run.saveCheckpoint('late'), LeaseLostError);
    again.leave();
    await scene.until('both are written down', async () => (await jobs.history(JOB)).length === 2);
    const { counts, running } = await scene.arrives(jobs.inspect(JOB));
    assert.deepEqual([counts['lost'], counts['ok'], running], [1, 1, []]);
  },

  'writes down as lost, at once, what runs and is not to be run again': async (scene) => {
    const stays = new Stays(scene);
    const crew = new Crew(scene, { ttl: LONG_TTL }, stays.body);
    const leaver = await crew.join({});
    await crew.runNow();
    await stays.come(1);
    const { jobs } = await crew.join({});
    await scene.arrives(leaver.close(0), A_SECOND_MS);
    await scene.until('it is lost', async () => (await jobs.inspect(JOB)).counts['lost'] === 1, A_SECOND_MS);
    assert.deepEqual((await scene.arrives(jobs.inspect(JOB))).running, []);
    assert.equal(crew.begun.length, 1);
  },

  'waits for what runs within its grace, and that counts': async (scene) => {
    const stays = new Stays(scene);
    const crew = new Crew(scene, { ttl: scene.ttlMs, onCrash: 'rerun' }, stays.body);
    const leaver = await crew.join({});
    await crew.runNow();
    const stay = await stays.come(1);
    const { jobs } = await crew.join({});
    const closed = leaver.close(60_000);
    await scene.passTime(1.5 * scene.ttlMs);
    stay.run.assertHeld();
    stay.leave();
    await scene.arrives(closed, A_SECOND_MS);
    const { counts, running } = await scene.arrives(jobs.inspect(JOB));
    assert.deepEqual([counts['ok'], counts['lost'], running], [1, undefined, []]);
    assert.equal(crew.begun.length, 1);
  },

  'begins nothing from then on: ticks are run by others, and so is what waits': async (scene) => {
    const stays = new Stays(scene);
    const crew = new Crew(scene, { ...EVERY_SECOND, overlap: 'queue-one' }, stays.body);
    const leaver = await crew.join({ replica: 'leaver' });
    const stay = await stays.come(1);
    await scene.until('a tick waits', async () => (await leaver.jobs.inspect(JOB)).waiting !== undefined);
    await crew.join({ replica: 'other' });
    const closed = leaver.close(60_000);
    stay.leave();
    await scene.arrives(closed, A_SECOND_MS);
    const next = await stays.come(2, A_SECOND_MS);
    assert.equal(next.run.scheduledAt, stay.run.scheduledAt + 1_000);
    next.leave();
    await stays.come(3);
    assert.deepEqual(
      crew.begun.map(({ replica }) => replica),
      ['leaver', 'other', 'other'],
    );
    await scene.fails(leaver.jobs.runNow(JOB), LockUnavailableError);
  },

  'can be prepared by stopJobs, which waits for the runs of now and tells how many are left': async (
    scene,
  ) => {
    const stays = new Stays(scene);
    const crew = new Crew(scene, EVERY_SECOND, stays.body);
    const { jobs, stopJobs } = await crew.join({});
    const stay = await stays.come(1);
    assert.equal(await scene.arrives(stopJobs(50)), 1);
    const stopped = stopJobs(60_000);
    await scene.passTime(MORE_THAN_A_TICK_MS);
    stay.run.assertHeld();
    stay.leave();
    assert.equal(await scene.arrives(stopped, A_SECOND_MS), 0);
    await scene.passTime(MORE_THAN_A_TICK_MS);
    assert.equal(crew.begun.length, 1);
    const { counts, running } = await scene.arrives(jobs.inspect(JOB));
    assert.deepEqual([counts['ok'], running], [1, []]);
  },
};
