/**
 * Every error that callers of the library can meet. `docs/errors.md` explains each; a test checks that it does.
 *
 * Tell them apart by `code` or by the static `is()`, which also recognise errors of another copy of this package.
 * No message, field or cause holds a password, a connection string or a token.
 */

/** What happened, as a stable string for programs and log searches. */
export type LockErrorCode =
  | 'ERR_LOCK_BUSY'
  | 'ERR_LOCK_TIMEOUT'
  | 'ERR_LOCK_LOST'
  | 'ERR_LOCK_HOLD_LIMIT'
  | 'ERR_LOCK_UNAVAILABLE'
  | 'ERR_LOCK_REFUSED'
  | 'ERR_LOCK_ABORTED'
  | 'ERR_LOCK_CLOSED'
  | 'ERR_LOCK_REENTRY'
  | 'ERR_LOCK_STALE_FENCE'
  | 'ERR_LOCK_CONFIG'
  | 'ERR_LOCK_NOT_WIRED';

/** What all of them share. */
export abstract class LockError extends Error {
  abstract readonly code: LockErrorCode;
  /** Name of the lock as given by the caller, without the variable key; `undefined` if it is about no single lock. */
  readonly lockName: string | undefined;

  protected constructor(message: string, lockName: string | undefined, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.lockName = lockName;
  }

  /** Whether `error` is any error of this library. */
  static is(error: unknown): error is LockError {
    return codeOf(error)?.startsWith('ERR_LOCK_') ?? false;
  }
}

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

/** The holder kept the lease for longer than its `holdAtMost`. The lock was given back; the body may still run. */
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

/** The same lock was asked for again inside the code that holds it. Waiting would never end. */
export class LockReentryError extends LockError {
  readonly code = 'ERR_LOCK_REENTRY';

  constructor(lockName: string) {
    super(
      `Lock "${lockName}" is already held by this chain of calls; waiting for it would never end. ` +
        'Pass { reentrant: true } to run inside the lease that is held',
      lockName,
    );
  }

  static override is(error: unknown): error is LockReentryError {
    return codeOf(error) === 'ERR_LOCK_REENTRY';
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

/** Options that cannot work. Lists every fault with the option's name, its value and the rule it breaks. */
export class LockConfigError extends LockError {
  readonly code = 'ERR_LOCK_CONFIG';
  readonly faults: readonly string[];

  constructor(what: string, faults: readonly string[]) {
    super(
      `${what}: ${faults.length === 1 ? faults[0] : faults.map((fault) => `\n  - ${fault}`).join('')}`,
      undefined,
    );
    this.faults = faults;
  }

  static override is(error: unknown): error is LockConfigError {
    return codeOf(error) === 'ERR_LOCK_CONFIG';
  }
}

/** A decorated method was called on an instance that no lock service reached. It did not run. */
export class LockNotWiredError extends LockError {
  readonly code = 'ERR_LOCK_NOT_WIRED';

  constructor(message: string, lockName: string | undefined) {
    super(message, lockName);
  }

  static override is(error: unknown): error is LockNotWiredError {
    return codeOf(error) === 'ERR_LOCK_NOT_WIRED';
  }
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function describe(holder: HolderInfo | undefined): string {
  if (holder === undefined) return 'somebody else';
  const { replica, host, pid, processId } = holder;
  const where = host === undefined ? `process ${processId}` : `pid ${pid} on ${host}`;
  return replica === undefined ? where : `${replica} (${where})`;
}
