/** What becomes of one job in this process, told to whoever listens. */
import type { JobEvent, JobSchedule, PublishJobEvent } from '../job-events.js';
import type { HeldDefinition } from './job-definition.js';
import type { FinishReply, RunGrant, RunOutcome, SkipReason } from './job-store.js';
import { scheduledAtOf } from './run-id.js';

/** How a run went, and what the server made of it: nothing when it did not answer. */
export interface RunNews {
  readonly outcome: RunOutcome;
  readonly reply: FinishReply | undefined;
  readonly durationMs: number;
}

export class JobNews {
  readonly #job: string;
  readonly #publish: PublishJobEvent;
  #paused = false;
  #superseded = false;

  constructor(job: string, publish: PublishJobEvent) {
    this.#job = job;
    this.#publish = publish;
  }

  get paused(): boolean {
    return this.#paused;
  }

  pausedIs(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    this.#publish(() => ({ type: paused ? 'paused' : 'resumed', job: this.#job }));
  }

  /** The definition that claims go by from now on; nothing when it cannot be read here. */
  goesBy(own: HeldDefinition, held: HeldDefinition | undefined): void {
    const superseded = held?.hash !== own.hash;
    if (!superseded && !this.#superseded) return;
    this.#superseded = superseded;
    this.#publish(() => ({
      type: superseded ? 'definition-superseded' : 'definition-restored',
      job: this.#job,
      own: scheduleOf(own),
      held: held === undefined ? undefined : scheduleOf(held),
    }));
  }

  skipped(scheduledAt: number, reason: SkipReason): void {
    this.#publish(() => ({ type: 'tick-skipped', job: this.#job, scheduledAt, reason }));
  }

  started(grant: RunGrant): void {
    this.#publish(() => ({ type: 'run-started', ...this.#about(grant) }));
  }

  ended(grant: RunGrant, { outcome, reply, durationMs }: RunNews): void {
    const recorded = outcome !== 'abandoned' && (reply?.outcome === 'done' || reply?.outcome === 'run');
    const told = reply?.outcome === 'superseded' ? 'lost' : outcomeOf(outcome);
    this.#publish(() => ({
      type: 'run-ended',
      ...this.#about(grant),
      outcome: told,
      durationMs,
      recorded,
    }));
  }

  #about({ run, fence, attempt }: RunGrant) {
    return { job: this.#job, run, scheduledAt: scheduledAtOf(run), fence, attempt };
  }
}

function scheduleOf({ is: { cron, timeZone } }: HeldDefinition): JobSchedule {
  return { cron, timeZone };
}

/** A run that its process leaves is anybody's. */
function outcomeOf(outcome: RunOutcome): Extract<JobEvent, { type: 'run-ended' }>['outcome'] {
  return outcome === 'abandoned' || outcome === 'unclaimed' ? 'lost' : outcome;
}
