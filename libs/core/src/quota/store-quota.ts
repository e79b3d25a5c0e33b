/** One quota: asks its store, and puts what that says into the words of callers. */
import { randomUUID } from 'node:crypto';
import { LockClosedError } from '../acquire-errors.js';
import { answerToCaller } from '../lease/answer-to-caller.js';
import type { LockKey } from '../lease/lease-name.js';
import { StoreError } from '../lease/store-error.js';
import type { Clock } from '../time/clock.js';
import type { Duration } from '../time/duration.js';
import { accountOf, changeOf, reservationOf, ttlOf } from './quota-call.js';
import type { ResolvedQuota } from './quota-options.js';
import type {
  Amounts,
  ChangeOptions,
  CounterState,
  Quota,
  QuotaChange,
  QuotaMerge,
  QuotaReservation,
  Reservation,
  ReserveOptions,
} from './quota-service.js';
import type { CounterChange, QuotaStore, Settling, StoredCounter } from './quota-store.js';

/** What quotas are made of. */
export interface QuotaParts {
  readonly store: QuotaStore;
  readonly clock: Clock;
  readonly attemptTimeoutMs: number;
  /** Aborted from shutdown on. */
  readonly closed: AbortSignal;
}

/** For how long it is remembered that a reservation was confirmed. */
const REMEMBERED_MS = 86_400_000;

type Unreserved = Omit<Reservation, 'remainingMs'>;

export class StoreQuota<Counter extends string> implements Quota<Counter> {
  readonly #parts: QuotaParts;
  readonly #terms: ResolvedQuota;
  /** In the order of the terms, which were made of them. */
  readonly #names: readonly Counter[];

  constructor(parts: QuotaParts, terms: ResolvedQuota, names: readonly Counter[]) {
    this.#parts = parts;
    this.#terms = terms;
    this.#names = names;
  }

  get name(): string {
    return this.#terms.name;
  }

  async change(by: Amounts<Counter>, options: ChangeOptions = {}): Promise<QuotaChange<Counter>> {
    const change = changeOf(this.#terms, by, options);
    const answer = await this.#ask((store) => store.change(change));
    const counters = this.#byName(answer.counters.map(stateOf));
    if (answer.outcome === 'changed') return { changed: true, counters };
    return { changed: false, why: answer.outcome, counters };
  }

  async reserve(by: Amounts<Counter>, options: ReserveOptions): Promise<QuotaReservation<Counter>> {
    const change = reservationOf(this.#terms, by, { ...options, id: options.id ?? randomUUID() });
    const answer = await this.#ask((store) => store.change(change));
    const counters = this.#byName(answer.counters.map(stateOf));
    const { outcome } = answer;
    if (outcome === 'bounds' || outcome === 'before') return { reserved: false, why: outcome, counters };
    const before = outcome === 'reserved';
    const remainingMs = before ? answer.remainingMs : change.reserveMs;
    const reservation = { ...this.#reservation(change.identity, change.id), remainingMs };
    return { reserved: true, before, reservation, counters };
  }

  reservation(id: string, key?: LockKey): Unreserved {
    return this.#reservation(accountOf(this.#terms, key), id);
  }

  async inspect(key?: LockKey): Promise<Readonly<Record<Counter, CounterState>>> {
    const { counters, keepMs } = this.#terms;
    const look: CounterChange = {
      identity: accountOf(this.#terms, key),
      changes: counters.map((counter) => ({ counter, by: 0 })),
      ...{ id: '', reserveMs: 0, rememberMs: 0, keepMs },
    };
    const answer = await this.#ask((store) => store.change(look));
    return this.#byName(answer.counters.map(stateOf));
  }

  async merge(from: LockKey, into: LockKey): Promise<QuotaMerge<Counter>> {
    const { counters, keepMs } = this.#terms;
    const [source, target] = [accountOf(this.#terms, from), accountOf(this.#terms, into)];
    if (source === target) return { merged: true, amounts: this.#byName(counters.map(() => 0)) };
    const merging = { from: source, into: target, counters, keepMs };
    const { merged, amounts } = await this.#ask((store) => store.merge(merging));
    return { merged, amounts: this.#byName(amounts) };
  }

  #reservation(identity: string, id: string): Unreserved {
    const settle = (how: Settling['how'], lastsMs: number) =>
      this.#ask((store) => store.settle({ identity, id, how, lastsMs, keepMs: this.#terms.keepMs }));
    const rememberMs = Math.min(REMEMBERED_MS, this.#terms.keepMs);
    const outcomeOf =
      <Done extends string>(done: Done) =>
      (outcome: 'done' | 'gone' | 'before') =>
        outcome === 'done' ? done : outcome === 'gone' ? ('gone' as const) : ('confirmed' as const);
    return {
      id,
      confirm: async () => outcomeOf('confirmed')(await settle('confirm', rememberMs)),
      giveBack: async () => outcomeOf('given-back')(await settle('give_back', 0)),
      extend: async (ttl: Duration) => outcomeOf('extended')(await settle('extend', ttlOf(this.#terms, ttl))),
    };
  }

  async #ask<T>(question: (store: QuotaStore) => Promise<T>): Promise<T> {
    const { closed, store } = this.#parts;
    if (closed.aborted) throw new LockClosedError(this.name);
    return answerToCaller(this.#parts, this.name, question(store));
  }

  /** @param values - in the order of the counters */
  #byName<T>(values: readonly T[]): Readonly<Record<Counter, T>> {
    const named = Object.fromEntries(
      values.flatMap((value, at) => {
        const name = this.#names[at];
        return name === undefined ? [] : [[name, value] as const];
      }),
    );
    if (hasEach(named, this.#names)) return named;
    throw new StoreError('unexpected', 'A store told of fewer counters than it was asked for', {
      ambiguous: true,
    });
  }
}

function hasEach<Name extends string, T>(
  named: Readonly<Record<string, T>>,
  names: readonly Name[],
): named is Readonly<Record<string, T>> & Readonly<Record<Name, T>> {
  return names.every((name) => Object.hasOwn(named, name));
}

function stateOf({ value, up, down }: StoredCounter): CounterState {
  return { value, reservedUp: up, reservedDown: down };
}
