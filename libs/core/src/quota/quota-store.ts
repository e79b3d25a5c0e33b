/** The port between quotas and whatever keeps their counters. Calls may stay pending; they reject with a `StoreError`. */

/** A counter, checked. */
export interface ResolvedCounter {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly initial: number;
  /** 0 for none. */
  readonly windowMs: number;
}

/** A change of counters of one account. */
export interface CounterChange {
  readonly identity: string;
  /** Of all its counters; by 0 where one is only looked at. */
  readonly changes: readonly { readonly counter: ResolvedCounter; readonly by: number }[];
  /** Empty for none. */
  readonly id: string;
  /** 0 for good. */
  readonly reserveMs: number;
  readonly rememberMs: number;
  readonly keepMs: number;
}

/** How a counter is, in the order of the changes. */
export interface StoredCounter {
  readonly value: number;
  readonly up: number;
  readonly down: number;
}

/** What a store says of a change. */
export interface ChangeAnswer {
  readonly outcome: 'changed' | 'bounds' | 'reserved' | 'before';
  /** Of the reservation that was there. */
  readonly remainingMs: number;
  readonly counters: readonly StoredCounter[];
}

/** What becomes of a reservation. */
export interface Settling {
  readonly identity: string;
  readonly id: string;
  readonly how: 'confirm' | 'give_back' | 'extend';
  readonly lastsMs: number;
  readonly keepMs: number;
}

/** What of one account goes to another one. */
export interface Merging {
  readonly from: string;
  readonly into: string;
  readonly counters: readonly ResolvedCounter[];
  readonly keepMs: number;
}

/** Keeps counters. */
export interface QuotaStore {
  change(change: CounterChange): Promise<ChangeAnswer>;
  settle(settling: Settling): Promise<'done' | 'gone' | 'before'>;
  /** Amounts in the order of the counters. */
  merge(merging: Merging): Promise<{ readonly merged: boolean; readonly amounts: readonly number[] }>;
}
