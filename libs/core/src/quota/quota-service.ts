/** The public face of quotas. An abstract class, so that it is a type, an injection token and easy to stand in for. */
import type { LockKey } from '../lease/lease-name.js';
import type { Duration } from '../time/duration.js';

/** What one counter may be. All are integers whose distance is below 2^53. */
export interface CounterBounds {
  /** The smallest. @defaultValue 0 */
  readonly least?: number;
  /** The largest. @defaultValue 2^53 - 1, and less by what `least` is below 0 */
  readonly most?: number;
  /** What it is before anybody changed it, and again in each window. @defaultValue `least` */
  readonly initial?: number;
  /** Begins anew in each window of the server's clock of this length, counted from 1970 in UTC. @defaultValue never */
  readonly resetEvery?: Duration;
}

/** Options of {@link QuotaService.define}. */
export interface QuotaOptions<Counter extends string> {
  /** Each by its name: letters, digits and `_ . : -`, at most 64 of them. 1 to 16. */
  readonly counters: Readonly<Record<Counter, CounterBounds>>;
  /** How long an account is remembered that nobody changes: from a minute to 400 days. @defaultValue '400d' */
  readonly keepFor?: Duration;
}

/** How much of each counter; those that are not named stay as they are. */
export type Amounts<Counter extends string> = Readonly<Partial<Record<Counter, number>>>;

/** How one counter stands. */
export interface CounterState {
  /** What is left of it, with what reservations have added and taken. */
  readonly value: number;
  /** How much of it reservations have added, and may take back. */
  readonly reservedUp: number;
  /** How much reservations have taken from it, and may give back. */
  readonly reservedDown: number;
}

type States<Counter extends string> = Readonly<Record<Counter, CounterState>>;

/** What became of a change. */
export type QuotaChange<Counter extends string> =
  | { readonly changed: true; readonly counters: States<Counter> }
  /** `bounds`: a counter would have passed one. `before`: a change with this id was made. `reserved`: one is reserved. */
  | {
      readonly changed: false;
      readonly why: 'bounds' | 'before' | 'reserved';
      readonly counters: States<Counter>;
    };

/** What became of a wish to reserve. */
export type QuotaReservation<Counter extends string> =
  | {
      readonly reserved: true;
      /** Whether a call with this id had reserved it before, with whatever amounts that was. */
      readonly before: boolean;
      readonly reservation: Reservation;
      readonly counters: States<Counter>;
    }
  /** `bounds`: a counter would have passed one. `before`: a change with this id was made for good. */
  | {
      readonly reserved: false;
      readonly why: 'bounds' | 'before';
      readonly counters: States<Counter>;
    };

/** What is set aside until it is confirmed, given back, or its time is over, which gives it back, too. */
export interface Reservation {
  readonly id: string;
  /** How long it lasts yet, as it was when this was answered. */
  readonly remainingMs: number;
  /** Makes it a change for good. `gone`: it was over before. Confirming twice is as good as once. */
  confirm(): Promise<'confirmed' | 'gone'>;
  /** Takes back what it changed. `gone`: it was over before. */
  giveBack(): Promise<'given-back' | 'gone' | 'confirmed'>;
  /** Lets it last for so long from now on. `gone`: it was over before. */
  extend(ttl: Duration): Promise<'extended' | 'gone' | 'confirmed'>;
}

/** Options of {@link Quota.change}. */
export interface ChangeOptions {
  /** Which account: a product, a customer. @defaultValue one for all */
  readonly key?: LockKey;
  /** Tells this change from others: it is made once, however often it is asked for. @defaultValue none */
  readonly id?: string;
  /** How long the id is remembered. @defaultValue '1d' */
  readonly remember?: Duration;
}

/** Options of {@link Quota.reserve}. */
export interface ReserveOptions extends ChangeOptions {
  /** How long it is set aside. */
  readonly ttl: Duration;
}

/**
 * A quota by its name: the same counters for each account. Every change is one step and one round trip, of all counters that
 * it names or of none, and none ever passes its bounds: also not when all reservations are given back.
 *
 * All methods reject with a `LockConfigError` on bad input before anything is sent, with a `LockUnavailableError` when the
 * server cannot be asked, with a `LockRefusedError` when it never will answer, and with a `LockClosedError` after shutdown.
 * A change whose answer did not arrive may have been made: give it an `id` and ask again.
 */
export interface Quota<Counter extends string> {
  readonly name: string;
  /** Changes counters, up or down, for good. */
  change(by: Amounts<Counter>, options?: ChangeOptions): Promise<QuotaChange<Counter>>;
  /** Changes them until it is confirmed; or else takes the change back. Without an `id` it gets one that nobody guesses. */
  reserve(by: Amounts<Counter>, options: ReserveOptions): Promise<QuotaReservation<Counter>>;
  /** A reservation that somebody made, maybe in another process, to confirm it or to give it back. Asks nothing. */
  reservation(id: string, key?: LockKey): Omit<Reservation, 'remainingMs'>;
  /** How all counters stand. What ended reservations had taken is back in them. */
  inspect(key?: LockKey): Promise<States<Counter>>;
  /**
   * Moves what is above `least` from one account to another, of all counters or of none: two accounts of one customer. What
   * is reserved stays where it is. Not on a cluster, where accounts may be on different servers.
   */
  merge(from: LockKey, into: LockKey): Promise<QuotaMerge<Counter>>;
}

/** What became of a merge, and how much there was of each. */
export interface QuotaMerge<Counter extends string> {
  /** False when a counter of the other account would have passed its most. */
  readonly merged: boolean;
  readonly amounts: Readonly<Record<Counter, number>>;
}

/** Counters with bounds that all processes share: stock, credits, points, seats. */
export abstract class QuotaService {
  /**
   * A quota with checked options. Nothing is sent. Where processes differ in bounds, as in a rolling deploy, each keeps its own.
   * @throws LockConfigError that lists every fault
   * @example `const stock = quotas.define('stock', { counters: { left: { initial: 1_000 } } })`
   */
  abstract define<const Counter extends string>(name: string, options: QuotaOptions<Counter>): Quota<Counter>;
}
