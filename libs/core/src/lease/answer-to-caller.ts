/** Trouble of a store in the words of callers, who tell what may pass from what a person has to mend. */
import { LockRefusedError, LockUnavailableError } from '../acquire-errors.js';
import type { Clock } from '../time/clock.js';
import { answerInTime } from './answer-in-time.js';
import { StoreError } from './store-error.js';

/** @param about which lock, if it is about one, and how long the caller has waited */
export function lockErrorOf(
  trouble: StoreError,
  about: { readonly lockName: string | undefined; readonly waitedMs: number },
): LockRefusedError | LockUnavailableError {
  const details = { condition: trouble.condition, waitedMs: about.waitedMs, cause: trouble };
  return trouble.permanent
    ? new LockRefusedError(about.lockName, details)
    : new LockUnavailableError(about.lockName, details);
}

/** What `call` answers within the time of one attempt. @throws LockUnavailableError, LockRefusedError */
export async function answerToCaller<T>(
  { clock, attemptTimeoutMs }: { readonly clock: Clock; readonly attemptTimeoutMs: number },
  lockName: string | undefined,
  call: Promise<T>,
): Promise<T> {
  const answer = await answerInTime(clock, attemptTimeoutMs, call);
  if (answer instanceof StoreError) throw lockErrorOf(answer, { lockName, waitedMs: attemptTimeoutMs });
  return answer.value;
}
