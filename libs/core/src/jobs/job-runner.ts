/**
 * One job in this process: its ticks are claimed, and what it is given is run.
 *
 * Twice a second the process asks what else there is: a definition that changed, a lost run to try again, one that waits,
 * and runs that have to stop. The server decides; nothing is kept here that a restart could lose.
 */
import { AsyncResource } from 'node:async_hooks';
import { answered } from '../lease/answer-in-time.js';
import { StoreError } from '../lease/store-error.js';
import { heldFrom, policiesOf, type HeldDefinition } from './job-definition.js';
import { JobExecution } from './job-execution.js';
import { JobNews } from './job-news.js';
import type { JobBody } from './job-run.js';
import type { Candidate, PollReply, RunGrant, SkipReason, Tick } from './job-store.js';
import { OverdueWatch } from './overdue-watch.js';
import type { ResolvedJob } from './resolve-job.js';
import type { RunnerParts } from './runner-parts.js';
import { TickClaims, type ClaimOwner } from './tick-claims.js';

export class JobRunner implements ClaimOwner {
  readonly job: ResolvedJob;
  readonly #body: JobBody;
  readonly #parts: RunnerParts;
  readonly #claims: TickClaims;
  readonly #news: JobNews;
  readonly #overdue: OverdueWatch;
  readonly #executions = new Set<JobExecution>();
  readonly #onIdle: (() => void)[] = [];
  readonly #root = new AsyncResource('HoldfastJob');
  #held: HeldDefinition;
  /** Hash of the definition that claims go by, or of the one that cannot be read here. */
  #hash: string | undefined;
  #registered = false;
  /** Kept until there was an answer: a run that was taken up with it is not lost with the answer. */
  #pollToken: string | undefined;
  #polling: Promise<void> | undefined;
  #taking = true;

  constructor(job: ResolvedJob, body: JobBody, parts: RunnerParts) {
    this.job = job;
    this.#body = body;
    this.#parts = parts;
    this.#held = job.own;
    this.#news = new JobNews(job.name, parts.publish);
    this.#overdue = new OverdueWatch(job.name, parts);
    this.#claims = new TickClaims(job.escapedName, this, parts);
  }

  /** The definition that this process goes by. */
  get held(): HeldDefinition {
    return this.#held;
  }

  get paused(): boolean {
    return this.#news.paused;
  }

  /** The runs that are under way here. */
  get running(): readonly string[] {
    return [...this.#executions].map(({ grant }) => grant.run);
  }

  /** When the tick was due that should have ended well by now. */
  get overdueSince(): number | undefined {
    return this.#overdue.since;
  }

  /** Asks the server what there is to do, unless it is asked already: two answers would be one run, begun twice. Never rejects. */
  poll(): Promise<void> {
    this.#polling ??= this.#poll().finally(() => {
      this.#polling = undefined;
    });
    return this.#polling;
  }

  async #poll(): Promise<void> {
    const { store, clock, attemptTimeoutMs, tokens } = this.#parts;
    const { escapedName, own } = this.job;
    try {
      if (!this.#registered) await this.#register();
      this.#pollToken ??= tokens.next();
      const token = this.#pollToken;
      const asked = store.poll(escapedName, own.hash, this.candidate(token));
      const reply = await answered(clock, attemptTimeoutMs, asked);
      this.#pollToken = undefined;
      this.#polled(reply, token);
    } catch (error) {
      this.fault(error);
    }
    this.#overdue.look();
  }

  granted(grant: RunGrant, token: string): void {
    const executed = { job: this.job, is: this.#held.is, body: this.#body };
    const execution = new JobExecution(grant, token, {
      executed,
      parts: { ...this.#parts, news: this.#news },
    });
    this.#executions.add(execution);
    const nextToken = this.#parts.tokens.next();
    const next = (): Candidate => this.candidate(nextToken);
    // Asked for before this process was told to take nothing more: another one is to have it.
    const ended = this.#root.runInAsyncScope(() =>
      this.#taking ? execution.run(next) : execution.decline(next),
    );
    void ended.then((reply) => {
      this.#executions.delete(execution);
      if (reply?.outcome === 'run') this.granted(reply, nextToken);
      else this.#claims.claim();
      if (this.#executions.size === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
    });
  }

  candidate(token: string): Candidate {
    const { ttlMs } = this.#held.is;
    const { who, version } = this.#parts;
    return { token, ttlMs, who: this.#taking ? who : undefined, version };
  }

  skipped(tick: Tick, reason: SkipReason): void {
    this.#news.skipped(tick.at, reason);
  }

  unknown(): void {
    this.#registered = false;
    this.#hash = undefined;
  }

  /** Trouble with the server is told by its connection; anything else is a fault that somebody has to hear of. */
  fault(error: unknown): void {
    if (error instanceof StoreError && !error.permanent) return;
    this.#parts.log('error', `Job "${this.job.name}" cannot ask what to do: ${String(error)}`);
  }

  /** Claims nothing and takes up nothing from now on; what runs goes on. */
  stopTaking(): void {
    this.#taking = false;
    this.#claims.stop();
  }

  /** Resolves when nothing runs, and nothing is asked for that would. To be called when it takes nothing any more. */
  async idle(): Promise<void> {
    await Promise.all([this.#polling, this.#claims.settled]);
    if (this.#executions.size > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  /** Leaves what runs to other processes. */
  abandon(): void {
    for (const execution of this.#executions) execution.abandon();
  }

  async #register(): Promise<void> {
    const { store, clock, attemptTimeoutMs } = this.#parts;
    const { version, own, escapedName } = this.job;
    const { hash, text, scheduleText: schedule } = own;
    const definition = { hash, text, schedule, version, policies: policiesOf(own.is) };
    await answered(clock, attemptTimeoutMs, store.define(escapedName, definition));
    this.#registered = true;
  }

  #polled(reply: PollReply, token: string): void {
    this.#parts.time.observe(reply);
    if (reply.outcome === 'unknown') this.unknown();
    else if (reply.outcome === 'run') this.granted(reply, token);
    else {
      this.#news.pausedIs(reply.paused);
      if (this.#hash !== reply.hash && this.#taking) this.#goBy(reply);
      this.#await(reply);
      for (const execution of this.#executions)
        if (reply.cancelled.includes(execution.grant.run)) execution.cancel();
    }
    this.#claims.claim();
  }

  /** Goes by the definition that holds, also where that is another version's. */
  #goBy({ hash, definition, floorMs }: Extract<PollReply, { outcome: 'idle' }>): void {
    this.#hash = hash;
    const read = definition === undefined ? this.job.own : heldFrom(definition);
    const held = read?.hash === hash ? read : undefined;
    this.#news.goesBy(this.job.own, held);
    if (held !== undefined) {
      this.#held = held;
      this.#claims.goBy(held, floorMs);
      return;
    }
    this.#claims.rest();
    this.#parts.log(
      'warn',
      `Job "${this.job.name}" is defined by another version in a way that this one cannot read; it waits`,
    );
  }

  /** Whether what the server said is late. One that is paused, or that cannot be read here, is not waited for. */
  #await({ accountedMs, hash, paused }: Extract<PollReply, { outcome: 'idle' }>): void {
    if (paused || this.#held.hash !== hash) this.#overdue.rest();
    else this.#overdue.expect(this.#held, accountedMs);
  }
}
