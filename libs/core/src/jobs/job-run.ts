/** What the body of a job gets to know about its run, and what it can tell. */

/** What can be saved as a checkpoint: whatever JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Lines of a body, with the job, the tick and the fence in front. */
export interface JobLogger {
  log(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/**
 * One run of a job. It is the holder of a lease: it is renewed while the body runs, and the body is told at once when it
 * stops being true.
 */
export interface JobRun {
  readonly job: string;
  /** The run among those of its job: a tick in milliseconds, or `manual-…` for one that somebody asked for. */
  readonly id: string;
  /** When it was due by its schedule, in milliseconds since 1970; when it was asked for, if somebody did. */
  readonly scheduledAt: number;
  /** Whether somebody asked for it out of its turn. */
  readonly manual: boolean;
  /** 1, and one more for each process that died over this run before. */
  readonly attempt: number;
  /** How often the body was begun by this process, counting failures that `retry` made good. */
  readonly tries: number;
  /** Grows with every run and attempt of the job. Send it along with what is written. */
  readonly fence: number;
  /** Aborts when the lease is lost, the `timeout` is over, or a later run wants to begin (`cancel-previous`). */
  readonly signal: AbortSignal;
  /** What the attempt before saved, or this one since. */
  readonly checkpoint: Json | undefined;
  readonly logger: JobLogger;
  /**
   * Throws unless the run holds its lease at this instant. Call it before every side effect.
   * @throws LeaseLostError, LockHoldLimitError when the `timeout` is over
   */
  assertHeld(): void;
  /**
   * Saves how far this run is, for an attempt that has to go on from there.
   * @throws LeaseLostError when another attempt took its place: nothing was saved
   * @throws LockUnavailableError when the server did not answer: it may have been saved
   * @throws LockRefusedError when it said no for good
   * @throws LockConfigError when it is larger than 64 KiB as JSON
   */
  saveCheckpoint(value: Json): Promise<void>;
  /**
   * Says how far this run is, for people to see. Trouble is no error.
   * @param fraction from 0 to 1
   * @returns whether it was written down
   */
  progress(fraction: number, note?: string): Promise<boolean>;
}

/** What a job does. What it returns is not kept. */
export type JobBody = (run: JobRun) => unknown;
