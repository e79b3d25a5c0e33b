import assert from 'node:assert/strict';
import { LeaseLostError } from '@holdfast/core';
import type { Chapter } from '../chapter.js';
import type { Scene } from '../scene.js';
import { Crew, JOB } from './crew.js';
import { assertOneAfterTheOther, type RunEntry } from './entries.js';
import { Stays } from './stays.js';

/** What replicas promise: they look for lost runs twice a second. */
const takenUpWithin = (scene: Scene): number => scene.ttlMs + 1_000;

const told = (runs: readonly RunEntry[]) =>
  runs.map(({ outcome, replica, attempt }) => [outcome, replica, attempt]);

/** A run inside a process that may die, with a checkpoint. */
async function runThatMayDie(scene: Scene, crew: Crew, stays: Stays) {
  const mortal = await crew.joinMortal();
  await crew.runNow();
  const stay = await stays.come(1);
  await scene.arrives(stay.run.saveCheckpoint({ done: ['a', 'b'] }));
  return { ...mortal, stay };
}

export const crashes: Chapter = {
  'with onCrash: rerun another instance goes on within the ttl and a second, from the last checkpoint':
    async (scene) => {
      const stays = new Stays(scene);
      const crew = new Crew(scene, { ttl: scene.ttlMs, onCrash: 'rerun' }, stays.body);
      const { die, stay } = await runThatMayDie(scene, crew, stays);
      const { jobs } = await crew.join({});
      await die();
      const again = await stays.come(2, takenUpWithin(scene));
      const { id, attempt, checkpoint, tries } = again.run;
      assert.deepEqual([id, attempt, checkpoint, tries], [stay.run.id, 2, { done: ['a', 'b'] }, 1]);
      assert.ok(again.run.fence > stay.run.fence);
      await scene.until('the first one is told', () => stay.run.signal.aborted, scene.ttlMs);
      again.leave();
      await scene.until('it is over', async () => (await jobs.history(JOB)).length === 2);
      const runs = (await crew.ends(jobs)).filter((entry) => entry.kind === 'run');
      assert.deepEqual(told(runs).toSorted(byAttempt), [
        ['lost', 'replica-1', 1],
        ['ok', 'replica-2', 2],
      ]);
      assertOneAfterTheOther(runs);
    },

  'a run that was taken over saves, says and ends nothing when its process comes back': async (scene) => {
    const stays = new Stays(scene, { deaf: true });
    const crew = new Crew(scene, { ttl: scene.ttlMs, onCrash: 'rerun' }, stays.body);
    const { holdfast, die, revive, stay } = await runThatMayDie(scene, crew, stays);
    const { jobs } = await crew.join({});
    await die();
    const again = await stays.come(2, takenUpWithin(scene));
    assert.equal(await scene.arrives(again.run.progress(0.5, 'of the second')), true);
    await revive();
    await reaches(scene, () => holdfast.jobs.inspect(JOB));
    assert.equal(await scene.arrives(stay.run.progress(0.9, 'of the first')), false);
    await scene.fails(stay.run.saveCheckpoint('late'), LeaseLostError);
    stay.leave();
    await scene.until('it is over here', () => holdfast.jobs.list()[0]?.runningHere === 0);
    const { running } = await scene.arrives(jobs.inspect(JOB));
    assert.deepEqual(
      running.map(({ attempt, fence, note }) => [attempt, fence, note]),
      [[2, again.run.fence, 'of the second']],
    );
    assert.deepEqual(again.run.checkpoint, { done: ['a', 'b'] });
    again.leave();
    const runs = await crew.runs(2);
    assert.deepEqual(told(runs).toSorted(byAttempt), [
      ['lost', 'replica-1', 1],
      ['ok', 'replica-2', 2],
    ]);
  },

  'with onCrash: record the run is written down as lost, and the job is free again': async (scene) => {
    const stays = new Stays(scene);
    const crew = new Crew(scene, { ttl: scene.ttlMs, onCrash: 'record' }, stays.body);
    const { die } = await runThatMayDie(scene, crew, stays);
    const { jobs } = await crew.join({});
    await die();
    await scene.until('it is lost', async () => (await jobs.history(JOB)).length > 0, takenUpWithin(scene));
    assert.equal(crew.begun.length, 1);
    assert.equal((await crew.runNow(jobs)).outcome, 'started');
    const { run } = await stays.come(2);
    assert.deepEqual([run.attempt, run.checkpoint], [1, undefined]);
    stays.leave();
    await scene.until('both are over', async () => (await jobs.history(JOB)).length === 2);
    const { counts } = await scene.arrives(jobs.inspect(JOB));
    assert.deepEqual([counts['lost'], counts['ok']], [1, 1]);
  },

  'are followed by no more attempts than were asked for': async (scene) => {
    const stays = new Stays(scene);
    const crew = new Crew(scene, { ttl: scene.ttlMs, onCrash: 'rerun', attempts: 2 }, stays.body);
    const first = await runThatMayDie(scene, crew, stays);
    const second = await crew.joinMortal();
    await first.die();
    await stays.come(2, takenUpWithin(scene));
    await second.die();
    const { jobs } = await crew.join({});
    await scene.until('both are lost', async () => (await jobs.inspect(JOB)).counts['lost'] === 2);
    await scene.passTime(scene.ttlMs);
    assert.equal(crew.begun.length, 2);
    assert.deepEqual((await scene.arrives(jobs.inspect(JOB))).running, []);
  },
};

function byAttempt(one: readonly unknown[], other: readonly unknown[]): number {
  return Number(one[2]) - Number(other[2]);
}

/** Lets time pass until an instance that was cut off is answered again. */
function reaches(scene: Scene, ask: () => Promise<unknown>): Promise<void> {
  return scene.until('it is answered again', () =>
    scene.arrives(ask()).then(
      () => true,
      () => false,
    ),
  );
}
