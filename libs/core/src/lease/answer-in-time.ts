/** What a call to a store comes to within its time. Every rejection is a `StoreError`. */
import type { Clock } from '../time/clock.js';
import { within } from '../time/within.js';
import { asStoreError, noAnswer, StoreError } from './store-error.js';

/** The answer, or what went wrong as a value; the call goes on unheard when it takes longer than `limitMs`. */
export async function answerInTime<T>(
  clock: Clock,
  limitMs: number,
  call: Promise<T>,
): Promise<{ readonly value: T } | StoreError> {
  const settled = call.then(
    (value) => ({ value }),
    (error: unknown) => asStoreError(error),
  );
  return (await within(clock, limitMs, settled)) ?? noAnswer();
}

/** The same as a promise that rejects. @throws StoreError */
export async function answered<T>(clock: Clock, limitMs: number, call: Promise<T>): Promise<T> {
  const answer = await answerInTime(clock, limitMs, call);
  if (answer instanceof StoreError) throw answer;
  return answer.value;
}
