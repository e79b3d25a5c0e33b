import assert from 'node:assert/strict';
import { LockConfigError, type JobHistoryEntry } from '@holdfast/core';
import type { Chapter } from '../chapter.js';
import type { Scene } from '../scene.js';
import { Crew, EVERY_SECOND, JOB } from './crew.js';
import { wordOf } from './entries.js';
import { Stays } from './stays.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** The least that may be asked for. */
const KEPT_MS = 60_000;
const TTL_MS = 20_000;
/** Behind the end of the last lease. */
const RUNS_KEPT_MS = 60_000;

const ids = (entries: readonly JobHistoryEntry[]): readonly string[] => entries.map(({ id }) => id);

/** Asks for so many runs, one after the other; every other one fails. */
async function ranBefore(scene: Scene, count: number, history = {}): Promise<Crew> {
  const crew = new Crew(scene, { history }, () => {
    if (crew.begun.length % 2 === 0) throw new Error(`number ${crew.begun.length}`);
  });
  await crew.hire(1);
  for (let run = 0; run < count; run += 1)
    await scene.until('the one before is over', async () => (await crew.runNow()).outcome === 'started');
  await scene.until('the last one is over', async () => (await crew.jobs.inspect(JOB)).running.length === 0);
  return crew;
}

export const history: Chapter = {
  'tells how each run ended, the latest first': async (scene) => {
    const crew = await ranBefore(scene, 3);
    const entries = (await scene.arrives(crew.jobs.history(JOB))).filter((entry) => entry.kind === 'run');
    assert.deepEqual(
      entries.map((entry) => [entry.run, wordOf(entry), entry.error]),
      [
        [crew.begun[2]?.run.id, 'ok', ''],
        [crew.begun[1]?.run.id, 'failed', 'Error: number 2'],
        [crew.begun[0]?.run.id, 'ok', ''],
      ],
    );
    for (const { startedAt, endedAt, durationMs, replica, fence, run } of entries) {
      const begun = crew.begun.find((one) => one.run.id === run);
      assert.deepEqual([replica, fence, durationMs], [begun?.replica, begun?.run.fence, endedAt - startedAt]);
      assert.ok(durationMs >= 0);
    }
  },

  'is read page by page, from any instance': async (scene) => {
    const crew = await ranBefore(scene, 5);
    const outsider = await crew.outsider();
    const all = (await scene.arrives(outsider.history(JOB))).filter((entry) => entry.kind === 'run');
    const read: JobHistoryEntry[] = [];
    for (let page = 0; page < 3; page += 1) {
      const before = read.at(-1)?.id;
      const asked = before === undefined ? { most: 2 } : { most: 2, before };
      read.push(
        ...(await scene.arrives(outsider.history(JOB, asked))).filter((entry) => entry.kind === 'run'),
      );
    }
    assert.equal(all.length, 5);
    assert.deepEqual(ids(read), ids(all));
    const behind = read.at(-1)?.id ?? '';
    assert.deepEqual(
      ids(await scene.arrives(outsider.history(JOB, { before: behind }))).filter((id) =>
        ids(all).includes(id),
      ),
      [],
    );
  },

  'is asked for in pages of 1 to 1000, and is empty for a job that nobody has': async (scene) => {
    const crew = new Crew(scene);
    await crew.hire(1);
    for (const most of [0, 1.5, 1_001]) await scene.fails(crew.jobs.history(JOB, { most }), LockConfigError);
    assert.deepEqual(await scene.arrives(crew.jobs.history('of nobody')), []);
    const { paused, running, waiting, counts } = await scene.arrives(crew.jobs.inspect('of nobody'));
    assert.deepEqual([paused, running, waiting, counts], [false, [], undefined, {}]);
  },

  'keeps so many runs, the latest, and counts all of them': async (scene) => {
    const crew = await ranBefore(scene, 4, { keep: 2 });
    const kept = (await crew.ends()).filter((entry) => entry.kind === 'run');
    assert.deepEqual(
      kept.map(({ run }) => run),
      crew.begun.slice(2).map(({ run }) => run.id),
    );
    const { counts } = await scene.arrives(crew.jobs.inspect(JOB));
    assert.deepEqual([counts['ok'], counts['failed']], [2, 2]);
  },

  'keeps as many skips, the latest, and counts all of them': async (scene) => {
    const stays = new Stays(scene);
    const crew = new Crew(scene, { history: { keep: 2 } }, stays.body);
    await crew.hire(1);
    await crew.runNow();
    const { run } = await stays.come(1);
    for (let asked = 0; asked < 4; asked += 1) assert.equal((await crew.runNow()).outcome, 'skipped');
    stays.leave();
    await crew.runs(1);
    const ends = (await crew.ends()).filter(({ run: id }) => id !== run.id);
    assert.deepEqual(ends.map(wordOf), ['skipped:overlap', 'skipped:overlap']);
    assert.equal((await scene.arrives(crew.jobs.inspect(JOB))).counts['skipped:overlap'], 4);
  },

  'and all else that is known of a job ends by itself, as long after as was asked for': async (scene) => {
    const stays = new Stays(scene);
    const crew = new Crew(scene, { ...EVERY_SECOND, ttl: TTL_MS, history: { keepFor: KEPT_MS } }, stays.body);
    await crew.hire(2);
    await stays.come(1);
    await crew.skips(1);
    stays.leave();
    await crew.runs(1);
    await stays.come(2);
    const left = (await scene.leftKeys()).filter(({ key }) => !key.includes(':process:'));
    const parts = left.map(({ key }) => key.slice(key.lastIndexOf(':') + 1));
    assert.deepEqual(parts.toSorted(), ['history', 'job', 'minted', 'running', 'runs', 'skips', 'ticks']);
    for (const [at, { key, remainingMs }] of left.entries())
      assert.ok(
        remainingMs !== undefined && remainingMs <= longestOf(parts[at]),
        `${key}: ${remainingMs} ms`,
      );
    stays.leave();
  },
};

/** Fences outlive what they were issued for, and runs their leases. */
function longestOf(part: string | undefined): number {
  if (part === 'minted') return DAY_MS;
  return part === 'running' || part === 'runs' ? TTL_MS + RUNS_KEPT_MS : KEPT_MS;
}
