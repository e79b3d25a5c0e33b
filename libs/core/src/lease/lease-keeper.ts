/**
 * The watchdog: renews every tenure, tells its holder when it is lost, and ends the ones that are held too long.
 *
 * One agenda for all of the process, away from anybody's request. A tenure is renewed every third of its ttl, from a
 * random first phase on, together with all others that are due: one script call for up to 128. An attempt without an
 * answer is repeated after a sixth of the ttl, beside whatever else is in flight, so a slow node starves nobody. The
 * server's "lost" is told at once; "no answer" is told just before the deadline.
 */
import type { Clock } from '../time/clock.js';
import { Agenda } from './agenda.js';
import type { LeaseRenewals, RenewReply } from './lease-store.js';
import { StoreError } from './store-error.js';
import type { Tenure, TenureHolder } from './tenure.js';

const BATCH = 128;
/** Renewals of one ttl are due on a grid of this many steps a period, so that they can share calls. */
const STEPS_PER_PERIOD = 16;
/** How early something may be done for the sake of company. */
const STEP_MS = 5;

export class LeaseKeeper {
  readonly #store: LeaseRenewals;
  readonly #clock: Clock;
  readonly #agenda: Agenda<Tenure>;

  constructor(store: LeaseRenewals, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#agenda = new Agenda(clock, { stepMs: STEP_MS, hold: 'unref' }, (take) => {
      const due: Tenure[] = [];
      for (let tenure = take(); tenure !== undefined; tenure = take()) due.push(tenure);
      this.#attend(due);
    });
  }

  /** Keeps `tenure`, which has a holder now, until it is forgotten; after a pass for its new holder. */
  keep(tenure: Tenure): void {
    if (tenure.renewAt === AT_ONCE) this.#attend([tenure]);
    else this.#schedule(tenure);
  }

  /** Never renews `tenure` again, which is over. To be called before its release is sent. */
  forget(tenure: Tenure): void {
    tenure.holder = undefined;
    tenure.over = true;
    this.#agenda.delete(tenure);
  }

  get size(): number {
    return this.#agenda.size;
  }

  /** Everybody who holds. */
  holders(): TenureHolder[] {
    return this.#agenda.items().flatMap(({ holder }) => holder ?? []);
  }

  #attend(due: readonly Tenure[]): void {
    const now = this.#clock.nowAfterSuspendCheck(0) + STEP_MS;
    const renewals = new Map<number, Tenure[]>();
    const held = due.filter(({ holder }) => holder?.attend(now) === true);
    for (const tenure of held) {
      // Given back meanwhile, by somebody who heard that another one has ended.
      if (tenure.holder === undefined) continue;
      if (now >= tenure.renewAt) {
        tenure.renewAt = now + tenure.retryMs;
        const group = renewals.get(tenure.ttlMs);
        if (group === undefined) renewals.set(tenure.ttlMs, [tenure]);
        else group.push(tenure);
      }
      this.#schedule(tenure);
    }
    const { mostRenewals = BATCH } = this.#store;
    for (const group of renewals.values()) {
      for (let first = 0; first < group.length; first += mostRenewals)
        this.#renew(group.slice(first, first + mostRenewals));
    }
  }

  #schedule(tenure: Tenure): void {
    const { holder, renewAt } = tenure;
    if (holder !== undefined) this.#agenda.set(tenure, Math.min(renewAt, holder.dueAt) - STEP_MS);
  }

  #renew(group: readonly Tenure[]): void {
    this.#store.renew(group).then(
      ({ sentAt, replies }) => {
        for (const [member, tenure] of group.entries()) this.#answered(tenure, replies[member], sentAt);
      },
      (error: unknown) => this.#failed(group, error),
    );
  }

  #answered(tenure: Tenure, reply: RenewReply | undefined, sentAt: number): void {
    const { holder } = tenure;
    if (holder === undefined || reply === undefined) return;
    switch (reply.outcome) {
      case 'renewed':
        holder.renewed(sentAt);
        tenure.renewAt = onGrid(sentAt + periodMs(tenure.leaseMs), tenure.leaseMs);
        return this.#schedule(tenure);
      case 'lost':
        return holder.lose('taken');
      case 'failed':
        if (isWrongType(reply.error)) return holder.lose('taken');
        return this.#retrySoon(tenure);
    }
  }

  /** An error of the whole call says nothing about its members: each is asked for alone, unless there is no asking. */
  #failed(group: readonly Tenure[], error: unknown): void {
    const wanted = group.filter(({ holder }) => holder !== undefined);
    if (error instanceof StoreError && error.permanent && group.length > 1) {
      for (const tenure of wanted) this.#renew([tenure]);
    } else if (isWrongType(error)) {
      for (const { holder } of wanted) holder?.lose('taken');
    } else {
      for (const tenure of wanted) this.#retrySoon(tenure);
    }
  }

  #retrySoon(tenure: Tenure): void {
    tenure.renewAt = this.#clock.now() + Math.min(tenure.leaseMs / 12, 1_000);
    this.#schedule(tenure);
  }
}

/** When to renew a grant first: for a pushed one, which has to be confirmed. */
export const AT_ONCE = -Infinity;

/** When to renew a grant first: in the first third of its ttl, but those that started together not together. */
export function firstRenewalAt(sentAt: number, ttlMs: number): number {
  return onGrid(sentAt + (0.5 + Math.random() / 2) * periodMs(ttlMs), ttlMs);
}

function periodMs(ttlMs: number): number {
  return ttlMs / 3;
}

function onGrid(at: number, ttlMs: number): number {
  const step = periodMs(ttlMs) / STEPS_PER_PERIOD;
  return Math.floor(at / step) * step;
}

function isWrongType(error: unknown): boolean {
  return error instanceof StoreError && error.condition === 'wrong-type';
}
