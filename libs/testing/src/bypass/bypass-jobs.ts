/**
 * A job service without a clock, for tests of applications that have jobs: what is defined is checked by the rules of the
 * real one and kept, nothing is ever due, and a run begins when the test says so.
 */
import {
  jobOptionFaults,
  JobService,
  LockConfigError,
  type HistoryPage,
  type JobBody,
  type JobHistoryEntry,
  type JobInspection,
  type JobOptions,
  type JobSummary,
  type RunNowOutcome,
} from '@holdfast/core';
import { bypassRun, type BypassRun, type BypassRunOptions } from './bypass-run.js';

interface Defined {
  readonly options: JobOptions;
  readonly body: JobBody;
  readonly ended: JobHistoryEntry[];
  paused: boolean;
  running: number;
}

/** A `JobService` that runs a job when the test asks for it. */
export class BypassJobs extends JobService {
  readonly #jobs = new Map<string, Defined>();
  #lastFence = 0;

  /**
   * Runs the body of a job until it is done, and gives the run with all that the body told it. Rejects with what the body
   * throws, which the real service would log and write down.
   * @param options - What the run says of itself; its fence is higher with each.
   * @throws Error when no such job was defined
   */
  async run(name: string, options: Omit<BypassRunOptions, 'job'> = {}): Promise<BypassRun> {
    const job = this.#jobs.get(name);
    if (job === undefined) throw new Error(`No job of the name "${name}" was defined`);
    const run = bypassRun({ fence: (this.#lastFence += 1), ...options, job: name });
    const startedAt = Date.now();
    job.running += 1;
    try {
      await job.body(run);
      job.ended.unshift(entryOf(run, startedAt));
    } catch (error) {
      job.ended.unshift(entryOf(run, startedAt, { error }));
      throw error;
    } finally {
      job.running -= 1;
    }
    return run;
  }

  override define(options: JobOptions, body: JobBody): void {
    const faults = [...jobOptionFaults(options)];
    if (this.#jobs.has(options.name))
      faults.push(`name: "${options.name}" is the name of another job of this process`);
    if (faults.length > 0) throw new LockConfigError(`Job "${options.name}" cannot work`, faults);
    this.#jobs.set(options.name, { options, body, ended: [], paused: false, running: 0 });
  }

  override list(): readonly JobSummary[] {
    return [...this.#jobs.values()].map(({ options, paused, running }) => ({
      name: options.name,
      cron: options.cron,
      timeZone: options.timeZone ?? 'UTC',
      paused,
      runningHere: running,
      nextRunAt: undefined,
      overdueSince: undefined,
    }));
  }

  /** None: nothing is ever due. */
  override nextRuns(): readonly number[] {
    return [];
  }

  override async pause(name: string): Promise<boolean> {
    return this.#setPaused(name, true);
  }

  override async resume(name: string): Promise<boolean> {
    return this.#setPaused(name, false);
  }

  /** Resolves when the run is over; how it ended is in the history. */
  override async runNow(name: string): Promise<RunNowOutcome> {
    if (!this.#jobs.has(name)) return { outcome: 'unknown' };
    const fence = this.#lastFence + 1;
    const scheduledAt = Date.now();
    await this.run(name, { manual: true, scheduledAt, fence }).catch(() => undefined);
    return { outcome: 'started', run: `manual-${scheduledAt}`, fence };
  }

  override async inspect(name: string): Promise<JobInspection> {
    const job = this.#jobs.get(name);
    const counts: Record<string, number> = {};
    for (const entry of job?.ended ?? [])
      if (entry.kind === 'run') counts[entry.outcome] = (counts[entry.outcome] ?? 0) + 1;
    return { name, paused: job?.paused ?? false, waiting: undefined, running: [], counts };
  }

  /** The runs of this object, the latest first. */
  override async history(
    name: string,
    { most = 100 }: HistoryPage = {},
  ): Promise<readonly JobHistoryEntry[]> {
    return (this.#jobs.get(name)?.ended ?? []).slice(0, most);
  }

  #setPaused(name: string, paused: boolean): boolean {
    const job = this.#jobs.get(name);
    if (job === undefined || job.paused === paused) return false;
    job.paused = paused;
    return true;
  }
}

/**
 * A job service that starts nothing by itself: `overrideProvider(JobService).useValue(bypassJobs())`. Jobs of
 * `@ClusterCron` are defined in it at boot, and `run(name)` runs one.
 */
export function bypassJobs(): BypassJobs {
  return new BypassJobs();
}

function entryOf(run: BypassRun, startedAt: number, failed?: { error: unknown }): JobHistoryEntry {
  const endedAt = Date.now();
  const last = run.told.at(-1);
  return {
    kind: 'run',
    id: `${endedAt}-${run.fence}`,
    run: run.id,
    outcome: failed === undefined ? 'ok' : 'failed',
    scheduledAt: run.scheduledAt,
    startedAt,
    endedAt,
    durationMs: endedAt - startedAt,
    fence: run.fence,
    attempt: run.attempt,
    version: undefined,
    replica: 'test',
    error: failed === undefined ? '' : String(failed.error),
    progress: last?.fraction,
    note: last?.note ?? '',
  };
}
