/** One limiter: asks its store, which decides, and puts that into the words of callers. */
import { LockAbortedError, LockClosedError, RateLimitedError } from '../acquire-errors.js';
import { LockConfigError, type LockError } from '../errors.js';
import { callFaults } from '../guarded/guard-terms.js';
import { answerInTime } from '../lease/answer-in-time.js';
import { lockErrorOf } from '../lease/answer-to-caller.js';
import { identityBelow, type LockKey } from '../lease/lease-name.js';
import { StoreError } from '../lease/store-error.js';
import { durationReader, show, unknownOption } from '../time/duration.js';
import { pause } from '../time/pause.js';
import type { LimiterParts } from './limiter-parts.js';
import type { LimitAnswer, LimitStore, ResolvedLimit } from './limit-store.js';
import { Patience } from '../time/patience.js';
import type { ResolvedLimiter } from './rate-limiter-options.js';
import type { LimitState, RateDecision, RateLimiter, WaitForOptions } from './rate-limiter-service.js';
import type { Turns } from './turns.js';

interface Parts extends LimiterParts {
  readonly turns: Turns;
  /** Aborted from shutdown on. */
  readonly closed: AbortSignal;
}

/** A call, checked. */
interface Asked {
  readonly identity: string;
  readonly cost: number;
}

const WAIT_OPTIONS: ReadonlySet<string> = new Set([
  'cost',
  'wait',
  'signal',
] satisfies (keyof WaitForOptions)[]);

export class StoreRateLimiter implements RateLimiter {
  readonly #parts: Parts;
  readonly #terms: ResolvedLimiter;

  constructor(parts: Parts, terms: ResolvedLimiter) {
    this.#parts = parts;
    this.#terms = terms;
  }

  get name(): string {
    return this.#terms.name;
  }

  async consume(key?: LockKey, cost = 1): Promise<RateDecision> {
    return this.#decide(this.#asked(key, cost), true);
  }

  async check(key?: LockKey, cost = 1): Promise<RateDecision> {
    return this.#decide(this.#asked(key, cost), false);
  }

  async peek(key?: LockKey): Promise<readonly LimitState[]> {
    const asked = { ...this.#asked(key, 1), cost: 0 };
    const answer = await this.#ask(this.#question(asked, false));
    if (answer instanceof StoreError) throw this.#told(answer);
    return this.#states(answer.limits);
  }

  async reset(key?: LockKey): Promise<void> {
    const { identity } = this.#asked(key, 1);
    const answer = await this.#ask(this.#parts.store.reset(identity, this.#terms.limits));
    if (answer instanceof StoreError) throw this.#told(answer);
  }

  async waitFor(key?: LockKey, options: WaitForOptions = {}): Promise<RateDecision> {
    const { cost = 1, signal } = options;
    const { clock, closed, turns } = this.#parts;
    const faults: string[] = [];
    const waitMs = readWait(options, this.#parts.waitMs, faults);
    const asked = this.#asked(key, cost, faults);
    const patience = new Patience(clock, waitMs, signal === undefined ? [closed] : [closed, signal]);
    try {
      const decision = await patience.during(
        turns.inTurn(asked.identity, () => this.#askUntil(asked, patience)),
      );
      if (decision?.allowed === true) return decision;
      throw this.#whyNot(patience, signal, decision?.retryAfterMs);
    } finally {
      patience.end();
    }
  }

  /** @returns nothing when it was over before its turn came */
  async #askUntil(asked: Asked, patience: Patience): Promise<RateDecision | undefined> {
    let decision: RateDecision | undefined;
    for (let waits = true; waits && !patience.signal.aborted;) {
      decision = await this.#decide(asked, true);
      // What cannot come in time is not waited for.
      waits = !decision.allowed && decision.retryAfterMs <= patience.leftMs;
      if (waits && !decision.allowed) await pause(this.#parts.clock, decision.retryAfterMs, patience.signal);
    }
    return decision;
  }

  #whyNot({ waitedMs }: Patience, signal: AbortSignal | undefined, retryAfterMs = 1): LockError {
    if (signal?.aborted === true) return new LockAbortedError(this.name, signal.reason);
    if (this.#parts.closed.aborted) return new LockClosedError(this.name);
    return new RateLimitedError(this.name, { retryAfterMs, waitedMs });
  }

  async #decide(asked: Asked, counts: boolean): Promise<RateDecision> {
    const answer = await this.#ask(this.#question(asked, counts));
    if (answer instanceof StoreError) {
      if (this.#terms.whenUnavailable === 'throw' || answer.permanent) throw this.#told(answer);
      return { allowed: true, counted: false, condition: answer.condition };
    }
    const limits = this.#states(answer.limits);
    const remaining = Math.min(...limits.map((limit) => limit.remaining));
    if (answer.passes) return { allowed: true, counted: true, remaining, limits };
    return {
      allowed: false,
      retryAfterMs: Math.max(...limits.map((limit) => limit.retryAfterMs)),
      remaining,
      limits,
    };
  }

  #asked(key: LockKey | undefined, cost: number, faults: readonly string[] = []): Asked {
    const { name, escapedName, limits } = this.#terms;
    const { closed } = this.#parts;
    const found = [...faults, ...callFaults(key, undefined), ...costFaults(cost, limits)];
    if (found.length > 0) throw new LockConfigError(`Limiter ${show(name)} cannot be asked`, found);
    if (closed.aborted) throw new LockClosedError(name);
    return { identity: identityBelow(escapedName, key), cost };
  }

  #question({ identity, cost }: Asked, counts: boolean): ReturnType<LimitStore['decide']> {
    return this.#parts.store.decide({ identity, limits: this.#terms.limits, cost, counts });
  }

  #ask<T>(call: Promise<T>): Promise<T | StoreError> {
    const { clock, attemptTimeoutMs } = this.#parts;
    return answerInTime(clock, attemptTimeoutMs, call).then((answer) =>
      answer instanceof StoreError ? answer : answer.value,
    );
  }

  #told(trouble: StoreError): LockError {
    return lockErrorOf(trouble, { lockName: this.name, waitedMs: this.#parts.attemptTimeoutMs });
  }

  #states(answers: readonly LimitAnswer[]): readonly LimitState[] {
    return answers.flatMap((answer, at) => {
      const limit = this.#terms.limits[at];
      return limit === undefined ? [] : [stateOf(limit, answer)];
    });
  }
}

/** Rounded up: whoever comes back after so many milliseconds does not come too early. */
const msOf = (micros: number): number => Math.ceil(micros / 1_000);

function stateOf(
  { quantity, perMs }: ResolvedLimit,
  { remaining, waitMicros, resetMicros }: LimitAnswer,
): LimitState {
  return {
    limit: quantity,
    windowMs: perMs,
    remaining,
    retryAfterMs: msOf(waitMicros),
    resetMs: msOf(resetMicros),
  };
}

function costFaults(cost: unknown, limits: readonly ResolvedLimit[]): readonly string[] {
  if (typeof cost !== 'number' || !Number.isInteger(cost) || cost < 1)
    return [`cost: ${show(cost)} must be an integer of 1 or more`];
  const most = Math.min(...limits.map((limit) => limit.most));
  return cost > most ? [`cost: ${cost} would never pass; at most ${most} may at once`] : [];
}

function readWait(options: WaitForOptions, fallbackMs: number, faults: string[]): number {
  for (const option of Object.keys(options))
    if (!WAIT_OPTIONS.has(option)) faults.push(unknownOption(option, WAIT_OPTIONS));
  faults.push(...callFaults(undefined, options.signal));
  if (options.wait === 'forever') return Infinity;
  return durationReader(options, faults)('wait', fallbackMs, { leastMs: 0 });
}
