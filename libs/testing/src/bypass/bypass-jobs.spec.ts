import { LeaseLostError, LockConfigError } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { bypassJobs } from './bypass-jobs.js';
import { bypassRun } from './bypass-run.js';

describe('bypassRun()', () => {
  it('keeps what the body tells, and gives back what was saved', async () => {
    const run = bypassRun({ job: 'import', scheduledAt: 1_000, attempt: 2, checkpoint: { row: 7 } });
    expect(run).toMatchObject({ job: 'import', id: '1000', attempt: 2, fence: 1, manual: false });
    expect(run.checkpoint).toEqual({ row: 7 });
    const saved = { row: 8 };
    await run.saveCheckpoint(saved);
    saved.row = 9;
    expect(run.checkpoint).toEqual({ row: 8 });
    expect(await run.progress(0.5, 'half')).toBe(true);
    run.logger.warn('slow');
    expect(run.told).toEqual([{ fraction: 0.5, note: 'half' }]);
    expect(run.lines).toEqual([{ level: 'warn', message: 'slow' }]);
  });

  it('can be lost, and saves nothing from then on', async () => {
    const run = bypassRun();
    run.assertHeld();
    run.lose();
    expect(run.signal.reason).toBeInstanceOf(LeaseLostError);
    expect(() => run.assertHeld()).toThrow(LeaseLostError);
    await expect(run.saveCheckpoint(1)).rejects.toThrow(LeaseLostError);
    expect(await run.progress(1)).toBe(false);
    expect([run.checkpoint, run.told]).toEqual([undefined, []]);
  });
});

describe('bypassJobs()', () => {
  it('runs a job when asked to, with what the test wants the run to be', async () => {
    const jobs = bypassJobs();
    const seen: unknown[] = [];
    jobs.define({ name: 'import', cron: '* * * * * *' }, async (run) => {
      seen.push([run.job, run.attempt, run.checkpoint]);
      await run.saveCheckpoint('done');
    });
    expect((await jobs.run('import', { attempt: 2, checkpoint: 'half' })).checkpoint).toBe('done');
    expect(seen).toEqual([['import', 2, 'half']]);
    expect((await jobs.run('import')).fence).toBeGreaterThan(1);
    await expect(jobs.run('export')).rejects.toThrow('No job of the name "export"');
  });

  it('passes on what the body throws, and writes down how runs ended', async () => {
    const jobs = bypassJobs();
    const mine = new Error('mine');
    let fails = true;
    jobs.define({ name: 'import' }, () => (fails ? Promise.reject(mine) : undefined));
    await expect(jobs.run('import')).rejects.toBe(mine);
    expect(await jobs.runNow('import')).toMatchObject({ outcome: 'started', fence: 2 });
    fails = false;
    await jobs.runNow('import');
    expect(await jobs.runNow('export')).toEqual({ outcome: 'unknown' });
    expect((await jobs.inspect('import')).counts).toEqual({ ok: 1, failed: 2 });
    expect(await jobs.history('import', { most: 2 })).toMatchObject([
      { kind: 'run', outcome: 'ok', fence: 3 },
      { kind: 'run', outcome: 'failed', error: 'Error: mine' },
    ]);
  });

  it('knows what is defined and paused, and that nothing is due', async () => {
    const jobs = bypassJobs();
    jobs.define({ name: 'import', cron: '0 3 * * *', timeZone: 'Europe/Berlin' }, () => undefined);
    expect([await jobs.pause('import'), await jobs.pause('import')]).toEqual([true, false]);
    expect(jobs.list()).toEqual([
      {
        name: 'import',
        cron: '0 3 * * *',
        timeZone: 'Europe/Berlin',
        paused: true,
        runningHere: 0,
        nextRunAt: undefined,
      },
    ]);
    expect(await jobs.resume('import')).toBe(true);
    expect(await jobs.pause('export')).toBe(false);
    expect(jobs.nextRuns()).toEqual([]);
  });

  it('refuses what the real service would refuse', () => {
    const jobs = bypassJobs();
    const body = (): never => expect.fail('ran');
    expect(() => jobs.define({ name: '', cron: 'never', ttl: 1 }, body)).toThrow(LockConfigError);
    jobs.define({ name: 'import' }, body);
    expect(() => jobs.define({ name: 'import' }, body)).toThrow(/name of another job/);
  });
});
