/** Several locks that were asked for together, with checked options: takes them, or runs a body under them. */
import { OR_THROW } from '../guarded/call-ends.js';
import { contentionOf, eventOf } from '../guarded/call-outcomes.js';
import { leaseInChain } from '../guarded/current-lease.js';
import { PreparedLeaseLock, type GuardParts } from '../guarded/prepared-lease-lock.js';
import { LockError, LockReentryError } from '../errors.js';
import type { HeldLease } from '../lease/held-lease.js';
import type { Clock } from '../time/clock.js';
import { JoinedLeases, type LeaseSet } from './lease-set.js';
import type { ResolvedSet, SetMember } from './lock-set-options.js';
import { takeAll, type StayedBusy, type WantedLock } from './take-all.js';

/** What they are made of. */
export interface SeveralParts {
  readonly clock: Clock;
  /** Of each of them, by how it is held. */
  readonly partsOf: (terms: SetMember['terms']) => GuardParts;
}

interface Member extends WantedLock {
  readonly parts: GuardParts;
}

export class SeveralLocks {
  readonly #clock: Clock;
  readonly #partsOf: SeveralParts['partsOf'];
  readonly #set: ResolvedSet;
  /** In the order in which everybody takes them. */
  readonly #members: readonly Member[];

  /** @throws LockConfigError where one of them cannot be held as it is asked for */
  constructor({ clock, partsOf }: SeveralParts, set: ResolvedSet) {
    this.#clock = clock;
    this.#partsOf = partsOf;
    this.#set = set;
    this.#members = set.members.map(({ terms, identity }) => {
      const parts = partsOf(terms);
      return { parts, engine: parts.engine, terms, identity };
    });
  }

  async acquire(): Promise<LeaseSet> {
    return this.#asAsked(await this.#take());
  }

  async run<T>(body: (leases: LeaseSet) => T | PromiseLike<T>): Promise<T> {
    const leases = await this.#take();
    const set = this.#asAsked(leases);
    // From the outside in, each under its lease and with its fate.
    const guarded = this.#members.reduceRight<() => T | PromiseLike<T>>(
      (inner, { parts, terms }, at) => {
        const lease = leases[at];
        if (lease === undefined) return inner;
        return () => new PreparedLeaseLock(parts, terms).runUnder(lease, inner);
      },
      () => body(set),
    );
    try {
      return await guarded();
    } finally {
      await set.release();
    }
  }

  async #take(): Promise<readonly HeldLease[]> {
    this.#refuseReentry();
    const { waitMs, signal } = this.#set;
    const taken = await this.#told(takeAll(this.#members, { clock: this.#clock, waitMs, signal }));
    return taken.outcome === 'granted' ? taken.leases : this.#busy(taken);
  }

  #refuseReentry(): void {
    for (const { parts, terms, identity } of this.#members) {
      const outer = leaseInChain(parts.scope, identity);
      if (outer === undefined) continue;
      const upgrades = outer.reading === true && terms.reading !== true;
      throw new LockReentryError(terms.lockName, { upgrades });
    }
  }

  /** Publishes why nothing was granted. */
  async #told<T>(taking: Promise<T>): Promise<T> {
    try {
      return await taking;
    } catch (error) {
      const [first] = this.#members;
      if (first !== undefined && LockError.is(error))
        first.parts.publish(() => eventOf(error, error.lockName ?? first.terms.lockName));
      throw error;
    }
  }

  /** @throws LockBusyError, LockTimeoutError */
  #busy({ lock, last }: StayedBusy): never {
    const { waitMs } = this.#set;
    const { terms } = lock;
    const { publish, directory } = this.#partsOf(terms);
    const contention = contentionOf(directory, last);
    const { heldBy, waitedMs } = contention;
    publish(() => ({ type: 'busy', lockName: terms.lockName, heldBy, waitedMs }));
    return OR_THROW.busy(contention, { ...terms, waitMs });
  }

  #asAsked(leases: readonly HeldLease[]): LeaseSet {
    return new JoinedLeases(this.#set.asked.flatMap((at) => leases[at] ?? []));
  }
}
