/**
 * Something that is done once, with checked options.
 *
 * A caller asks for the lock of that name, or what came of it, whichever there is, and stands in line for either. Who has the
 * lock does it, and gives it back by the call that writes down what came of it, unless somebody else has taken over. Callers of
 * one process share the way there; what they share is only what came of it, never somebody's time-out or abort.
 */
import { LockAbortedError, LockBusyError, LockTimeoutError } from '../acquire-errors.js';
import { LockReentryError, type LockError } from '../errors.js';
import { AS_RESULT, OR_THROW } from '../guarded/call-ends.js';
import { contentionOf } from '../guarded/call-outcomes.js';
import { beginUnderLease, leaseInChain } from '../guarded/current-lease.js';
import type { LockBody, TryRunResult } from '../guarded/guarded-call.js';
import { demandFor } from '../guarded/guard-terms.js';
import type { GuardParts } from '../guarded/prepared-lease-lock.js';
import { LeaseLostError } from '../lease-errors.js';
import { answerInTime } from '../lease/answer-in-time.js';
import { lockErrorOf } from '../lease/answer-to-caller.js';
import type { Demand } from '../lease/demand.js';
import type { HeldLease } from '../lease/held-lease.js';
import type { LockKey } from '../lease/lease-name.js';
import type { Lease } from '../lease/lease.js';
import { StoreError } from '../lease/store-error.js';
import { backoffMs } from '../time/backoff.js';
import type { Clock } from '../time/clock.js';
import { pause } from '../time/pause.js';
import { Patience } from '../time/patience.js';
import type { Flights } from './flights.js';
import type { OnceTerms } from './once-options.js';
import type { PreparedOnce } from './once-service.js';
import type { Finished, OnceStore } from './once-store.js';
import { given, tellError, tellValue } from './outcome.js';

/** What it is made of. */
export interface OnceParts extends GuardParts {
  readonly store: OnceStore;
  readonly clock: Clock;
  readonly attemptTimeoutMs: number;
}

const RETRY = { firstMs: 20, mostMs: 500 } as const;

/** What came of it, as it is written down, and whether the caller did it who led the way. */
export interface Landed {
  readonly told: string;
  readonly byOwn: boolean;
}

interface Call {
  readonly demand: Demand;
  readonly body: LockBody<unknown>;
}

export class PreparedLeaseOnce implements PreparedOnce {
  readonly #parts: OnceParts;
  readonly #terms: OnceTerms;
  readonly #flights: Flights<Landed>;

  constructor(parts: OnceParts, terms: OnceTerms, flights: Flights<Landed>) {
    this.#parts = parts;
    this.#terms = terms;
    this.#flights = flights;
  }

  get lockName(): string {
    return this.#terms.lockName;
  }

  async run<T>(key: LockKey | undefined, signal: AbortSignal | undefined, body: LockBody<T>): Promise<T> {
    const demand = demandFor(this.#terms, key, signal);
    if (leaseInChain(this.#parts.scope, demand.identity) !== undefined)
      throw new LockReentryError(this.lockName);
    const own: { came?: { readonly value: T } | { readonly thrown: unknown } } = {};
    const doing = async (lease: Lease): Promise<T> => {
      try {
        const value = await body(lease);
        own.came = { value };
        return value;
      } catch (thrown) {
        own.came = { thrown };
        throw thrown;
      }
    };
    const { told, byOwn } = await this.#land({ demand, body: doing });
    const { came } = own;
    if (!byOwn || came === undefined) return given<T>(this.lockName, told);
    if ('thrown' in came) throw came.thrown;
    return came.value;
  }

  async tryRun<T>(
    key: LockKey | undefined,
    signal: AbortSignal | undefined,
    body: LockBody<T>,
  ): Promise<TryRunResult<T>> {
    try {
      return AS_RESULT.done(await this.run(key, signal, body));
    } catch (error) {
      const stayedBusy = LockTimeoutError.is(error) || LockBusyError.is(error);
      if (stayedBusy && error.lockName === this.lockName) return AS_RESULT.busy(error);
      throw error;
    }
  }

  #land(call: Call): Promise<Landed> {
    const { leads, landing } = this.#flights.join(call.demand.identity, () => this.#fly(call));
    return leads ? landing : this.#follow(landing, call);
  }

  /** Waits for who leads. Where that one does not get there, one of those who waited leads. */
  async #follow(leader: Promise<Landed>, { demand, body }: Call): Promise<Landed> {
    const { terms, identity, signal } = demand;
    const patience = new Patience(this.#parts.clock, terms.waitMs, signal === undefined ? [] : [signal]);
    try {
      for (let before = leader; ;) {
        const landed = await patience.during(before.catch(() => undefined));
        if (landed !== undefined) return { ...landed, byOwn: false };
        if (patience.signal.aborted) throw this.#whyNot(patience, signal);
        const begin = (): Promise<Landed> =>
          this.#fly({ demand: { ...demand, terms: { ...terms, waitMs: patience.leftMs } }, body });
        const { leads, landing } = this.#flights.join(identity, begin);
        if (leads) return await landing;
        before = landing;
      }
    } finally {
      patience.end();
    }
  }

  /** There and back: in line for the lock, unless it was done. */
  async #fly(call: Call): Promise<Landed> {
    const { engine, directory } = this.#parts;
    const { demand } = call;
    const taken = engine.accept(await engine.request(demand), demand);
    if (taken.outcome === 'granted') {
      const { lease } = taken;
      try {
        return await this.#do(lease, call);
      } finally {
        await lease.release();
      }
    }
    if (taken.told !== undefined) return { told: taken.told, byOwn: false };
    return OR_THROW.busy(contentionOf(directory, taken), demand.terms);
  }

  async #do(lease: HeldLease, { demand, body }: Call): Promise<Landed> {
    const { scope } = this.#parts;
    const { whenFailed, maxBytes } = this.#terms;
    let told: string;
    let result: unknown;
    try {
      result = await beginUnderLease({ lease, scope, identity: demand.identity }, body);
      told = tellValue(lease.fence, result, maxBytes);
    } catch (error) {
      if (whenFailed === 'retry') throw error;
      told = tellError(lease.fence, error);
    }
    const finished = await this.#finish(lease, told);
    if (finished.written) return { told, byOwn: true };
    // Somebody has taken over: what counts is what that one wrote down.
    if (finished.theirs !== undefined) return { told: finished.theirs, byOwn: false };
    throw new LeaseLostError(this.lockName, { reason: 'taken', fence: lease.fence, result });
  }

  /** Writes it down and gives the lease back; to do so again is to write the same. */
  #finish(lease: HeldLease, told: string): Promise<Finished> {
    const { engine, store } = this.#parts;
    const { identity, token } = lease.tenure;
    const { rememberMs } = this.#terms;
    return engine.conclude(lease, async () => {
      const finished = await this.#insist(() => store.finish({ identity, token, told, rememberMs }));
      return { gaveBack: finished.written, told: finished };
    });
  }

  /** Asks for as long as a lease lasts: what was done is not to be done again for a connection that was lost. */
  async #insist<T>(ask: () => Promise<T>): Promise<T> {
    const { clock, attemptTimeoutMs } = this.#parts;
    const startedAt = clock.now();
    for (let retry = 0; ; retry += 1) {
      const answer = await answerInTime(clock, attemptTimeoutMs, ask());
      if (!(answer instanceof StoreError)) return answer.value;
      const waitedMs = clock.now() - startedAt;
      if (answer.permanent || waitedMs > this.#terms.ttlMs)
        throw lockErrorOf(answer, { lockName: this.lockName, waitedMs });
      await pause(clock, backoffMs(RETRY, retry));
    }
  }

  #whyNot({ waitedMs }: Patience, signal: AbortSignal | undefined): LockError {
    if (signal?.aborted === true) return new LockAbortedError(this.lockName, signal.reason);
    return new LockTimeoutError(this.lockName, { heldBy: undefined, retryAfterMs: 1, waitedMs });
  }
}
