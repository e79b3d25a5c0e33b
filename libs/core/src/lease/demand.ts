/** What somebody wants of the engine, and how that can end when nothing went wrong. */
import type { Tenure } from './tenure.js';

/** What is asked for again and again, checked once. */
export interface LeaseTerms {
  readonly lockName: string;
  readonly ttlMs: number;
  readonly holdAtLeastMs: number;
  /** `Infinity` for no limit. */
  readonly holdAtMostMs: number;
  /** How long to stand in line; 0 not at all, `Infinity` for ever. */
  readonly waitMs: number;
}

/** A checked request for a lease. */
export interface Demand {
  readonly terms: LeaseTerms;
  readonly identity: string;
  readonly signal: AbortSignal | undefined;
}

/** A grant, or the news that somebody else holds and the time to wait is over. */
export type Settlement =
  | { readonly outcome: 'granted'; readonly tenure: Tenure; readonly waitedMs: number }
  | {
      readonly outcome: 'busy';
      /** Token of the holder, or another text if it is none of ours. */
      readonly holder: string;
      readonly remainingMs: number;
      readonly waitedMs: number;
    };
