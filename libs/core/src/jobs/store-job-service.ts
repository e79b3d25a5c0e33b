/** Jobs of one instance, kept by a store: one look at the server twice a second for all jobs of the process. */
import { AsyncResource } from 'node:async_hooks';
import { LockConfigError } from '../errors.js';
import type { PublishJobEvent } from '../job-events.js';
import { answerToCaller } from '../lease/answer-to-caller.js';
import { LAST_WORDS_MS } from '../lease/lease-engine.js';
import { LeaseKeeper } from '../lease/lease-keeper.js';
import { escapePart, nameFault } from '../lease/lease-name.js';
import type { RunOnCard } from '../lease/process-card.js';
import type { TokenSource } from '../lease/token-source.js';
import type { CancelTimer, Clock } from '../time/clock.js';
import { show } from '../time/duration.js';
import { within } from '../time/within.js';
import { asEntry, asInspection } from './job-answers.js';
import type { JobBody } from './job-run.js';
import type { JobOptions } from './job-options.js';
import { JobRunner } from './job-runner.js';
import {
  JobService,
  type HistoryPage,
  type JobHistoryEntry,
  type JobInspection,
  type JobSummary,
  type RunNowOutcome,
} from './job-service.js';
import type { ClaimReply, JobStore } from './job-store.js';
import type { ProcessJobs } from './process-jobs.js';
import { resolveJob } from './resolve-job.js';
import { ServerTime } from './server-time.js';

/** What jobs are made of. */
export interface JobServiceParts {
  readonly store: JobStore;
  readonly clock: Clock;
  readonly tokens: TokenSource;
  readonly attemptTimeoutMs: number;
  readonly log: (level: 'log' | 'warn' | 'error', message: string) => void;
  /** This process, for people to read. */
  readonly who: string;
  /** Of the application, for people to read. */
  readonly version: string | undefined;
  readonly publish: PublishJobEvent;
  /** Whether this process runs jobs. */
  readonly enabled: boolean;
}

/** What another process or person did is known here after so long. */
const POLL_MS = 500;
const MOST_NEXT_RUNS = 1_000;
const MOST_ENTRIES = 1_000;
/** Whoever only asks for a run has no lease to take. */
const NO_TTL_MS = 1;

export class StoreJobService extends JobService implements ProcessJobs {
  readonly #parts: JobServiceParts;
  readonly #keeper: LeaseKeeper;
  readonly #time: ServerTime;
  readonly #runners = new Map<string, JobRunner>();
  readonly #root = new AsyncResource('HoldfastJobs');
  readonly #gone = new AbortController();
  #closed = false;
  #cancelPoll: CancelTimer | undefined;

  constructor(parts: JobServiceParts) {
    super();
    this.#parts = parts;
    this.#keeper = new LeaseKeeper(parts.store, parts.clock);
    this.#time = new ServerTime(parts.clock);
  }

  override define(options: JobOptions, body: JobBody): void {
    const job = resolveJob(options);
    const fault = this.#runners.has(job.name)
      ? `name: ${show(job.name)} is the name of another job of this process`
      : typeof body === 'function'
        ? undefined
        : `body: ${show(body)} must be a function`;
    if (fault !== undefined) throw new LockConfigError(`Job ${show(job.name)} cannot work`, [fault]);
    const own = { keeper: this.#keeper, time: this.#time, gone: this.#gone.signal };
    const runner = new JobRunner(job, body, { ...this.#parts, ...own });
    this.#runners.set(job.name, runner);
    if (!this.#parts.enabled || this.#closed) return;
    this.#root.runInAsyncScope(() => void runner.poll());
    this.#cancelPoll ??= this.#pollLater();
  }

  override list(): readonly JobSummary[] {
    const now = this.#time.now() ?? this.#parts.clock.wallNow();
    return [...this.#runners.values()].map(({ job, held, paused, running, overdueSince }) => ({
      name: job.name,
      cron: held.is.cron,
      timeZone: held.is.timeZone,
      paused,
      runningHere: running.length,
      nextRunAt: held.schedule?.next(now),
      overdueSince,
    }));
  }

  override nextRuns(name: string, count: number): readonly number[] {
    const schedule = this.#runners.get(name)?.held.schedule;
    const runs: number[] = [];
    let after = this.#time.now() ?? this.#parts.clock.wallNow();
    while (schedule !== undefined && runs.length < Math.min(count, MOST_NEXT_RUNS)) {
      const next = schedule.next(after);
      if (next === undefined) break;
      runs.push(next);
      after = next;
    }
    return runs;
  }

  override pause(name: string): Promise<boolean> {
    return this.#about(name, (job) => this.#parts.store.setPaused(job, true));
  }

  override resume(name: string): Promise<boolean> {
    return this.#about(name, (job) => this.#parts.store.setPaused(job, false));
  }

  override async runNow(name: string): Promise<RunNowOutcome> {
    const { store, tokens, who, version, enabled } = this.#parts;
    const runner = enabled && !this.#closed ? this.#runners.get(name) : undefined;
    const token = tokens.next();
    const ttlMs = runner?.held.is.ttlMs ?? NO_TTL_MS;
    const by = { token, ttlMs, who: runner === undefined ? undefined : who, version };
    const reply = await this.#about(name, (job) => store.runNow(job, by));
    if (reply.outcome === 'run') runner?.granted(reply, token);
    return asRunNow(reply);
  }

  override async inspect(name: string): Promise<JobInspection> {
    return asInspection(name, await this.#about(name, (job) => this.#parts.store.inspect(job)));
  }

  override async history(name: string, page: HistoryPage = {}): Promise<readonly JobHistoryEntry[]> {
    const { most = 100, before } = page;
    if (!Number.isSafeInteger(most) || most < 1 || most > MOST_ENTRIES) {
      throw new LockConfigError('Jobs', [
        `most: ${show(most)} must be a whole number from 1 to ${MOST_ENTRIES}`,
      ]);
    }
    // An open interval: the entry itself is not told again.
    const asked = { before: before === undefined ? '+' : `(${before}`, most };
    const entries = await this.#about(name, (job) => this.#parts.store.history(job, asked));
    return entries.map(asEntry);
  }

  get onCard(): { readonly jobs: readonly string[]; readonly running: readonly RunOnCard[] } {
    const runners = this.#parts.enabled && !this.#closed ? [...this.#runners.values()] : [];
    const running = runners.flatMap(({ job, running: runs }) => runs.map((run) => ({ job: job.name, run })));
    return { jobs: runners.map(({ job }) => job.name), running };
  }

  async stop(withinMs: number): Promise<number> {
    this.#closed = true;
    this.#cancelPoll?.();
    const runners = [...this.#runners.values()];
    for (const runner of runners) runner.stopTaking();
    const idle = Promise.all(runners.map((runner) => runner.idle()));
    if (withinMs === Infinity) await idle;
    else await within(this.#parts.clock, withinMs, idle);
    return runners.reduce((left, { running }) => left + running.length, 0);
  }

  async leave(): Promise<void> {
    for (const runner of this.#runners.values()) runner.abandon();
    await this.stop(LAST_WORDS_MS);
    this.#gone.abort();
  }

  #pollLater(): CancelTimer {
    return this.#root.runInAsyncScope(() =>
      this.#parts.clock.setTimer(POLL_MS, () => void this.#poll(), 'unref'),
    );
  }

  async #poll(): Promise<void> {
    await Promise.all([...this.#runners.values()].map((runner) => runner.poll()));
    if (!this.#closed) this.#cancelPoll = this.#pollLater();
  }

  /** @throws LockConfigError, LockUnavailableError, LockRefusedError */
  async #about<T>(name: string, ask: (job: string) => Promise<T>): Promise<T> {
    const fault = nameFault(name, 'name');
    if (fault !== undefined) throw new LockConfigError('Jobs', [fault]);
    return answerToCaller(this.#parts, name, ask(escapePart(name)));
  }
}

function asRunNow(reply: ClaimReply): RunNowOutcome {
  if (reply.outcome === 'run') return { outcome: 'started', run: reply.run, fence: reply.fence };
  if (reply.outcome === 'skipped') return { outcome: 'skipped', reason: 'overlap' };
  return reply.outcome === 'queued' ? { outcome: 'queued' } : { outcome: 'unknown' };
}
