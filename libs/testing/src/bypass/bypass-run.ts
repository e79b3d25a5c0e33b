/** A run of a job without a job: what a test hands to a method that takes a `JobRun`. */
import { LeaseLostError, type JobLogger, type JobRun, type Json } from '@holdfast/core';

/** What the run says of itself. */
export interface BypassRunOptions {
  /** @defaultValue 'job' */
  readonly job?: string;
  /** @defaultValue now */
  readonly scheduledAt?: number;
  /** @defaultValue false */
  readonly manual?: boolean;
  /** @defaultValue 1 */
  readonly attempt?: number;
  /** @defaultValue 1 */
  readonly fence?: number;
  /** What the attempt before saved. @defaultValue nothing */
  readonly checkpoint?: Json;
}

/** A run that holds its lease until the test ends it, and keeps what its body tells. */
export class BypassRun implements JobRun {
  readonly job: string;
  readonly id: string;
  readonly scheduledAt: number;
  readonly manual: boolean;
  readonly attempt: number;
  readonly tries = 1;
  readonly fence: number;
  /** What the body said of its progress, oldest first. */
  readonly told: { readonly fraction: number; readonly note: string }[] = [];
  /** What the body logged, oldest first. */
  readonly lines: { readonly level: keyof JobLogger; readonly message: string }[] = [];
  readonly logger: JobLogger = {
    log: (message) => void this.lines.push({ level: 'log', message }),
    warn: (message) => void this.lines.push({ level: 'warn', message }),
    error: (message) => void this.lines.push({ level: 'error', message }),
  };
  readonly #lost = new AbortController();
  #checkpoint: Json | undefined;

  constructor(options: BypassRunOptions = {}) {
    const { job = 'job', scheduledAt = Date.now(), manual = false, attempt = 1, fence = 1 } = options;
    this.job = job;
    this.scheduledAt = scheduledAt;
    this.manual = manual;
    this.id = manual ? `manual-${scheduledAt}` : String(scheduledAt);
    this.attempt = attempt;
    this.fence = fence;
    this.#checkpoint = options.checkpoint;
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  /** What was saved last. */
  get checkpoint(): Json | undefined {
    return this.#checkpoint;
  }

  assertHeld(): void {
    this.signal.throwIfAborted();
  }

  async saveCheckpoint(value: Json): Promise<void> {
    this.assertHeld();
    const read: Json = JSON.parse(JSON.stringify(value));
    this.#checkpoint = read;
  }

  async progress(fraction: number, note = ''): Promise<boolean> {
    if (this.signal.aborted) return false;
    this.told.push({ fraction, note });
    return true;
  }

  /** Ends the lease under the body: its signal aborts, `assertHeld()` throws, nothing is saved any more. */
  lose(): void {
    this.#lost.abort(new LeaseLostError(this.job, { reason: 'taken', fence: this.fence }));
  }
}

/**
 * A run for unit tests of a method that carries `@ClusterCron`, or of any body of a job. Nothing is asked of a server.
 * @example `await books.close(bypassRun({ checkpoint: { lastInvoice: 7 } }))`
 */
export function bypassRun(options: BypassRunOptions = {}): BypassRun {
  return new BypassRun(options);
}
