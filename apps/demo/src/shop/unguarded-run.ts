/** A run as `--unguarded` has it: of a tick by the clock of this replica, with nothing behind it. */
import type { JobLogger, JobRun } from '@holdfast/core';

/** What stands in the place of a fence that nobody handed out; real ones are greater. */
export const NO_FENCE = 0;

/** Always believed, never saved. */
export class UnguardedRun implements JobRun {
  readonly id: string;
  readonly manual = false;
  readonly attempt = 1;
  readonly tries = 1;
  readonly fence = NO_FENCE;
  readonly signal: AbortSignal = new AbortController().signal;
  readonly checkpoint = undefined;
  readonly logger: JobLogger = { log: nothing, warn: nothing, error: nothing };

  constructor(
    readonly job: string,
    readonly scheduledAt: number,
  ) {
    this.id = String(scheduledAt);
  }

  assertHeld(): void {
    // nothing to check against
  }

  async saveCheckpoint(): Promise<void> {
    // nobody would go on from there
  }

  async progress(): Promise<boolean> {
    return false;
  }
}

function nothing(): void {
  // nobody asked for a log of what is not guarded
}
