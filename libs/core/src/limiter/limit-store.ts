/** The port between limiters and whatever counts for them. Calls may stay pending; they reject with a `StoreError`. */

/** How an algorithm is called in the script. */
export type LimitKind = 'gcra' | 'bucket' | 'fixed' | 'counter' | 'log';

/** A limit, checked. */
export interface ResolvedLimit {
  readonly kind: LimitKind;
  /** The most that may pass at once. */
  readonly most: number;
  /** In {@link perMs} so many come again. */
  readonly quantity: number;
  readonly perMs: number;
  /** See the arguments of `limiter/consume`. */
  readonly span: number;
  readonly unit: number;
}

/** One request against all limits of a limiter. */
export interface LimitQuestion {
  readonly identity: string;
  readonly limits: readonly ResolvedLimit[];
  /** 0 to look at how they stand. */
  readonly cost: number;
  /** Whether it is counted when it passes. */
  readonly counts: boolean;
}

/** How one limit stands once that was decided. */
export interface LimitAnswer {
  readonly remaining: number;
  readonly waitMicros: number;
  readonly resetMicros: number;
}

/** Counts. */
export interface LimitStore {
  decide(
    question: LimitQuestion,
  ): Promise<{ readonly passes: boolean; readonly limits: readonly LimitAnswer[] }>;
  reset(identity: string, limits: readonly ResolvedLimit[]): Promise<void>;
}
