/** Errors of asking for a lock: busy, unavailable, refused, aborted, closed. Never confused with each other. */
import { codeOf, LockError } from './errors.js';

/** Who holds a lock, as far as it is known here. */
export interface HolderInfo {
  /** Random id of the process (more exactly, of one Holdfast instance in it). */
  readonly processId: string;
  /** Its `replica` option, host and pid; `undefined` until the first look-up came back. */
  readonly replica?: string;
  readonly host?: string;
  readonly pid?: number;
}

/** What a busy lock says about itself. */
export interface Contention {
  /** `undefined` if the lock is kept taken by `holdAtLeast`, or was handed on at that moment. */
  readonly heldBy: HolderInfo | undefined;
  /** When it makes sense to ask again: the rest of the lease, at least 1. */
  readonly retryAfterMs: number;
  /** How long this call was in line. */
  readonly waitedMs: number;
}

abstract class ContendedError extends LockError implements Contention {
  readonly heldBy: HolderInfo | undefined;
  readonly retryAfterMs: number;
  readonly waitedMs: number;

  protected constructor(message: string, lockName: string, contention: Contention) {
    super(message, lockName);
    this.heldBy = contention.heldBy;
    this.retryAfterMs = contention.retryAfterMs;
    this.waitedMs = contention.waitedMs;
  }
}

/** Somebody else holds the lock and the caller did not want to queue (`wait: 0`). */
export class LockBusyError extends ContendedError {
  readonly code = 'ERR_LOCK_BUSY';

  constructor(lockName: string, contention: Contention) {
    super(`Lock "${lockName}" is held by ${describe(contention.heldBy)}`, lockName, contention);
  }

  static override is(error: unknown): error is LockBusyError {
    return codeOf(error) === 'ERR_LOCK_BUSY';
  }
}

/** The time to queue (`wait`) was over before the lock was granted. Redis answered: somebody else held it. */
export class LockTimeoutError extends ContendedError {
  readonly code = 'ERR_LOCK_TIMEOUT';

  constructor(lockName: string, contention: Contention) {
    const waited = Math.round(contention.waitedMs);
    super(
      `Lock "${lockName}" was not granted within ${waited} ms; held by ${describe(contention.heldBy)}`,
      lockName,
      contention,
    );
  }

  static override is(error: unknown): error is LockTimeoutError {
    return codeOf(error) === 'ERR_LOCK_TIMEOUT';
  }
}

/** A rate limiter lets the request not pass, and it did not wait, or not long enough. */
export class RateLimitedError extends LockError {
  readonly code = 'ERR_LOCK_RATE_LIMITED';
  /** For how long at least it would not pass. */
  readonly retryAfterMs: number;
  readonly waitedMs: number;

  constructor(limiter: string, { retryAfterMs, waitedMs = 0 }: { retryAfterMs: number; waitedMs?: number }) {
    super(`Limiter "${limiter}" lets nobody pass for ${retryAfterMs} ms`, limiter);
    this.retryAfterMs = retryAfterMs;
    this.waitedMs = waitedMs;
  }

  static override is(error: unknown): error is RateLimitedError {
    return codeOf(error) === 'ERR_LOCK_RATE_LIMITED';
  }
}

/** Redis could not say whether the lock is free: not reachable, loading, read-only, out of memory, silent. */
export class LockUnavailableError extends LockError {
  readonly code = 'ERR_LOCK_UNAVAILABLE';
  /** The last trouble, one of the conditions in `docs/errors.md`. */
  readonly condition: string;
  readonly waitedMs: number;

  constructor(
    lockName: string | undefined,
    details: { condition: string; waitedMs: number; cause?: unknown },
  ) {
    const what = lockName === undefined ? 'Redis' : `Lock "${lockName}"`;
    super(
      `${what} is unavailable (${details.condition}) after ${Math.round(details.waitedMs)} ms`,
      lockName,
      details.cause,
    );
    this.condition = details.condition;
    this.waitedMs = details.waitedMs;
  }

  static override is(error: unknown): error is LockUnavailableError {
    return codeOf(error) === 'ERR_LOCK_UNAVAILABLE';
  }
}

/** Redis said no for good: a key of another type, a missing permission, wrong credentials. Trying again cannot help. */
export class LockRefusedError extends LockError {
  readonly code = 'ERR_LOCK_REFUSED';
  readonly condition: string;

  constructor(lockName: string | undefined, details: { condition: string; cause?: unknown }) {
    const what = lockName === undefined ? 'Redis refused' : `Redis refused lock "${lockName}"`;
    super(`${what}: ${WHY_REFUSED[details.condition] ?? details.condition}`, lockName, details.cause);
    this.condition = details.condition;
  }

  static override is(error: unknown): error is LockRefusedError {
    return codeOf(error) === 'ERR_LOCK_REFUSED';
  }
}

const WHY_REFUSED: Readonly<Record<string, string>> = {
  'wrong-type': 'a key of this lock holds another type of value; something else writes to it',
  'no-permission':
    'the user may not run this command or touch this key; see the ACL in docs/failure-modes.md',
  'bad-credentials': 'user name or password is wrong or missing',
  'cross-slot': 'the keys of one lock landed in different slots',
};

/** The caller's `signal` was aborted before the lock was granted; `cause` is `signal.reason`. */
export class LockAbortedError extends LockError {
  readonly code = 'ERR_LOCK_ABORTED';

  constructor(lockName: string, reason: unknown) {
    super(`Waiting for lock "${lockName}" was aborted by its caller`, lockName, reason);
  }

  static override is(error: unknown): error is LockAbortedError {
    return codeOf(error) === 'ERR_LOCK_ABORTED';
  }
}

/** The instance is shutting down, or was closed, and grants nothing any more. */
export class LockClosedError extends LockError {
  readonly code = 'ERR_LOCK_CLOSED';

  constructor(lockName: string | undefined) {
    super('Holdfast is closed and grants no more locks', lockName);
  }

  static override is(error: unknown): error is LockClosedError {
    return codeOf(error) === 'ERR_LOCK_CLOSED';
  }
}

function describe(holder: HolderInfo | undefined): string {
  if (holder === undefined) return 'somebody else';
  const { replica, host, pid, processId } = holder;
  const where = host === undefined ? `process ${processId}` : `pid ${pid} on ${host}`;
  return replica === undefined ? where : `${replica} (${where})`;
}
