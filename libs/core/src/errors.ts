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
  | 'ERR_LOCK_RATE_LIMITED'
  | 'ERR_LOCK_ONCE_FAILED'
  | 'ERR_LOCK_ONCE_RESULT'
  | 'ERR_LOCK_SCRIPT_REPLY'
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

/** The same lock was asked for again inside the code that holds it. Waiting would never end. */
export class LockReentryError extends LockError {
  readonly code = 'ERR_LOCK_REENTRY';

  /** @param upgrades whether it is held for reading and was asked for to write */
  constructor(lockName: string, { upgrades = false }: { readonly upgrades?: boolean } = {}) {
    super(
      upgrades
        ? `Lock "${lockName}" is held for reading by this chain of calls; two that want to write then would wait for ` +
            'each other for ever. Write from the beginning, or after reading'
        : `Lock "${lockName}" is already held by this chain of calls; waiting for it would never end. ` +
            'Pass { reentrant: true } to run inside the lease that is held',
      lockName,
    );
  }

  static override is(error: unknown): error is LockReentryError {
    return codeOf(error) === 'ERR_LOCK_REENTRY';
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

/** What a check that throws a `LockConfigError` has to say, in one sentence each; empty when nothing. Other errors pass. */
export function faultsIn(check: () => unknown): readonly string[] {
  try {
    check();
    return [];
  } catch (error) {
    if (LockConfigError.is(error)) return error.faults;
    throw error;
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

/** The code of anything thrown, if it has one. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
