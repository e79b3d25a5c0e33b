/** Asks the store again and again until it answers: for what has to be said, however long the server is away. */
import { answerInTime } from '../lease/answer-in-time.js';
import { StoreError } from '../lease/store-error.js';
import { backoffMs } from '../time/backoff.js';
import type { Clock } from '../time/clock.js';
import { pause } from '../time/pause.js';

const RETRY = { firstMs: 50, mostMs: 1_000 } as const;

/** Who asks. */
export interface Asking {
  readonly clock: Clock;
  readonly attemptTimeoutMs: number;
  /** Aborts when nobody waits for the answer any more: then nothing may keep the process alive. */
  readonly gone: AbortSignal;
}

/** @returns nothing when there was no answer within `patienceMs`, or when asking again cannot help */
export async function untilAnswered<T>(
  { clock, attemptTimeoutMs, gone }: Asking,
  patienceMs: number,
  ask: () => Promise<T>,
): Promise<T | undefined> {
  const endsAt = clock.now() + patienceMs;
  for (let retry = 0; clock.now() < endsAt && !gone.aborted; retry += 1) {
    const answer = await answerInTime(clock, attemptTimeoutMs, ask());
    if (!(answer instanceof StoreError)) return answer.value;
    if (answer.permanent) return undefined;
    await pause(clock, backoffMs(RETRY, retry), gone);
  }
  return undefined;
}
