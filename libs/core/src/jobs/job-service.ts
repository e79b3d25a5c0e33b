/** Jobs: what an application does by the clock, once for all its processes. */
import type { JobBody } from './job-run.js';
import type { JobOptions } from './job-options.js';

/** A job that this process has. */
export interface JobSummary {
  readonly name: string;
  readonly cron: string | undefined;
  readonly timeZone: string;
  /** As far as this process knows; half a second old at most. */
  readonly paused: boolean;
  /** How many runs of it are under way here. */
  readonly runningHere: number;
  /** When it is due next, in milliseconds since 1970. */
  readonly nextRunAt: number | undefined;
  /** When the tick was due that should have ended well by now; nothing while none is overdue. */
  readonly overdueSince: number | undefined;
}

/** A run that is under way somewhere. */
export interface RunningJob {
  readonly id: string;
  readonly scheduledAt: number;
  readonly startedAt: number;
  readonly fence: number;
  readonly attempt: number;
  readonly replica: string;
  /** Of the application that runs it, as its `version` option said. */
  readonly version: string | undefined;
  /** From 0 to 1, as the body said. */
  readonly progress: number | undefined;
  readonly note: string;
  /** When its lease ends unless it is renewed; one that lies behind is about to be called lost. */
  readonly leaseEndsAt: number;
  /** Whether it was asked to stop. */
  readonly cancelled: boolean;
}

/** What the server knows about a job. */
export interface JobInspection {
  readonly name: string;
  readonly paused: boolean;
  /** The run that begins when the one of now is over. */
  readonly waiting: string | undefined;
  readonly running: readonly RunningJob[];
  /** How often runs ended how: `ok`, `failed`, `lost`, `cancelled`, `skipped:overlap` … */
  readonly counts: Readonly<Record<string, number>>;
}

/** What became of a tick. Tell them apart by `kind`. */
export type JobHistoryEntry =
  | {
      readonly kind: 'run';
      readonly id: string;
      readonly run: string;
      readonly outcome: 'ok' | 'failed' | 'lost' | 'cancelled';
      readonly scheduledAt: number;
      readonly startedAt: number;
      readonly endedAt: number;
      readonly durationMs: number;
      readonly fence: number;
      readonly attempt: number;
      readonly replica: string;
      /** Of the application that ran it, as its `version` option said. */
      readonly version: string | undefined;
      readonly error: string;
      readonly progress: number | undefined;
      readonly note: string;
    }
  | {
      readonly kind: 'skip';
      readonly id: string;
      readonly run: string;
      readonly reason: 'overlap' | 'paused' | 'missed';
      readonly scheduledAt: number;
      readonly endedAt: number;
      readonly replica: string;
    };

/** Which entries to read. */
export interface HistoryPage {
  /** How many runs and how many skips at most. @defaultValue 100 */
  readonly most?: number;
  /** Only entries older than the one with this `id`. */
  readonly before?: string;
}

/** What came of asking for a run. */
export type RunNowOutcome =
  /** It began in this process. */
  | { readonly outcome: 'started'; readonly run: string; readonly fence: number }
  /** It waits for the run before it, or for a process that has the job. */
  | { readonly outcome: 'queued' }
  /** The overlap policy says so. */
  | { readonly outcome: 'skipped'; readonly reason: 'overlap' }
  /** No process has defined a job of this name. */
  | { readonly outcome: 'unknown' };

/**
 * Runs jobs by the clock, each tick once whatever the number of processes, and tells what became of each.
 *
 * All calls about a name work for jobs of other processes, too. They throw LockUnavailableError when the server does not
 * answer, LockRefusedError when trying again cannot help, LockConfigError for a bad name or option.
 */
export abstract class JobService {
  /**
   * Adds a job to this process; its ticks are claimed from now on, unless the instance was made with
   * `jobs: { enabled: false }`.
   * @throws LockConfigError that lists every fault, or when this process has a job of this name
   */
  abstract define(options: JobOptions, body: JobBody): void;
  /** The jobs of this process. */
  abstract list(): readonly JobSummary[];
  /** When a job of this process is due from now on, in milliseconds since 1970. */
  abstract nextRuns(name: string, count: number): readonly number[];
  /** No process starts it any more, except when asked to; what runs goes on. Resolves to whether it went on before. */
  abstract pause(name: string): Promise<boolean>;
  /** Resolves to whether it was paused. Ticks of meanwhile are not made up for. */
  abstract resume(name: string): Promise<boolean>;
  /** Runs it out of its turn, here if this process has it, as its overlap policy allows; also when it is paused. */
  abstract runNow(name: string): Promise<RunNowOutcome>;
  abstract inspect(name: string): Promise<JobInspection>;
  /** The latest first. */
  abstract history(name: string, page?: HistoryPage): Promise<readonly JobHistoryEntry[]>;
}
