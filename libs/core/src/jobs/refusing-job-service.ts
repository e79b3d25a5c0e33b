/** Stands where jobs would be on a store that cannot keep any, and says so to whoever has one. */
import { LockConfigError } from '../errors.js';
import { show } from '../time/duration.js';
import type { JobBody } from './job-run.js';
import type { JobOptions } from './job-options.js';
import {
  JobService,
  type HistoryPage,
  type JobHistoryEntry,
  type JobInspection,
  type JobSummary,
  type RunNowOutcome,
} from './job-service.js';
import type { ProcessJobs } from './process-jobs.js';
import { resolveJob } from './resolve-job.js';

/** Why there are none, and what to do. */
export interface Refusal {
  readonly why: string;
  /** Whether this process would run jobs: one that would not may know of them. */
  readonly enabled: boolean;
}

export class RefusingJobService extends JobService implements ProcessJobs {
  readonly onCard = { jobs: [], running: [] };
  readonly #refusal: Refusal;

  constructor(refusal: Refusal) {
    super();
    this.#refusal = refusal;
  }

  override define(options: JobOptions, _body: JobBody): void {
    const { name } = resolveJob(options);
    if (this.#refusal.enabled) throw this.#refuse(`Job ${show(name)} cannot work`);
  }

  override list(): readonly JobSummary[] {
    return [];
  }

  override nextRuns(_name: string, _count: number): readonly number[] {
    return [];
  }

  override async pause(_name: string): Promise<boolean> {
    throw this.#refuse('Jobs');
  }

  override async resume(_name: string): Promise<boolean> {
    throw this.#refuse('Jobs');
  }

  override async runNow(_name: string): Promise<RunNowOutcome> {
    throw this.#refuse('Jobs');
  }

  override async inspect(_name: string): Promise<JobInspection> {
    throw this.#refuse('Jobs');
  }

  override async history(_name: string, _page?: HistoryPage): Promise<readonly JobHistoryEntry[]> {
    throw this.#refuse('Jobs');
  }

  async stop(_withinMs: number): Promise<number> {
    return 0;
  }

  async leave(): Promise<void> {
    // There is nothing to leave.
  }

  #refuse(what: string): LockConfigError {
    return new LockConfigError(what, [this.#refusal.why]);
  }
}
