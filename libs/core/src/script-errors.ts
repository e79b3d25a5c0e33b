/** Errors of scripts of the user's. */
import { codeOf, LockError } from './errors.js';

/** A script answered what its schema refuses. It was executed. */
export class ScriptReplyError extends LockError {
  readonly code = 'ERR_LOCK_SCRIPT_REPLY';
  /** What is wrong with the answer, in a sentence each. */
  readonly issues: readonly string[];

  constructor(script: string, issues: readonly string[]) {
    super(`Script "${script}" answered what its schema refuses: ${issues.join('; ')}`, script);
    this.issues = issues;
  }

  static override is(error: unknown): error is ScriptReplyError {
    return codeOf(error) === 'ERR_LOCK_SCRIPT_REPLY';
  }
}
