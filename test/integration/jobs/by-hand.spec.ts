/** Pause, resume and run-now: what a person asks for, on every replica within a second. */
import { describe, expect, it } from 'vitest';
import type { JobOptions, JobRun, JobService } from '@holdfast/core';
import { always, eventually } from '../../support/eventually.js';
import { openHoldfast, rejectionOf } from '../../support/holdfasts.js';
import { runsOf, skipsOf } from '../../support/job-taker.js';
import { uniqueNamespace } from '../../support/namespace.js';
import { sharedRedisUrl } from '../../support/shared-redis.js';

const NAME = 'report';
const A_SECOND = { withinMs: 1_000 };

interface Replica {
  readonly jobs: JobService;
  readonly runs: JobRun[];
}

async function replicas(count: number, options: Partial<JobOptions> = {}, body?: () => Promise<void>) {
  const namespace = uniqueNamespace();
  const open = async (): Promise<Replica> => {
    const { jobs } = await openHoldfast(sharedRedisUrl(), { namespace });
    const runs: JobRun[] = [];
    jobs.define({ name: NAME, ttl: '2s', ...options }, (run) => {
      runs.push(run);
      return body?.();
    });
    return { jobs, runs };
  };
  const made = await Promise.all(Array.from({ length: count }, open));
  const { jobs: outsider } = await openHoldfast(sharedRedisUrl(), { namespace, jobs: { enabled: false } });
  await eventually(async () => (await outsider.inspect(NAME)).name === NAME);
  return { made, outsider, all: () => made.flatMap(({ runs }) => runs) };
}

describe('a job that somebody pauses', () => {
  it('is started by no replica any more, its ticks are written down as skipped, and after resume it runs again', async () => {
    const { outsider, all } = await replicas(3, { cron: '* * * * * *' });
    await eventually(() => all().length > 0);
    expect(await outsider.pause(NAME)).toBe(true);
    const before = all().length;
    await eventually(async () => (await skipsOf(outsider, NAME)).length >= 2);
    expect(all().length).toBe(before);
    expect((await skipsOf(outsider, NAME)).every(({ reason }) => reason === 'paused')).toBe(true);
    expect(await outsider.pause(NAME)).toBe(false);
    expect(await outsider.resume(NAME)).toBe(true);
    await eventually(() => all().length > before, { withinMs: 2_000 });
  });

  it('keeps its skips in bounded space', async () => {
    const { outsider } = await replicas(2, { cron: '* * * * * *', history: { keep: 2 } });
    await outsider.pause(NAME);
    await eventually(async () => ((await outsider.inspect(NAME)).counts['skipped:paused'] ?? 0) >= 4);
    expect((await skipsOf(outsider, NAME)).length).toBe(2);
  });

  it('is known as paused on every replica within a second', async () => {
    const { made, outsider } = await replicas(3);
    await outsider.pause(NAME);
    const seen = (): boolean => made.every(({ jobs }) => jobs.list()[0]?.paused === true);
    await eventually(seen, A_SECOND);
    expect(seen()).toBe(true);
  });
});

describe('a run that somebody asks for', () => {
  it('begins at once in the process that was asked, if that has the job', async () => {
    const { made, all } = await replicas(2);
    const [asked] = made;
    expect(await asked?.jobs.runNow(NAME)).toMatchObject({ outcome: 'started' });
    await eventually(() => all().length === 1);
    expect(asked?.runs.map(({ manual, attempt }) => [manual, attempt])).toEqual([[true, 1]]);
  });

  it('begins within a second in one that has the job, if the one that was asked has not', async () => {
    const { outsider, all } = await replicas(3);
    // As soon as the server knows the job.
    await eventually(async () => (await outsider.runNow(NAME)).outcome === 'queued');
    await eventually(() => all().length === 1, A_SECOND);
    await always(() => all().length === 1, 700);
    expect(all()[0]?.manual).toBe(true);
  });

  it('follows the overlap policy while another run is under way', async () => {
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const skipping = await replicas(1, {}, () => gate);
    const queueing = await replicas(1, { overlap: 'queue-one' }, () => gate);
    const outcomes = async ({ made }: typeof skipping): Promise<readonly (string | undefined)[]> => {
      const jobs = made[0]?.jobs;
      return [(await jobs?.runNow(NAME))?.outcome, (await jobs?.runNow(NAME))?.outcome];
    };
    expect(await outcomes(skipping)).toEqual(['started', 'skipped']);
    expect(await outcomes(queueing)).toEqual(['started', 'queued']);
    open();
    await eventually(async () => (await runsOf(queueing.outsider, NAME)).length === 2);
    expect((await runsOf(skipping.outsider, NAME)).length).toBe(1);
  });

  it('begins also when the job is paused', async () => {
    const { made, outsider, all } = await replicas(1);
    await outsider.pause(NAME);
    expect(await made[0]?.jobs.runNow(NAME)).toMatchObject({ outcome: 'started' });
    await eventually(() => all().length === 1);
    expect(all().length).toBe(1);
  });

  it('of a job that no process has is unknown, and of a bad name refused', async () => {
    const { outsider } = await replicas(1);
    expect(await outsider.runNow('nobody')).toEqual({ outcome: 'unknown' });
    expect(await rejectionOf(outsider.runNow(''))).toMatchObject({ code: 'ERR_LOCK_CONFIG' });
  });
});
