/**
 * One run of this process, from the grant to the word of the server that it is over.
 *
 * The lease of the run is renewed by a keeper like any other. The body is begun again after a failure as often as `retry`
 * allows. Then `finish` is sent until it is answered, the lease being renewed meanwhile, so that nobody tries again what is
 * done. A run whose lease was lost before that is the server's to judge: it counts if no other attempt took its place.
 */
import type { HeldLease, LeaseHome } from '../lease/held-lease.js';
import type { LeaseKeeper } from '../lease/lease-keeper.js';
import type { LossReason } from '../lease-errors.js';
import type { ReleaseOutcome } from '../events.js';
import { backoffMs } from '../time/backoff.js';
import type { Clock } from '../time/clock.js';
import { pause } from '../time/pause.js';
import type { JobDefinition } from './job-definition.js';
import type { JobNews } from './job-news.js';
import type { JobBody } from './job-run.js';
import type { Candidate, FinishReply, JobStore, RunGrant, RunOutcome } from './job-store.js';
import type { ResolvedJob } from './resolve-job.js';
import { RunContext } from './run-context.js';
import { scheduledAtOf } from './run-id.js';
import { leaseOfRun } from './run-lease.js';
import { untilAnswered } from './until-answered.js';

const MOST_ERROR_LENGTH = 500;
/** Later than this the server has long judged by itself. */
const LEAST_FINISH_MS = 10_000;
const MOST_BACKOFF_MS = 300_000;

/** What runs work with. */
export interface ExecutionParts {
  readonly store: JobStore;
  readonly clock: Clock;
  readonly keeper: LeaseKeeper;
  readonly attemptTimeoutMs: number;
  /** Aborts when the process has left its runs to others. */
  readonly gone: AbortSignal;
  readonly log: (level: 'log' | 'warn' | 'error', message: string) => void;
  readonly news: JobNews;
}

/** The job whose run it is, as it holds now. */
export interface ExecutedJob {
  readonly job: ResolvedJob;
  readonly is: JobDefinition;
  readonly body: JobBody;
}

interface Verdict {
  readonly outcome: RunOutcome;
  readonly error?: unknown;
}

export class JobExecution implements LeaseHome {
  readonly clock: Clock;
  readonly grant: RunGrant;
  readonly #executed: ExecutedJob;
  readonly #parts: ExecutionParts;
  readonly #lease: HeldLease;
  readonly #stop = new AbortController();
  readonly #context: RunContext;
  readonly #forced: Promise<Verdict>;
  #force: (verdict: Verdict) => void = () => undefined;
  /** The body is through: what happens to the lease is of no interest any more. */
  #judged = false;

  constructor(
    grant: RunGrant,
    token: string,
    { executed, parts }: { executed: ExecutedJob; parts: ExecutionParts },
  ) {
    const { job, is } = executed;
    this.clock = parts.clock;
    this.grant = grant;
    this.#executed = executed;
    this.#parts = parts;
    this.#lease = leaseOfRun(grant, token, { job, is, home: this });
    this.#forced = new Promise((resolve) => {
      this.#force = resolve;
    });
    const { store, clock, attemptTimeoutMs, log } = parts;
    const about = { name: job.name, job: job.escapedName, store, clock, attemptTimeoutMs, log };
    this.#context = new RunContext(grant, { lease: this.#lease, stop: this.#stop.signal }, about);
  }

  /** Runs the body and says how it ended. Never rejects. @param next who takes up what waits behind it */
  async run(next: () => Candidate): Promise<FinishReply | undefined> {
    // The answer may have taken longer than the lease lasts: whoever has the run now, it is not this process.
    if (!this.#lease.held) return this.decline(next);
    const { keeper, news } = this.#parts;
    keeper.keep(this.#lease.tenure);
    const begunAt = this.clock.now();
    news.started(this.grant);
    const verdict = await Promise.race([this.#try(), this.#forced]);
    this.#judged = true;
    const durationMs = this.clock.now() - begunAt;
    if (verdict.outcome === 'failed') this.#tellFailure(verdict.error);
    const reply = await this.#finish(verdict, next);
    news.ended(this.grant, { outcome: verdict.outcome, reply, durationMs });
    return reply;
  }

  /** Leaves the run to another process, before its body began here. Never rejects. */
  decline(next: () => Candidate): Promise<FinishReply | undefined> {
    this.#judged = true;
    // What an attempt before saved is not to be lost with it.
    return this.#finish({ outcome: this.grant.attempt === 1 ? 'unclaimed' : 'abandoned' }, next);
  }

  /** Asks the body to stop; after another ttl the run is over whatever the body does. */
  cancel(): void {
    if (this.#stop.signal.aborted || this.#judged) return;
    this.#stop.abort(new Error(`A later run of "${this.#executed.job.name}" wants to begin`));
    this.clock.setTimer(this.#executed.is.ttlMs, () => this.#force({ outcome: 'cancelled' }), 'unref');
  }

  /** Ends the run at once: its process leaves. */
  abandon(): void {
    this.#lease.lose('closed');
  }

  lost(lease: HeldLease, why: LossReason | 'hold-limit'): void {
    if (this.#judged) return;
    const { job, is } = this.#executed;
    if (why === 'hold-limit')
      this.#force({ outcome: 'failed', error: new Error(`timed out after ${is.timeoutMs} ms`) });
    else if (why === 'closed') this.#force({ outcome: 'abandoned' });
    else {
      this.#parts.keeper.forget(lease.tenure);
      this.#parts.log('error', `The lease of "${job.name}" at ${this.#dueText} was lost: ${why}`);
    }
  }

  release(lease: HeldLease): Promise<ReleaseOutcome> {
    this.#parts.keeper.forget(lease.tenure);
    return Promise.resolve('released');
  }

  /** The overdue watch tells of runs that take long. */
  heldLong(): void {
    return undefined;
  }

  async #try(): Promise<Verdict> {
    const { body, is } = this.#executed;
    for (;;) {
      this.#context.tries += 1;
      try {
        await body(this.#context);
        return { outcome: this.#stop.signal.aborted ? 'cancelled' : 'ok' };
      } catch (error) {
        if (this.#stop.signal.aborted) return { outcome: 'cancelled' };
        if (this.#context.tries >= is.tries || !this.#lease.held) return { outcome: 'failed', error };
        const backoff = { firstMs: is.backoffMs, mostMs: MOST_BACKOFF_MS };
        await pause(this.clock, backoffMs(backoff, this.#context.tries - 1), this.#context.signal);
      }
    }
  }

  async #finish(verdict: Verdict, next: () => Candidate): Promise<FinishReply | undefined> {
    const { store, log } = this.#parts;
    const { job, is } = this.#executed;
    const { run, fence } = this.grant;
    const end = { run, fence, outcome: verdict.outcome, errorText: this.#textOf(verdict) };
    const patienceMs = Math.max(is.ttlMs, LEAST_FINISH_MS);
    const reply = await untilAnswered(this.#parts, patienceMs, () =>
      store.finish(job.escapedName, end, next()),
    );
    void this.#lease.release();
    this.#parts.keeper.forget(this.#lease.tenure);
    if (reply === undefined)
      log(
        'error',
        `How "${job.name}" at ${this.#dueText} ended could not be written down: ${verdict.outcome}`,
      );
    return reply;
  }

  #tellFailure(error: unknown): void {
    const { log } = this.#parts;
    log('error', `Job "${this.#executed.job.name}" at ${this.#dueText} failed: ${this.#described(error)}`);
  }

  #textOf({ outcome, error }: Verdict): string {
    return outcome === 'failed' ? this.#described(error) : '';
  }

  /** What the application makes of an error must not end the run. */
  #described(error: unknown): string {
    try {
      return this.#executed.job.describeError(error).slice(0, MOST_ERROR_LENGTH);
    } catch {
      return 'an error that could not be described';
    }
  }

  get #dueText(): string {
    return new Date(scheduledAtOf(this.grant.run)).toISOString();
  }
}
