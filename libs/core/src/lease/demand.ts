/** What somebody wants of the engine. */

/** What is asked for again and again, checked once. */
export interface LeaseTerms {
  readonly lockName: string;
  readonly ttlMs: number;
  readonly holdAtLeastMs: number;
  /** `Infinity` for no limit. */
  readonly holdAtMostMs: number;
  /** How long to stand in line; 0 not at all, `Infinity` for ever. */
  readonly waitMs: number;
  /** Meant to be held for as long as the process lives: nobody is warned of it, and no drain waits for it. */
  readonly endless?: boolean;
}

/** A checked request for a lease. */
export interface Demand {
  readonly terms: LeaseTerms;
  readonly identity: string;
  readonly signal: AbortSignal | undefined;
}
