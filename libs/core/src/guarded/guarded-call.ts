/** What calls that a lease guards have in common, whatever the lease is of: a lock, or permits of a semaphore. */
import type { HolderInfo } from '../acquire-errors.js';
import type { Lease } from '../lease/lease.js';
import type { LockKey } from '../lease/lease-name.js';

/** What a body run under a lock may ask for besides. */
export interface BodyOptions {
  /** Run inside the lease that this chain of calls already holds instead of failing with ERR_LOCK_REENTRY. @defaultValue false */
  readonly reentrant?: boolean;
  /** When the lease was lost before the body returned: `throw` rejects with the result inside, `report` returns it and tells by event. @defaultValue 'throw' */
  readonly whenLost?: 'throw' | 'report';
}

/** What `tryRun` did. */
export type TryRunResult<T> =
  | { readonly ran: true; readonly value: T }
  | { readonly ran: false; readonly heldBy: HolderInfo | undefined; readonly retryAfterMs: number };

/** Code that runs while the lock is held. */
export type LockBody<T> = (lease: Lease) => T | PromiseLike<T>;

/** A lock whose options were checked once, for callers that use it many times, such as `@WithLock`. */
export interface PreparedLock {
  readonly lockName: string;
  run<T>(key: LockKey | undefined, signal: AbortSignal | undefined, body: LockBody<T>): Promise<T>;
  /** Stands in line as long as `wait` says, and is then skipped instead of rejected. */
  tryRun<T>(
    key: LockKey | undefined,
    signal: AbortSignal | undefined,
    body: LockBody<T>,
  ): Promise<TryRunResult<T>>;
  acquire(key: LockKey | undefined, signal: AbortSignal | undefined): Promise<Lease>;
  /** Like `acquire`, with `undefined` when it stayed busy for as long as `wait` says. */
  tryAcquire(key: LockKey | undefined, signal: AbortSignal | undefined): Promise<Lease | undefined>;
}
