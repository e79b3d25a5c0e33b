/** Errors of what somebody else has done once: it failed, or its result was not kept. */
import { codeOf, LockError } from './errors.js';

/** What is known of an error in another process. */
export interface OriginalError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
}

/** Another caller has done it, and it failed; that is what came of it, and it is not done again while that is remembered. */
export class OnceFailedError extends LockError {
  readonly code = 'ERR_LOCK_ONCE_FAILED';
  /** Name, message and code of the error that the other caller got. */
  readonly original: OriginalError;

  constructor(name: string, original: OriginalError) {
    super(`"${name}" was done by another caller and failed: ${original.name}: ${original.message}`, name);
    this.original = original;
  }

  static override is(error: unknown): error is OnceFailedError {
    return codeOf(error) === 'ERR_LOCK_ONCE_FAILED';
  }
}

/** Another caller has done it; what came of it was too large, or no JSON, and only that caller has it. */
export class OnceResultError extends LockError {
  readonly code = 'ERR_LOCK_ONCE_RESULT';

  constructor(name: string, why: string) {
    super(`"${name}" was done by another caller, and its result was not kept: ${why}`, name);
  }

  static override is(error: unknown): error is OnceResultError {
    return codeOf(error) === 'ERR_LOCK_ONCE_RESULT';
  }
}
