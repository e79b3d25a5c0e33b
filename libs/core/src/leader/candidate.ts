/**
 * This process in one election. A leader is a lease that a standby keeps asking for: the candidate stands in line for it
 * without end, leads while it holds it, and asks again when a term is over. Waiting, renewal, loss and hand-over are the
 * engine's.
 */
import { LockClosedError, LockRefusedError, LockUnavailableError } from '../acquire-errors.js';
import type { PublishLeaseEvent } from '../events.js';
import type { Demand } from '../lease/demand.js';
import type { HeldLease } from '../lease/held-lease.js';
import type { LeaseEngine } from '../lease/lease-engine.js';
import type { Lease } from '../lease/lease.js';
import { backoffMs } from '../time/backoff.js';
import { pause } from '../time/pause.js';
import type { CampaignTerms } from './campaign-options.js';
import type { Leadership } from './leader-service.js';
import { Listeners } from './listeners.js';
import { Preference, type PreferenceParts } from './preference.js';
import { Term, type TermEnd } from './term.js';

/** What candidates are made of. */
export interface CandidateParts extends PreferenceParts {
  readonly engine: LeaseEngine;
  readonly publish: PublishLeaseEvent;
  readonly log: (level: 'warn' | 'error', message: string) => void;
}

/** After so long without an answer there is trouble to tell of. Who asks again is at the back of the line, and no worse. */
const PATIENCE_MS = 30_000;
const RETRY = { firstMs: 100, mostMs: 5_000 };

export class Candidate {
  readonly terms: CampaignTerms;
  readonly #parts: CandidateParts;
  readonly #demand: Demand;
  readonly #preference: Preference;
  readonly #leaving = new AbortController();
  readonly #listeners: Listeners<Leadership>;
  #state: Leadership = { leader: false, why: 'standby' };
  #term: Term | undefined;
  #troubled = false;

  constructor(parts: CandidateParts, terms: CampaignTerms) {
    this.#parts = parts;
    this.terms = terms;
    const { election, identity, ttlMs } = terms;
    this.#demand = {
      terms: {
        lockName: `leader:${election}`,
        ttlMs,
        holdAtLeastMs: 0,
        holdAtMostMs: Infinity,
        waitMs: PATIENCE_MS,
        endless: true,
      },
      identity,
      signal: this.#leaving.signal,
    };
    this.#preference = new Preference(parts, terms);
    this.#listeners = new Listeners((error) =>
      parts.log('error', `A listener of the election "${election}" threw: ${String(error)}`),
    );
  }

  /** The term, while it lasts. Asks the clock. */
  get lease(): Lease | undefined {
    return this.#term?.held === true ? this.#term : undefined;
  }

  /** Asks the clock. */
  get state(): Leadership {
    void this.lease;
    return this.#state;
  }

  onChange(listener: (now: Leadership) => void): () => void {
    return this.#listeners.add(listener);
  }

  async stepDown(): Promise<void> {
    await this.#term?.end('stepped-down');
  }

  /** Ends the term and the candidate, in this tick; resolves when the server knows or stays silent. */
  async leave(): Promise<void> {
    if (this.#leaving.signal.aborted) return;
    this.#leaving.abort();
    this.#preference.rest();
    const released = this.#term?.end('stopped');
    this.#is({ leader: false, why: 'stopped' });
    await released;
  }

  /** Campaigns until it leaves, or the engine is closed. */
  async campaign(): Promise<void> {
    const { engine, clock } = this.#parts;
    this.#preference.standBy();
    for (let failures = 0; !this.#leaving.signal.aborted;) {
      try {
        const outcome = engine.accept(await engine.request(this.#demand), this.#demand);
        failures = 0;
        this.#troubled = false;
        if (outcome.outcome === 'busy') continue;
        await this.#lead(outcome.lease);
        if (!this.#leaving.signal.aborted) this.#preference.standBy();
      } catch (error) {
        if (this.#leaving.signal.aborted) return;
        if (LockClosedError.is(error)) return void this.leave();
        this.#tell(error);
        await pause(clock, backoffMs(RETRY, failures++), this.#leaving.signal);
      }
    }
  }

  /** Until the term is over. */
  #lead(lease: HeldLease): Promise<void> {
    return new Promise((over) => {
      const term = new Term(lease, (why) => {
        this.#over(why);
        over();
      });
      this.#term = term;
      this.#preference.lead(() => void term.end('yielded'));
      term.begin();
      if (term.held) this.#is({ leader: true, term: term.fence, signal: term.signal });
    });
  }

  #over(why: TermEnd): void {
    this.#term = undefined;
    this.#preference.rest();
    this.#is({ leader: false, why });
  }

  #is(state: Leadership): void {
    if (!state.leader && !this.#state.leader && state.why === this.#state.why) return;
    this.#state = state;
    this.#listeners.tell(state);
  }

  /** Once, until somebody answers again. */
  #tell(error: unknown): void {
    if (this.#troubled) return;
    this.#troubled = true;
    const { publish, log } = this.#parts;
    const { lockName } = this.#demand.terms;
    const why = error instanceof Error ? error.message : String(error);
    log('warn', `No leader can be elected here, still trying: ${why}`);
    if (!LockUnavailableError.is(error) && !LockRefusedError.is(error)) return;
    const { condition } = error;
    const waitedMs = LockUnavailableError.is(error) ? error.waitedMs : 0;
    publish(() => ({ type: 'unavailable', lockName, condition, waitedMs }));
  }
}
