import assert from 'node:assert/strict';
import type { Chapter } from '../chapter.js';
import { A_SECOND_MS, Crew, EVERY_SECOND, JOB } from './crew.js';
import { assertInARow, assertOneAfterTheOther } from './entries.js';
import { Stays } from './stays.js';

/** By the server's clock. */
const EARLY_MS = 50;
/** Longer than a period. */
const MORE_THAN_A_TICK_MS = 1_300;

export const ticks: Chapter = {
  'run once each, in order and under growing fences, whatever the number of instances': async (scene) => {
    const crew = new Crew(scene, EVERY_SECOND);
    await crew.hire(3);
    const runs = await crew.runs(4);
    assertInARow(runs);
    assertOneAfterTheOther(runs);
    assert.deepEqual(
      crew.begun.slice(0, 4).map(({ run }) => run.id),
      runs.map(({ run }) => run),
    );
    for (const { run, outcome, attempt, scheduledAt } of runs)
      assert.deepEqual([outcome, attempt, run], ['ok', 1, String(scheduledAt)]);
  },

  'do not run before their time': async (scene) => {
    const crew = new Crew(scene, EVERY_SECOND);
    await crew.hire(3);
    for (const { run, startedAt, scheduledAt } of await crew.runs(3))
      assert.ok(startedAt >= scheduledAt - EARLY_MS, `${run} began at ${startedAt}`);
  },

  'are those that nextRuns tells, in any instance': async (scene) => {
    const crew = new Crew(scene, EVERY_SECOND);
    await crew.hire(2);
    await crew.runs(1);
    const told = crew.jobs.nextRuns(JOB, 2);
    assert.equal(crew.jobs.list()[0]?.nextRunAt, told[0]);
    await scene.until('both were run', async () => {
      const ran = (await crew.ends()).map(({ scheduledAt }) => scheduledAt);
      return told.length === 2 && told.every((tick) => ran.includes(tick));
    });
  },

  'there are none of for a job without a schedule, which runs when it is asked to': async (scene) => {
    const crew = new Crew(scene);
    await crew.hire(2);
    const [summary] = crew.jobs.list();
    assert.deepEqual(
      [summary?.cron, summary?.nextRunAt, crew.jobs.nextRuns(JOB, 3)],
      [undefined, undefined, []],
    );
    await scene.passTime(MORE_THAN_A_TICK_MS);
    assert.deepEqual(crew.begun, []);
    assert.equal((await crew.runNow()).outcome, 'started');
    const { run } = await crew.begins(1);
    assert.ok(run.manual);
    await crew.runs(1);
  },

  'are not claimed by an instance that runs no jobs, and are by one that does': async (scene) => {
    const office = await scene.instance({ replica: 'office', jobs: { enabled: false } });
    office.jobs.define({ name: JOB, cron: '* * * * * *' }, () => assert.fail('ran where nothing may run'));
    await scene.passTime(MORE_THAN_A_TICK_MS);
    assert.deepEqual(await scene.arrives(office.jobs.history(JOB)), []);
    const crew = new Crew(scene, EVERY_SECOND);
    await crew.hire(1);
    for (const { replica, outcome } of await crew.runs(2))
      assert.deepEqual([replica, outcome], ['replica-1', 'ok']);
    assert.equal(office.jobs.list()[0]?.runningHere, 0);
  },

  'of one job do not wait for another': async (scene) => {
    const stays = new Stays(scene);
    const crew = new Crew(scene, EVERY_SECOND);
    const { jobs } = await crew.join({});
    jobs.define({ name: 'slow', cron: '* * * * * *', ttl: '20s' }, stays.body);
    await stays.come(1);
    const already = crew.begun.length;
    await crew.runs(already + 2);
    assert.equal(jobs.list().find(({ name }) => name === 'slow')?.runningHere, 1);
    stays.leave();
    await scene.until('the other is over', async () => (await jobs.history('slow')).length > 0, A_SECOND_MS);
  },
};
