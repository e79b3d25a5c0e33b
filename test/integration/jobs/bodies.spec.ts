/** What a body is given, and what becomes of its run when it fails, hangs or says how far it is. */
import type { JobBody, JobOptions, JobRun, JobService } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { openHoldfast, rejectionOf } from '../../support/holdfasts.js';
import { runsOf, type RunEntry } from '../../support/job-taker.js';
import { uniqueNamespace } from '../../support/namespace.js';
import { sharedRedisUrl } from '../../support/shared-redis.js';

const NAME = 'report';

interface Scene {
  readonly jobs: JobService;
  readonly lines: string[];
  /** How the first run ended, when it has. */
  ended(): Promise<RunEntry>;
}

async function running(body: JobBody, options: Partial<JobOptions> = {}): Promise<Scene> {
  const lines: string[] = [];
  const { jobs } = await openHoldfast(sharedRedisUrl(), {
    namespace: uniqueNamespace(),
    preflight: 'off',
    log: (level, message) => lines.push(`${level}: ${message}`),
  });
  jobs.define({ name: NAME, ttl: '1s', ...options }, body);
  await eventually(async () => (await jobs.runNow(NAME)).outcome === 'started');
  return { jobs, lines, ended: () => eventually(async () => (await runsOf(jobs, NAME))[0]) };
}

const never = (): Promise<void> => new Promise(() => undefined);

describe('a body', () => {
  it('is told which run it is, with a fence of its own', async () => {
    const seen: JobRun[] = [];
    const { ended } = await running((run) => seen.push(run));
    const { run: id, fence, attempt, startedAt } = await ended();
    expect(seen).toMatchObject([
      { job: NAME, id, fence, attempt, manual: true, tries: 1, checkpoint: undefined },
    ]);
    expect(Math.abs((seen[0]?.scheduledAt ?? 0) - startedAt)).toBeLessThanOrEqual(1);
  });

  it('that fails is begun again as often as retry says, under the same lease, and its last error is kept', async () => {
    const tries: number[] = [];
    const fences = new Set<number>();
    const { ended, lines } = await running(
      (run) => {
        tries.push(run.tries);
        fences.add(run.fence);
        throw new RangeError(`failure ${run.tries}`);
      },
      { retry: { tries: 3, backoff: 10 } },
    );
    expect(await ended()).toMatchObject({ outcome: 'failed', error: 'RangeError: failure 3' });
    expect([tries, fences.size]).toEqual([[1, 2, 3], 1]);
    expect(lines.filter((line) => line.includes('failure'))).toHaveLength(1);
  });

  it('that is well at its second try is well', async () => {
    const { ended } = await running(
      (run) => {
        if (run.tries === 1) throw new Error('not yet');
      },
      { retry: { tries: 2, backoff: 10 } },
    );
    expect(await ended()).toMatchObject({ outcome: 'ok', error: '' });
  });

  it('that throws something which cannot be described has failed all the same', async () => {
    const { ended } = await running(
      () => {
        throw new Error('secret');
      },
      {
        describeError: () => {
          throw new Error('no words');
        },
      },
    );
    expect((await ended()).error).not.toContain('secret');
    expect((await ended()).outcome).toBe('failed');
  });

  it('may have its errors described in other words, of which the first 500 characters are kept', async () => {
    const { ended } = await running(
      () => {
        throw new Error('secret');
      },
      { describeError: () => 'x'.repeat(600) },
    );
    expect((await ended()).error).toBe('x'.repeat(500));
  });

  it('that hangs is over after its timeout: its signal aborts, the run has failed, the next one may begin', async () => {
    const signals: AbortSignal[] = [];
    const { ended, jobs } = await running(
      (run) => {
        signals.push(run.signal);
        return never();
      },
      { timeout: 200 },
    );
    expect(await ended()).toMatchObject({ outcome: 'failed', error: 'Error: timed out after 200 ms' });
    expect(signals[0]?.reason).toMatchObject({ code: 'ERR_LOCK_HOLD_LIMIT' });
    expect(await jobs.runNow(NAME)).toMatchObject({ outcome: 'started' });
  });

  it('that runs for longer than the ttl keeps its lease', async () => {
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { ended, jobs } = await running(() => gate, { ttl: 300 });
    const before = await eventually(async () => (await jobs.inspect(NAME)).running[0]);
    await eventually(
      async () => ((await jobs.inspect(NAME)).running[0]?.leaseEndsAt ?? 0) > before.leaseEndsAt + 600,
    );
    open();
    expect(await ended()).toMatchObject({ outcome: 'ok', attempt: 1 });
  });

  it('that is deaf to cancel-previous is over after another ttl', async () => {
    const { jobs } = await running(never, { ttl: 400, overlap: 'cancel-previous' });
    expect(await jobs.runNow(NAME)).toMatchObject({ outcome: 'queued' });
    const first = await eventually(async () => (await runsOf(jobs, NAME))[0]);
    expect(first.outcome).toBe('cancelled');
    await eventually(async () => (await jobs.inspect(NAME)).running.length === 1);
  });
});

describe('a run', () => {
  it('says how far it is, and what it last said is in its history', async () => {
    const { ended, jobs } = await running(async (run) => {
      await run.progress(0.25, 'a quarter');
      await eventually(async () => (await jobs.inspect(NAME)).running[0]?.note === 'a quarter');
      await run.progress(7, 'more than all');
    });
    expect(await ended()).toMatchObject({ outcome: 'ok', progress: 1, note: 'more than all' });
  });

  it('saves checkpoints of up to 64 KiB, and is told when one is larger or nothing at all', async () => {
    const faults: unknown[] = [];
    const { ended } = await running(async (run) => {
      await run.saveCheckpoint({ done: [1, 2, 3] });
      faults.push(run.checkpoint);
      faults.push(await rejectionOf(run.saveCheckpoint('x'.repeat(65_536))));
      faults.push(await rejectionOf(run.saveCheckpoint(JSON.parse('{}').nothing)));
    });
    expect((await ended()).outcome).toBe('ok');
    expect(faults).toMatchObject([
      { done: [1, 2, 3] },
      { code: 'ERR_LOCK_CONFIG', faults: [expect.stringContaining('65538 bytes')] },
      { code: 'ERR_LOCK_CONFIG', faults: [expect.stringContaining('undefined')] },
    ]);
  });

  it('writes lines that say whose they are', async () => {
    const { ended, lines } = await running((run) => run.logger.warn('half of the files are missing'));
    const { scheduledAt, fence } = await ended();
    expect(lines).toEqual([
      `warn: ${NAME}@${new Date(scheduledAt).toISOString()} (fence ${fence}): half of the files are missing`,
    ]);
  });
});
