/** What happens when a tick is due while a run of before is not over: the documented sequence for each policy. */
import { createHoldfast, type JobOptions, type JobRun, type JobService } from '@holdfast/core';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, type TestContext } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { runsOf, skipsOf } from '../../support/job-taker.js';
import { uniqueNamespace } from '../../support/namespace.js';
import { sharedRedisUrl } from '../../support/shared-redis.js';

const PERIOD_MS = 1_000;
/** Between two and three periods. */
const WORK_MS = 2_400;
const NAME = 'slow';

/** Two replicas that have the same slow job. They take their time, so the tests run side by side. */
async function twoReplicas(
  { onTestFinished }: TestContext,
  options: Partial<JobOptions>,
): Promise<JobService> {
  const namespace = uniqueNamespace();
  const work = (run: JobRun): Promise<void> => delay(WORK_MS, undefined, { signal: run.signal });
  const open = async (replica: string): Promise<JobService> => {
    const holdfast = await createHoldfast({ connection: sharedRedisUrl(), namespace, replica });
    onTestFinished(() => holdfast.close(0));
    holdfast.jobs.define({ name: NAME, cron: '* * * * * *', ttl: '5s', ...options }, work);
    return holdfast.jobs;
  };
  const [jobs] = await Promise.all([open('one'), open('other')]);
  return jobs;
}

/** What became of each of the first ticks, when all of that is known. */
function story(jobs: JobService, count: number): Promise<readonly (readonly [number, string])[]> {
  const told = async (): Promise<readonly (readonly [number, string])[] | undefined> => {
    const [runs, skips] = await Promise.all([runsOf(jobs, NAME), skipsOf(jobs, NAME)]);
    const ends = [
      ...runs.map(({ scheduledAt, outcome }) => [scheduledAt, outcome] as const),
      ...skips.map(({ scheduledAt, reason }) => [scheduledAt, `skipped:${reason}`] as const),
    ].toSorted(([one], [other]) => one - other);
    const first = ends[0]?.[0] ?? 0;
    const ticks = ends.map(([tick, what]) => [(tick - first) / PERIOD_MS, what] as const).slice(0, count);
    return ticks.length === count && ticks.every(([tick], at) => tick === at) ? ticks : undefined;
  };
  return eventually(told, { withinMs: 15_000, everyMs: 50 });
}

/** How many runs of the first ones were under way at the same time, at most; and that fences grow as runs begin. */
async function mostAtOnce(jobs: JobService): Promise<number> {
  const runs = (await runsOf(jobs, NAME)).toSorted((one, other) => one.startedAt - other.startedAt);
  const fences = runs.map(({ fence }) => fence);
  expect(fences).toEqual(fences.toSorted((one, other) => one - other));
  const during = (at: number): number =>
    runs.filter(({ startedAt, endedAt }) => startedAt <= at && at < endedAt).length;
  return Math.max(...runs.map(({ startedAt }) => during(startedAt)));
}

describe.concurrent('a tick that is due while a run of before is not over', () => {
  it('is skipped with overlap: skip, and the next one behind the run is not', async (test) => {
    const jobs = await twoReplicas(test, { overlap: 'skip' });
    expect(await story(jobs, 4)).toEqual([
      [0, 'ok'],
      [1, 'skipped:overlap'],
      [2, 'skipped:overlap'],
      [3, 'ok'],
    ]);
    expect(await mostAtOnce(jobs)).toBe(1);
  });

  it('waits with overlap: queue-one, and those behind it are skipped', async (test) => {
    const jobs = await twoReplicas(test, { overlap: 'queue-one' });
    expect(await story(jobs, 4)).toEqual([
      [0, 'ok'],
      [1, 'ok'],
      [2, 'skipped:overlap'],
      [3, 'ok'],
    ]);
    expect(await mostAtOnce(jobs)).toBe(1);
    const [first, second] = await runsOf(jobs, NAME);
    expect((second?.startedAt ?? Infinity) - (first?.endedAt ?? 0)).toBeLessThanOrEqual(500);
  });

  it('makes the run end with overlap: cancel-previous, and begins when that is over', async (test) => {
    const jobs = await twoReplicas(test, { overlap: 'cancel-previous' });
    expect(await story(jobs, 3)).toEqual([
      [0, 'cancelled'],
      [1, 'cancelled'],
      [2, 'cancelled'],
    ]);
    expect(await mostAtOnce(jobs)).toBe(1);
  });

  it('begins beside it with overlap: allow', async (test) => {
    const jobs = await twoReplicas(test, { overlap: 'allow' });
    expect(await story(jobs, 4)).toEqual([
      [0, 'ok'],
      [1, 'ok'],
      [2, 'ok'],
      [3, 'ok'],
    ]);
    expect(await mostAtOnce(jobs)).toBeGreaterThanOrEqual(2);
  });
});
