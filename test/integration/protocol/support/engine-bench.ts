/** The engine on a scripted store and a clock that stands still: what a test needs to play any order of events. */
import type { LeaseEventDetails } from '../../../../libs/core/src/events.js';
import type { Demand, LeaseTerms } from '../../../../libs/core/src/lease/demand.js';
import type { HeldLease } from '../../../../libs/core/src/lease/held-lease.js';
import { LeaseEngine, type AcquireOutcome } from '../../../../libs/core/src/lease/lease-engine.js';
import { TokenSource } from '../../../../libs/core/src/lease/token-source.js';
import { ScriptedStore } from './scripted-store.js';
import { WatchedClock } from './watched-clock.js';

export const ATTEMPT_MS = 1_000;
const PROCESS = 'bench'.padEnd(22, '-');

/** What differs from the usual request. */
export type Wanted = Partial<LeaseTerms & Omit<Demand, 'terms'>>;

/** A request that stands in line for up to 60 s unless told otherwise. */
export function demandOf({ identity = 'order', signal, ...terms }: Wanted = {}): Demand {
  const usual = { ttlMs: 10_000, holdAtLeastMs: 0, holdAtMostMs: Infinity, waitMs: 60_000 };
  return { terms: { lockName: 'order', ...usual, ...terms }, identity, signal };
}

/** How a promise ended, looked at without waiting for it. */
export interface Ended<T> {
  state: 'open' | 'fulfilled' | 'rejected';
  value?: T;
  error?: unknown;
  /** How often it ended; more than once cannot be, and a test may say so. */
  times: number;
}

export function watch<T>(promise: Promise<T>): Ended<T> {
  const ended: Ended<T> = { state: 'open', times: 0 };
  promise.then(
    (value) => Object.assign(ended, { state: 'fulfilled', value, times: ended.times + 1 }),
    (error: unknown) => Object.assign(ended, { state: 'rejected', error, times: ended.times + 1 }),
  );
  return ended;
}

/** As a lock does it. */
export async function acquire(engine: LeaseEngine, demand: Demand): Promise<AcquireOutcome> {
  return engine.accept(await engine.request(demand), demand);
}

export class EngineBench {
  readonly clock = new WatchedClock();
  readonly store = new ScriptedStore(this.clock);
  readonly events: LeaseEventDetails[] = [];
  readonly logged: string[] = [];
  /** Somebody who listens to events. */
  heard: (event: LeaseEventDetails) => void = () => undefined;
  readonly engine = new LeaseEngine({
    store: this.store,
    clock: this.clock,
    tokens: new TokenSource(PROCESS),
    attemptTimeoutMs: ATTEMPT_MS,
    publish: (details) => {
      const event = details();
      this.events.push(event);
      this.heard(event);
    },
    log: (_level, message) => this.logged.push(message),
  });

  /** Asks and returns at once. */
  ask(demand: Wanted = {}): Ended<AcquireOutcome> {
    return watch(acquire(this.engine, demandOf(demand)));
  }

  /** Asks, is granted at once, and gives back the lease. */
  async hold(demand: Wanted = {}): Promise<HeldLease> {
    const asked = acquire(this.engine, demandOf({ waitMs: 0, ...demand }));
    this.store.last.grant();
    const outcome = await asked;
    if (outcome.outcome !== 'granted') throw new Error('was not granted');
    return outcome.lease;
  }

  /** Asks and gets as far as the line. */
  async wait(
    demand: Wanted = {},
    reply: Parameters<ScriptedStore['last']['taken']>[0] = {},
  ): Promise<Ended<AcquireOutcome>> {
    const asked = this.ask(demand);
    this.store.last.taken({ joined: true, ...reply });
    await this.clock.settle();
    return asked;
  }
}

/** The lease of a request that was granted. */
export function leaseOf(ended: Ended<AcquireOutcome>): HeldLease {
  if (ended.value?.outcome !== 'granted') throw new Error(`was not granted but is ${ended.state}`);
  return ended.value.lease;
}
