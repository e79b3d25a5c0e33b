import type { RunOnCard } from '../lease/process-card.js';
import type { JobService } from './job-service.js';

/** The jobs of a process, as the instance needs them that has them. */
export interface ProcessJobs extends JobService {
  /** Names of the jobs that this process runs, and the runs that are under way here. */
  readonly onCard: { readonly jobs: readonly string[]; readonly running: readonly RunOnCard[] };
  /** Begins no more runs, and waits for those of now, at most `withinMs`. Resolves to how many are left. */
  stop(withinMs: number): Promise<number>;
  /** Leaves what still runs to other processes. To be called when it was stopped. */
  leave(): Promise<void>;
}
