import assert from 'node:assert/strict';
import type { JobHistoryEntry, JobOptions } from '@holdfast/core';
import type { Chapter } from '../chapter.js';
import type { Scene } from '../scene.js';
import { Crew, EVERY_SECOND, YEARLY } from './crew.js';
import { assertInARow, assertOneAfterTheOther, wordOf, type RunEntry } from './entries.js';

const LATENESS_MS = 400;
const AWAY_MS = 3_600;
const MORE_THAN_TWO_TICKS_MS = 2_300;

interface Outage {
  readonly crew: Crew;
  /** What became of the ticks since, up to the first that was run in time again. */
  readonly ends: readonly JobHistoryEntry[];
  /** Those of them that were run too late to be in time. */
  readonly late: readonly RunEntry[];
}

function isLate(entry: JobHistoryEntry): boolean {
  return entry.kind === 'run' && entry.startedAt - entry.scheduledAt > LATENESS_MS;
}

/** Everybody goes home after the first tick, for more than three ticks, and then others come. */
async function outage(scene: Scene, options: Partial<JobOptions>): Promise<Outage> {
  // Late ones run one by one; who waits for them is not skipped.
  const job = { ...EVERY_SECOND, lateness: LATENESS_MS, overlap: 'queue-one', ...options } as const;
  // A body that asks the server for something is not over when the next tick is claimed.
  const crew = new Crew(scene, job, (run) => run.progress(0.5));
  await crew.hire(2);
  await crew.runs(1);
  await crew.goHome();
  const lastTick = crew.begun.at(-1)?.run.scheduledAt ?? 0;
  await scene.passTime(AWAY_MS);
  await crew.hire(2);
  let ends: readonly JobHistoryEntry[] = [];
  await scene.until('a tick is run in time again', async () => {
    const since = (await crew.ends()).filter(({ scheduledAt }) => scheduledAt > lastTick);
    const back = since.findIndex((entry) => entry.kind === 'run' && !isLate(entry));
    ends = since.slice(0, back + 1);
    return back >= 0 && since[0]?.scheduledAt === lastTick + 1_000;
  });
  assertInARow(ends);
  const late = ends.filter((entry) => entry.kind === 'run').filter(isLate);
  return { crew, ends, late };
}

/** What the server's clock says: a run that somebody asks for is due in that instant. */
async function serverNow(scene: Scene): Promise<number> {
  const { jobs } = await scene.instance();
  const asked: number[] = [];
  jobs.define({ name: 'clock', overlap: 'allow' }, (run) => asked.push(run.scheduledAt));
  await scene.until('it is asked for', async () => (await jobs.runNow('clock')).outcome === 'started');
  await scene.until('it runs', () => asked.length > 0);
  return Math.max(...asked);
}

export const missedTicks: Chapter = {
  'are written down as skipped with missed: skip': async (scene) => {
    const { ends, late } = await outage(scene, { missed: 'skip' });
    assert.deepEqual(late, []);
    const skipped = ends.slice(0, -1);
    assert.ok(skipped.length >= 3);
    for (const entry of skipped) assert.equal(wordOf(entry), 'skipped:missed');
  },

  'are skipped but for the last one with missed: last': async (scene) => {
    const { ends, late } = await outage(scene, { missed: 'last' });
    const [run] = late;
    assert.equal(run?.outcome, 'ok');
    const before = ends.filter(({ scheduledAt }) => scheduledAt < run.scheduledAt);
    assert.ok(before.length >= 2);
    for (const entry of before) assert.equal(wordOf(entry), 'skipped:missed');
    // When it began, the tick behind it was not missed yet.
    assert.ok(run.startedAt <= run.scheduledAt + 1_000 + LATENESS_MS);
  },

  'are all run with missed: all, once each and one after the other': async (scene) => {
    const { crew, ends, late } = await outage(scene, { missed: 'all' });
    assert.ok(late.length >= 3);
    for (const entry of ends) assert.equal(wordOf(entry), 'ok');
    assertOneAfterTheOther(ends.filter((entry) => entry.kind === 'run'));
    const ids = crew.begun.map(({ run }) => run.id);
    assert.deepEqual(ids, [...new Set(ids)]);
  },

  'are not run when they are older than catchUp': async (scene) => {
    const catchUp = 1_700;
    const { ends, late } = await outage(scene, { missed: 'all', catchUp });
    assert.ok(late.length >= 1);
    for (const { startedAt, scheduledAt } of late) assert.ok(startedAt - scheduledAt <= catchUp);
    const skipped = ends.filter((entry) => entry.kind === 'skip');
    assert.ok(skipped.length >= 1);
    assert.deepEqual(ends.slice(0, skipped.length), skipped);
    for (const entry of skipped) assert.equal(wordOf(entry), 'skipped:missed');
  },

  'there are none of for a job that is new': async (scene) => {
    await scene.passTime(MORE_THAN_TWO_TICKS_MS);
    const before = await serverNow(scene);
    const crew = new Crew(scene, { ...EVERY_SECOND, missed: 'all' });
    await crew.hire(2);
    await crew.runs(2);
    for (const { scheduledAt } of await crew.ends()) assert.ok(scheduledAt > before);
  },

  'there are none of for a job whose schedule is new': async (scene) => {
    const crew = new Crew(scene, { missed: 'all', lateness: LATENESS_MS });
    await crew.join({ job: { cron: YEARLY } });
    await scene.passTime(MORE_THAN_TWO_TICKS_MS);
    const before = await serverNow(scene);
    await crew.join({ job: { cron: '* * * * * *' } });
    await crew.runs(2);
    for (const { scheduledAt } of await crew.ends()) assert.ok(scheduledAt > before - LATENESS_MS);
  },
};
