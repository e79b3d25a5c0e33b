/** The run as its body sees it. */
import { LockConfigError } from '../errors.js';
import { LeaseLostError } from '../lease-errors.js';
import { answerInTime } from '../lease/answer-in-time.js';
import { answerToCaller } from '../lease/answer-to-caller.js';
import type { HeldLease } from '../lease/held-lease.js';
import { StoreError } from '../lease/store-error.js';
import type { Clock } from '../time/clock.js';
import { show } from '../time/duration.js';
import type { JobLogger, JobRun, Json } from './job-run.js';
import type { JobStore, RunGrant } from './job-store.js';
import { isManual, scheduledAtOf } from './run-id.js';

const MOST_CHECKPOINT_BYTES = 65_536;
const MOST_NOTE_LENGTH = 200;

/** What a run is made of. */
export interface RunContextParts {
  /** The job's name, and what its keys are called by. */
  readonly name: string;
  readonly job: string;
  readonly store: JobStore;
  readonly clock: Clock;
  readonly attemptTimeoutMs: number;
  readonly log: (level: 'log' | 'warn' | 'error', message: string) => void;
}

export class RunContext implements JobRun {
  readonly #grant: RunGrant;
  readonly #lease: HeldLease;
  readonly #parts: RunContextParts;
  readonly #stop: AbortSignal;
  #signal: AbortSignal | undefined;
  #checkpoint: Json | undefined;
  tries = 0;

  /** @param stop aborts when the run is asked to stop although it holds its lease */
  constructor(grant: RunGrant, held: { lease: HeldLease; stop: AbortSignal }, parts: RunContextParts) {
    this.#grant = grant;
    this.#lease = held.lease;
    this.#stop = held.stop;
    this.#parts = parts;
    this.#checkpoint = grant.checkpoint === undefined ? undefined : asJson(grant.checkpoint);
  }

  get job(): string {
    return this.#parts.name;
  }

  get id(): string {
    return this.#grant.run;
  }

  get scheduledAt(): number {
    return scheduledAtOf(this.#grant.run);
  }

  get manual(): boolean {
    return isManual(this.#grant.run);
  }

  get attempt(): number {
    return this.#grant.attempt;
  }

  get fence(): number {
    return this.#grant.fence;
  }

  get checkpoint(): Json | undefined {
    return this.#checkpoint;
  }

  get signal(): AbortSignal {
    // Reading the one of the lease looks at the clock.
    const lost = this.#lease.signal;
    this.#signal ??= AbortSignal.any([lost, this.#stop]);
    return this.#signal;
  }

  get logger(): JobLogger {
    const { name, log } = this.#parts;
    const at = new Date(this.scheduledAt).toISOString();
    const say = (level: 'log' | 'warn' | 'error') => (message: string) =>
      log(level, `${name}@${at} (fence ${this.fence}): ${message}`);
    return { log: say('log'), warn: say('warn'), error: say('error') };
  }

  assertHeld(): void {
    this.#lease.assertHeld();
  }

  async saveCheckpoint(value: Json): Promise<void> {
    const text = JSON.stringify(value);
    const bytes = text === undefined ? undefined : Buffer.byteLength(text);
    if (bytes === undefined || bytes > MOST_CHECKPOINT_BYTES) {
      const why =
        bytes === undefined ? `${show(value)} is nothing that JSON can carry` : `${bytes} bytes of JSON`;
      throw new LockConfigError(`Job ${show(this.job)} cannot save`, [
        `checkpoint: ${why}; at most ${MOST_CHECKPOINT_BYTES} are kept`,
      ]);
    }
    this.assertHeld();
    const saved = await answerToCaller(this.#parts, this.job, this.#save('checkpoint', text));
    if (saved) {
      this.#checkpoint = value;
      return;
    }
    this.#lease.lose('taken');
    throw new LeaseLostError(this.job, { reason: 'taken', fence: this.fence });
  }

  async progress(fraction: number, note = ''): Promise<boolean> {
    const { clock, attemptTimeoutMs } = this.#parts;
    const share = Math.min(1, Math.max(0, Number.isFinite(fraction) ? fraction : 0));
    const saved = this.#save('progress', `${share} ${note.slice(0, MOST_NOTE_LENGTH)}`);
    const answer = await answerInTime(clock, attemptTimeoutMs, saved);
    return !(answer instanceof StoreError) && answer.value;
  }

  #save(what: 'checkpoint' | 'progress', value: string): Promise<boolean> {
    const { run, fence } = this.#grant;
    return this.#parts.store.save(this.#parts.job, { run, fence, what, value });
  }
}

/** What an attempt before saved. It was checked when it was saved; a text that is none is no reason to fail the run. */
function asJson(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
