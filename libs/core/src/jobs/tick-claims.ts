/**
 * Claims the ticks of one job, one after the other. A tick that has come stands in a list until the server has said what
 * becomes of it, so that none is forgotten while the server is away; all attempts to claim it carry one token.
 */
import { AsyncResource } from 'node:async_hooks';
import { answered } from '../lease/answer-in-time.js';
import { backoffMs } from '../time/backoff.js';
import type { CancelTimer } from '../time/clock.js';
import { DueTicks } from './due-ticks.js';
import type { HeldDefinition } from './job-definition.js';
import type { Candidate, ClaimReply, RunGrant, SkipReason, Tick } from './job-store.js';
import type { RunnerParts } from './runner-parts.js';

const RETRY = { firstMs: 50, mostMs: 1_000 } as const;

/** Whose ticks they are. */
export interface ClaimOwner {
  /** Who would run it; nothing to claim for when it takes none. */
  candidate(token: string): Candidate;
  granted(grant: RunGrant, token: string): void;
  /** It was written down that this one is not run. */
  skipped(tick: Tick, reason: SkipReason): void;
  /** The server does not know the job (any more). */
  unknown(): void;
  /** Something is wrong that trying again may not cure. */
  fault(error: unknown): void;
}

export class TickClaims {
  readonly #job: string;
  readonly #owner: ClaimOwner;
  readonly #parts: RunnerParts;
  readonly #root = new AsyncResource('HoldfastTicks');
  readonly #again = (): void => this.claim();
  #hash = '';
  /** Nothing while no definition holds that can be read here, or one without a schedule. */
  #due: DueTicks | undefined;
  #claiming = false;
  #settled: Promise<void> = Promise.resolve();
  #failures = 0;
  #stopped = false;
  #cancelTimer: CancelTimer = () => undefined;

  constructor(job: string, owner: ClaimOwner, parts: RunnerParts) {
    this.#job = job;
    this.#owner = owner;
    this.#parts = parts;
  }

  /** Goes by this definition from now on; ticks at `floorMs` and before are nobody's any more. */
  goBy(held: HeldDefinition, floorMs: number): void {
    this.#hash = held.hash;
    const about = { held, job: this.#job, floorMs };
    this.#due = held.schedule === undefined ? undefined : new DueTicks(held.schedule, about);
  }

  /** Claims nothing until there is a definition again. */
  rest(): void {
    this.#due = undefined;
    this.#cancelTimer();
  }

  stop(): void {
    this.#stopped = true;
    this.rest();
  }

  /** Resolves when no claim is under way. */
  get settled(): Promise<void> {
    return this.#settled;
  }

  /** Claims what has come, and comes back when the next one does. */
  claim(): void {
    if (!this.#claiming && this.#due !== undefined) this.#settled = this.#claim(this.#due);
  }

  /** Never rejects. */
  async #claim(due: DueTicks): Promise<void> {
    this.#claiming = true;
    try {
      await this.#claimAll(due);
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      this.#owner.fault(error);
    } finally {
      this.#claiming = false;
    }
    this.#arm();
  }

  async #claimAll(due: DueTicks): Promise<void> {
    const { store, clock, attemptTimeoutMs, tokens, time } = this.#parts;
    for (let tick = due.first(this.#now()); tick !== undefined; tick = due.first(this.#now())) {
      due.token ??= tokens.next();
      const { token } = due;
      const claim = { tick, hash: this.#hash, by: this.#owner.candidate(token) };
      const reply = await answered(clock, attemptTimeoutMs, store.claim(this.#job, claim));
      time.observe(reply);
      if (reply.outcome === 'run') this.#owner.granted(reply, token);
      if (reply.outcome === 'skipped') this.#owner.skipped(tick, reply.reason);
      if (!this.#isSettled(reply)) return;
      due.settled(tick);
      if (due !== this.#due) return;
    }
  }

  /** Whether the tick is dealt with; else it is claimed again with the next poll. */
  #isSettled(reply: ClaimReply): boolean {
    switch (reply.outcome) {
      case 'run':
      case 'skipped':
      case 'queued':
      case 'claimed':
      case 'stale':
        return true;
      case 'unknown':
        this.#owner.unknown();
        return false;
      case 'superseded':
      case 'busy':
      case 'early':
        return false;
    }
  }

  #arm(): void {
    this.#cancelTimer();
    if (this.#due === undefined || this.#stopped) return;
    const dueInMs = this.#due.nextDueAt() - this.#now();
    const delayMs = this.#failures > 0 ? backoffMs(RETRY, this.#failures - 1) : dueInMs;
    // What has come and may not be claimed yet is asked for with the next poll, which finds out why.
    if (!Number.isFinite(delayMs) || delayMs <= 0) return;
    const { clock } = this.#parts;
    this.#cancelTimer = this.#root.runInAsyncScope(() => clock.setTimer(delayMs, this.#again, 'unref'));
  }

  /** By the server's clock; nothing has come before it is known. */
  #now(): number {
    return this.#parts.time.now() ?? -Infinity;
  }
}
