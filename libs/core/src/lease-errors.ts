/** Errors of holding a lock: the lease ended before its holder gave it back, or the resource saw that it was over. */
import { codeOf, LockError } from './errors.js';

/**
 * Why a lease ended before its holder released it: `expired`, no renewal was confirmed in time (Redis silent, process
 * frozen, machine suspended); `taken`, the server said that this token no longer holds (key deleted, evicted, flushed
 * or taken over); `closed`, the instance was shut down and its grace was over; `released`, its holder gave it back
 * and then asked for it to be held.
 */
export type LossReason = 'expired' | 'taken' | 'closed' | 'released';

/**
 * The lease ended while its holder still believed in it. As the reason of `lease.signal`, thrown by `assertHeld()`,
 * and the rejection of `run()` when the body came back after the loss; then `result` holds what the body returned.
 */
export class LeaseLostError extends LockError {
  readonly code = 'ERR_LOCK_LOST';
  readonly reason: LossReason;
  readonly fence: number;
  /** What the body returned, when the error comes from `run()` or `@WithLock`. */
  readonly result: unknown;

  constructor(lockName: string, details: { reason: LossReason; fence: number; result?: unknown }) {
    super(`Lease on "${lockName}" (fence ${details.fence}) was lost: ${WHY_LOST[details.reason]}`, lockName);
    this.reason = details.reason;
    this.fence = details.fence;
    this.result = details.result;
  }

  static override is(error: unknown): error is LeaseLostError {
    return codeOf(error) === 'ERR_LOCK_LOST';
  }
}

const WHY_LOST: Readonly<Record<LossReason, string>> = {
  expired: 'no renewal was confirmed before it ended',
  taken: 'the server says that somebody else holds it or that it is gone',
  closed: 'Holdfast was closed before it was released',
  released: 'it was released before',
};

/** The holder kept the lease for longer than its `holdAtMost`. The lock was given back, unless a `lockDelay` keeps it; the body may still run. */
export class LockHoldLimitError extends LockError {
  readonly code = 'ERR_LOCK_HOLD_LIMIT';
  readonly holdAtMostMs: number;
  readonly fence: number;

  constructor(lockName: string, details: { holdAtMostMs: number; fence: number }) {
    super(
      `Lease on "${lockName}" was held for longer than its holdAtMost of ${details.holdAtMostMs} ms`,
      lockName,
    );
    this.holdAtMostMs = details.holdAtMostMs;
    this.fence = details.fence;
  }

  static override is(error: unknown): error is LockHoldLimitError {
    return codeOf(error) === 'ERR_LOCK_HOLD_LIMIT';
  }
}

/** A fence guard saw a lower number than before: the writer's lease is over and somebody else has written since. */
export class StaleFenceError extends LockError {
  readonly code = 'ERR_LOCK_STALE_FENCE';
  readonly fence: number;
  readonly highestSeen: number;

  constructor(resource: string, details: { fence: number; highestSeen: number }) {
    super(
      `Write to "${resource}" refused: fence ${details.fence} is behind ${details.highestSeen}`,
      resource,
    );
    this.fence = details.fence;
    this.highestSeen = details.highestSeen;
  }

  static override is(error: unknown): error is StaleFenceError {
    return codeOf(error) === 'ERR_LOCK_STALE_FENCE';
  }
}
