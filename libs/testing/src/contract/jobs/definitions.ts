import assert from 'node:assert/strict';
import { LockConfigError, type Holdfast } from '@holdfast/core';
import type { Chapter } from '../chapter.js';
import { A_SECOND_MS, Crew, EVERY_SECOND, JOB, YEARLY } from './crew.js';
import { assertInARow } from './entries.js';
import { Stays } from './stays.js';

const NIGHTLY = '0 3 1 7 *';
const HOURLY = '0 5 1 7 *';

/** Of two that are registered in the same millisecond the first one holds. */
const A_MOMENT_MS = 2;

const cronOf = ({ jobs }: Holdfast): string | undefined => jobs.list()[0]?.cron;
const allGoBy = (cron: string, replicas: readonly Holdfast[]) => (): boolean =>
  replicas.every((replica) => cronOf(replica) === cron);

export const definitions: Chapter = {
  'that come later hold for all, and an old instance that starts again changes nothing': async (scene) => {
    const crew = new Crew(scene);
    const old = await crew.join({ job: { cron: NIGHTLY } });
    await scene.passTime(A_MOMENT_MS);
    const newer = await crew.join({ job: { cron: HOURLY } });
    await scene.until('all go by the newer', allGoBy(HOURLY, [old, newer]), A_SECOND_MS);
    const again = await crew.join({ job: { cron: NIGHTLY } });
    await scene.until('it learns of the newer', allGoBy(HOURLY, [again]), A_SECOND_MS);
    await scene.passTime(A_SECOND_MS);
    assert.ok(allGoBy(HOURLY, [old, newer, again])());
  },

  'of a higher version hold, whenever they come': async (scene) => {
    const crew = new Crew(scene);
    const two = await crew.join({ job: { cron: NIGHTLY, version: 2 } });
    await scene.passTime(A_MOMENT_MS);
    const one = await crew.join({ job: { cron: HOURLY, version: 1 } });
    await scene.until('the older gives way', allGoBy(NIGHTLY, [one, two]), A_SECOND_MS);
    const three = await crew.join({ job: { cron: YEARLY, version: 3 } });
    await scene.until('all go by the highest', allGoBy(YEARLY, [one, two, three]), A_SECOND_MS);
  },

  'differ by any option, not only by the schedule: all go by those that hold': async (scene) => {
    const stays = new Stays(scene);
    const crew = new Crew(scene, {}, stays.body);
    const skipping = await crew.join({ job: { overlap: 'skip' } });
    await crew.runNow();
    assert.deepEqual(await crew.runNow(), { outcome: 'skipped', reason: 'overlap' });
    await crew.join({ job: { overlap: 'queue-one' } });
    await scene.until(
      'the old one queues',
      async () => (await skipping.jobs.runNow(JOB)).outcome === 'queued',
      A_SECOND_MS,
    );
    assert.match((await scene.arrives(skipping.jobs.inspect(JOB))).waiting ?? '', /^manual-/);
  },

  'are shared while they are replaced: each tick runs once, whichever version runs it': async (scene) => {
    const crew = new Crew(scene, EVERY_SECOND);
    const old = await crew.join({ replica: 'old', job: { cron: YEARLY } });
    await scene.passTime(A_MOMENT_MS);
    const newer = await crew.join({ replica: 'newer' });
    await crew.runs(1);
    await scene.until('the old one takes part', allGoBy('* * * * * *', [old]), A_SECOND_MS);
    const runs = await crew.runs(2);
    assertInARow(runs);
    await scene.arrives(newer.close(0));
    const all = await crew.runs(runs.length + 2);
    assertInARow(all);
    assert.equal(all.at(-1)?.replica, 'old');
    assert.equal(new Set(crew.begun.map(({ run }) => run.id)).size, crew.begun.length);
  },

  'of others are left alone by who does not know them': async (scene) => {
    const { jobs } = await scene.instance({ replica: 'stranger' });
    jobs.define({ name: 'another' }, () => assert.fail('nobody asked for it'));
    const crew = new Crew(scene);
    await crew.hire(1);
    assert.deepEqual(await scene.arrives(jobs.runNow(JOB)), { outcome: 'queued' });
    const { replica } = await crew.begins(1, A_SECOND_MS);
    assert.equal(replica, 'replica-1');
    assert.deepEqual(
      jobs.list().map(({ name }) => name),
      ['another'],
    );
    assert.deepEqual(
      (await crew.runs(1)).map(({ outcome }) => outcome),
      ['ok'],
    );
    assert.deepEqual((await crew.ends()).length, 1);
  },

  'that cannot work are refused with every fault, and so is a second one of a name': async (scene) => {
    const { jobs } = await scene.instance();
    const refusal = (define: () => void): readonly string[] => {
      try {
        define();
      } catch (error) {
        if (LockConfigError.is(error)) return error.faults;
      }
      return assert.fail('expected LockConfigError');
    };
    const faults = refusal(() =>
      jobs.define({ name: JOB, cron: '* * *', timeZone: 'Nowhere', attempts: 0 }, () => undefined),
    );
    for (const part of ['* * *', 'Nowhere', 'attempts'])
      assert.ok(
        faults.some((fault) => fault.includes(part)),
        `no fault about ${part}: ${faults.join('; ')}`,
      );
    assert.deepEqual(jobs.list(), []);
    jobs.define({ name: JOB }, () => undefined);
    const [second] = refusal(() => jobs.define({ name: JOB }, () => undefined));
    assert.match(second ?? '', /another job of this process/);
  },
};
