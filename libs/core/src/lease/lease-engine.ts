/**
 * The one engine under every primitive that is a lease: joins waiting, keeping and giving back, and knows what is held.
 */
import { type LossReason } from '../lease-errors.js';
import type { ReleaseOutcome } from '../events.js';
import { within } from '../time/within.js';
import { answerToCaller } from './answer-to-caller.js';
import type { Waiting } from './acquisition-parts.js';
import { Agenda } from './agenda.js';
import { delaysNext, type Demand } from './demand.js';
import type { Settlement } from './settlement.js';
import { Drains } from './drains.js';
import { HeldLease, type EndError, type LeaseHome } from './held-lease.js';
import { LeaseAcquirer } from './lease-acquirer.js';
import { LeaseKeeper } from './lease-keeper.js';
import { LeaseNews, type LeaseNewsParts } from './lease-news.js';
import type { LeaseInspection, LeaseStore } from './lease-store.js';
import { Releases } from './releases.js';
import type { Tenure } from './tenure.js';
import { TokenCleanup } from './token-cleanup.js';
import { UnreadFences } from './unread-fences.js';
import type { TokenSource } from './token-source.js';

/** What an engine is made of. */
export interface EngineParts extends LeaseNewsParts {
  readonly store: LeaseStore;
  readonly tokens: TokenSource;
  readonly attemptTimeoutMs: number;
}

/** A call that gives a lease back, and what else it came to. */
export type Conclusion<T> = () => Promise<{ readonly gaveBack: boolean; readonly told: T }>;

/** How a request ended, apart from errors. */
export type AcquireOutcome =
  { readonly outcome: 'granted'; readonly lease: HeldLease } | Extract<Settlement, { outcome: 'busy' }>;

/** How long `close` waits for answers once the grace is over: a silent server must not hold a shutdown up. */
export const LAST_WORDS_MS = 400;

export class LeaseEngine {
  readonly #parts: EngineParts;
  readonly #cleanup: TokenCleanup;
  readonly #acquirer: LeaseAcquirer;
  readonly #releases: Releases;
  readonly #keeper: LeaseKeeper;
  readonly #drains: Drains;
  readonly #home: LeaseHome;
  readonly #unreadFences: UnreadFences;
  readonly #news: LeaseNews;

  constructor(parts: EngineParts) {
    const { store, clock, attemptTimeoutMs } = parts;
    this.#parts = parts;
    this.#cleanup = new TokenCleanup(store, clock, attemptTimeoutMs);
    // Ref'd: somebody awaits what its items end.
    const agenda = new Agenda<Waiting>(clock, { stepMs: 1, hold: 'ref' }, (take) => {
      for (let waiting = take(); waiting !== undefined; waiting = take()) waiting.due();
    });
    this.#acquirer = new LeaseAcquirer({ ...parts, agenda, cleanup: this.#cleanup });
    this.#releases = new Releases({ ...parts, agenda }, (lease, outcome) =>
      this.#news.released(lease, outcome),
    );
    this.#keeper = new LeaseKeeper(store, clock);
    this.#drains = new Drains(clock);
    this.#unreadFences = new UnreadFences(parts.log);
    this.#news = new LeaseNews(parts);
    this.#home = {
      clock,
      lost: (lease, why) => this.#lost(lease, why),
      release: (lease, now) => this.#release(lease, now),
      heldLong: (lease) => this.#news.heldLong(lease),
    };
  }

  /**
   * Asks for a lease. What comes of it is for {@link accept}, in the very continuation that gets it: so that nothing
   * lies between the last look at the caller's signal and the caller.
   * @throws LockAbortedError, LockClosedError, LockUnavailableError, LockRefusedError by its promise
   */
  request(demand: Demand): Promise<Settlement> {
    return this.#acquirer.acquire(demand);
  }

  /** @throws LockAbortedError, LockClosedError */
  accept(settlement: Settlement, demand: Demand): AcquireOutcome {
    if (settlement.outcome === 'busy') return settlement;
    const { tenure, askedAt } = settlement;
    const refusal = this.#acquirer.refusalOf(demand);
    if (refusal !== undefined) {
      // Granted and aborted, or closed, in one tick: the grant loses, and leaves no trace.
      if (!this.#acquirer.pass(tenure, this.#parts.clock.now())) this.#giveBack(tenure);
      throw refusal;
    }
    const lease = new HeldLease(tenure, demand.terms, this.#home);
    this.#keeper.keep(tenure);
    this.#news.granted(lease, askedAt);
    return { outcome: 'granted', lease };
  }

  /** Gives a lease back by a call that does more than that. Rejects as the call does. */
  async conclude<T>(lease: HeldLease, call: Conclusion<T>): Promise<T> {
    const over = lease.conclude();
    let outcome: ReleaseOutcome = 'unknown';
    try {
      const { gaveBack, told } = await call();
      outcome = gaveBack ? 'released' : 'lost';
      return told;
    } finally {
      if (over !== undefined) {
        this.#keeper.forget(lease.tenure);
        over(outcome);
        this.#drains.ended(lease);
        this.#news.released(lease, outcome);
        this.#acquirer.ended(lease.tenure);
      }
    }
  }

  /** @throws LockUnavailableError, LockRefusedError */
  inspect(lockName: string, identity: string): Promise<LeaseInspection> {
    return answerToCaller(this.#parts, lockName, this.#parts.store.inspect(identity));
  }

  /** Waits until everybody who holds now has given back or lost, at most `withinMs`; resolves to how many have not. */
  drain(withinMs: number): Promise<number> {
    const holders = this.#keeper.holders().filter(({ endless }) => !endless);
    return this.#drains.wait(new Set(holders), withinMs);
  }

  /** Refuses what is new, ends waits, drains for `graceMs`, ends what is left, and sees every release answered. */
  async close(graceMs: number): Promise<void> {
    this.#acquirer.close();
    await this.drain(graceMs);
    for (const holder of this.#keeper.holders()) {
      holder.lose('closed');
      void holder.release();
    }
    const limitMs = Math.min(this.#parts.attemptTimeoutMs, LAST_WORDS_MS);
    await within(
      this.#parts.clock,
      limitMs,
      Promise.all([this.#releases.settled(), this.#cleanup.settled()]),
    );
    this.#cleanup.stop();
  }

  /** What is under way, for tests and for the inspector. */
  get load(): { readonly held: number; readonly waiting: number } {
    return { held: this.#keeper.size, waiting: this.#acquirer.waiting };
  }

  #lost(lease: HeldLease, why: LossReason | 'hold-limit'): void {
    const { tenure } = lease;
    this.#keeper.forget(tenure);
    if (why === 'hold-limit' && !delaysNext(lease.terms)) this.#giveBack(tenure);
    else this.#acquirer.ended(tenure);
    this.#drains.ended(lease);
    this.#news.lost(lease, why);
  }

  /** Passes the tenure on, or sends its one release: at most one round trip. */
  #release(lease: HeldLease, now: number): Promise<ReleaseOutcome> {
    const { tenure, terms, endError } = lease;
    this.#unreadFences.ending(lease);
    if (endError !== undefined) return this.#releaseLost(lease, endError, now);
    const { holdAtLeastMs } = terms;
    const holdMs = holdAtLeastMs === 0 ? 0 : Math.ceil(Math.max(0, lease.grantedAt + holdAtLeastMs - now));
    if (holdMs === 0 && this.#acquirer.pass(tenure, now)) {
      this.#drains.ended(lease);
      this.#news.released(lease, 'released');
      return Promise.resolve('released');
    }
    this.#keeper.forget(tenure);
    this.#drains.ended(lease);
    const sent = this.#releases.send(lease, holdMs, now);
    this.#acquirer.ended(tenure);
    return sent;
  }

  /**
   * The key of a lease that ran out may still be there; not after the server itself said that it is gone. Where the next
   * one is to be delayed it has to run out by itself.
   */
  #releaseLost(lease: HeldLease, error: EndError, now: number): Promise<ReleaseOutcome> {
    const mayBeThere = error.code === 'ERR_LOCK_LOST' && error.reason !== 'taken';
    if (mayBeThere && !delaysNext(lease.terms)) return this.#releases.send(lease, 0, now);
    this.#news.released(lease, 'lost');
    return Promise.resolve('lost');
  }

  /** Without waiting for the answer: clean-up goes on until there is one. */
  #giveBack(tenure: Tenure): void {
    this.#keeper.forget(tenure);
    this.#cleanup.giveBack(tenure, tenure.ttlMs);
    this.#acquirer.ended(tenure);
  }
}
