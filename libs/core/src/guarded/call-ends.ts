/** What the methods of a lock make of how a call went. They differ in nothing else. */
import { LockBusyError, LockTimeoutError, type Contention } from '../acquire-errors.js';
import type { LeaseTerms } from '../lease/demand.js';
import type { TryRunResult } from './guarded-call.js';

/** For calls that come to a `T` when they are granted, and whose caller gets an `R`. */
export interface CallEnds<T, R> {
  readonly done: (value: T) => R;
  /** It stayed busy. @throws what the caller gets, where that is an error */
  readonly busy: (contention: Contention, terms: LeaseTerms) => R;
}

const asItIs = <T>(value: T): T => value;

/** `run` and `acquire`. */
export const OR_THROW = {
  done: asItIs,
  busy: (contention: Contention, { lockName, waitMs }: LeaseTerms): never => {
    if (waitMs === 0) throw new LockBusyError(lockName, contention);
    throw new LockTimeoutError(lockName, contention);
  },
};

/** `tryRun`. */
export const AS_RESULT = {
  done: <T>(value: T): TryRunResult<T> => ({ ran: true, value }),
  busy: ({ heldBy, retryAfterMs }: Contention): TryRunResult<never> => ({
    ran: false,
    heldBy,
    retryAfterMs,
  }),
};

/** `tryAcquire`. */
export const OR_NOTHING = { done: asItIs, busy: (): undefined => undefined };
