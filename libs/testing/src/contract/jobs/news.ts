import assert from 'node:assert/strict';
import type { Holdfast, JobEvent, JobHistoryEntry } from '@holdfast/core';
import type { Chapter } from '../chapter.js';
import { A_SECOND_MS, Crew, EVERY_SECOND, JOB, YEARLY } from './crew.js';
import { assertInARow, wordOf } from './entries.js';
import { Stays } from './stays.js';
import { Told, type EventOf } from './told.js';

const NIGHTLY = '0 3 1 7 *';
const SECONDLY = '* * * * * *';
const EVEN = '*/2 * * * * *';
/** Of two that are registered in the same millisecond the first one holds. */
const A_MOMENT_MS = 2;
/** So long a busy machine may take to run a tick, unless the test means it. */
const OVERDUE_MS = 800;

/** When what it goes by changed in an instance, and to what. */
function changesOf(told: Told, holdfast: Holdfast): readonly unknown[] {
  const changes = told.of(holdfast, 'definition-superseded', 'definition-restored');
  return changes.map(({ type, own, held }) => [type, own, held]);
}

const scheduleOf = (cron: string) => ({ cron, timeZone: 'UTC' });
const superseded = (own: string, held: string) => [
  'definition-superseded',
  scheduleOf(own),
  scheduleOf(held),
];

const typesOf = (events: readonly JobEvent[]): readonly string[] => events.map(({ type }) => type);

export const news: Chapter = {
  'is told of a run when it begins and when it is over, by the instance that runs it': (scene) =>
    Told.during(async (told) => {
      const crew = new Crew(scene, {}, (run) => {
        if (crew.begun.length === 2) throw new Error('secret');
        return run.saveCheckpoint('secret');
      });
      const runner = await crew.join({});
      const other = await crew.join({});
      for (const runs of [1, 2]) {
        await crew.runNow(runner.jobs);
        await crew.runs(runs);
      }
      const ended = () => told.of(runner, 'run-ended');
      await scene.until('both ends are told', () => ended().length === 2, A_SECOND_MS);
      const history = await crew.runs(2);
      assert.deepEqual(typesOf(told.by(runner)), ['run-started', 'run-ended', 'run-started', 'run-ended']);
      const about = ({ job, run, scheduledAt, fence, attempt }: EventOf<'run-started' | 'run-ended'>) => [
        ...[job, run, scheduledAt, fence, attempt],
      ];
      const expected = history.map(({ run, scheduledAt, fence }) => [JOB, run, scheduledAt, fence, 1]);
      assert.deepEqual(told.of(runner, 'run-started').map(about), expected);
      assert.deepEqual(ended().map(about), expected);
      assert.deepEqual(
        ended().map(({ outcome, recorded }) => [outcome, recorded]),
        [
          ['ok', true],
          ['failed', true],
        ],
      );
      assert.ok(ended().every(({ durationMs }) => durationMs >= 0));
      assert.ok(!JSON.stringify(told.by(runner)).includes('secret'));
      assert.deepEqual(told.by(other), []);
    }),

  'is told of a tick that is skipped, once, and of a pause in every instance': (scene) =>
    Told.during(async (told) => {
      const stays = new Stays(scene);
      const crew = new Crew(scene, EVERY_SECOND, stays.body);
      const replicas = [await crew.join({}), await crew.join({})];
      const skips = () => replicas.flatMap((replica) => told.of(replica, 'tick-skipped'));
      await stays.come(1);
      await scene.until('a tick is skipped', () => skips().length > 0);
      const [first] = await crew.skips(1);
      assert.ok(first !== undefined);
      const about = skips().filter(({ scheduledAt }) => scheduledAt === first.scheduledAt);
      assert.deepEqual(
        about.map(({ reason }) => reason),
        [first.reason],
      );
      await scene.arrives(crew.jobs.pause(JOB));
      const changes = () => replicas.map((replica) => typesOf(told.of(replica, 'paused', 'resumed')));
      const allTold = (...types: readonly string[]) =>
        scene.until(`${types.join()} is told`, () => changes().every((seen) => seen.join() === types.join()));
      await allTold('paused');
      await scene.until('a tick is skipped for that', () =>
        skips().some(({ reason }) => reason === 'paused'),
      );
      await scene.arrives(crew.jobs.resume(JOB));
      await allTold('paused', 'resumed');
      stays.leave();
    }),

  'is that a job is overdue, while no run of it ends well, and health says so until one does': (scene) =>
    Told.during(async (told) => {
      let well = false;
      const job = { ...EVERY_SECOND, overdueAfter: OVERDUE_MS };
      const crew = new Crew(scene, job, () => {
        if (!well) throw new Error('not yet');
      });
      const replicas = [await crew.join({}), await crew.join({})];
      const telling = () => replicas.map((replica) => told.of(replica, 'overdue', 'recovered'));
      const toldBy = (events: number) => () => telling().every((seen) => seen.length >= events);
      await scene.until('all tell that it is overdue', toldBy(1));
      for (const [at, { health, jobs }] of replicas.entries()) {
        const [overdue] = telling()[at] ?? [];
        assert.ok(overdue?.type === 'overdue' && overdue.expectedBy === overdue.scheduledAt + OVERDUE_MS);
        assert.equal(jobs.list()[0]?.overdueSince, overdue.scheduledAt);
        const now = await scene.arrives(health());
        assert.ok(now.status === 'degraded');
        assert.deepEqual(now.overdue, [{ job: JOB, since: overdue.scheduledAt }]);
      }
      well = true;
      await scene.until('all tell that it is over', toldBy(2));
      for (const seen of telling()) assert.deepEqual(typesOf(seen), ['overdue', 'recovered']);
      for (const { health } of replicas) assert.equal((await scene.arrives(health())).status, 'up');
    }),

  'is that another definition holds, and the old instance shares its ticks: none is lost, none is doubled': (
    scene,
  ) =>
    Told.during(async (told) => {
      const crew = new Crew(scene, EVERY_SECOND);
      const old = await crew.join({ replica: 'old', version: '1', job: { cron: EVEN } });
      await crew.runs(1);
      await scene.passTime(A_MOMENT_MS);
      const newer = await crew.join({ replica: 'newer', version: '2' });
      await scene.until('the old one tells it', () => changesOf(told, old).length === 1, A_SECOND_MS);
      assert.deepEqual(changesOf(told, old), [superseded(EVEN, SECONDLY)]);
      const shared = async (): Promise<readonly JobHistoryEntry[]> => {
        const ends = await crew.ends();
        return ends.slice(ends.findIndex(({ scheduledAt }) => scheduledAt % 2_000 !== 0));
      };
      await scene.until('an odd second was due, and two more', async () => (await shared()).length > 3);
      assertInARow(await shared());
      const ends = await crew.ends();
      assert.deepEqual(ends.map(wordOf), Array(ends.length).fill('ok'));
      assert.ok(
        ends.every((end) => end.kind === 'run' && end.version === (end.replica === 'old' ? '1' : '2')),
      );
      const ids = crew.begun.map(({ run }) => run.id);
      assert.deepEqual(ids, [...new Set(ids)]);
      assert.deepEqual(changesOf(told, newer), []);
    }),

  'is that its own definition holds again, in the old instance, and another one in the newer': (scene) =>
    Told.during(async (told) => {
      const crew = new Crew(scene);
      const old = await crew.join({ job: { cron: NIGHTLY } });
      await scene.passTime(A_MOMENT_MS);
      const newer = await crew.join({ job: { cron: YEARLY } });
      await scene.until('the old one goes by it', () => changesOf(told, old).length === 1, A_SECOND_MS);
      // By the rule: one with a version holds over one without.
      await crew.join({ job: { cron: NIGHTLY, version: 1 } });
      await scene.until(
        'the old one does not any more',
        () => changesOf(told, old).length === 2,
        A_SECOND_MS,
      );
      await scene.until('the newer one gives way', () => changesOf(told, newer).length === 1, A_SECOND_MS);
      const restored = ['definition-restored', scheduleOf(NIGHTLY), scheduleOf(NIGHTLY)];
      assert.deepEqual(changesOf(told, old), [superseded(NIGHTLY, YEARLY), restored]);
      assert.deepEqual(changesOf(told, newer), [superseded(YEARLY, NIGHTLY)]);
    }),

  'is not told of what an instance does not run': (scene) =>
    Told.during(async (told) => {
      const office = await scene.instance({ replica: 'office', jobs: { enabled: false } });
      office.jobs.define({ name: JOB, cron: YEARLY }, () => undefined);
      const crew = new Crew(scene, { cron: NIGHTLY });
      const runner = await crew.join({});
      await crew.runNow();
      await scene.until('it is over', () => told.of(runner, 'run-ended').length === 1);
      assert.deepEqual(told.by(office), []);
    }),
};
