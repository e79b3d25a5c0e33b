/** What a call to a store comes to within its time. Every rejection is a `StoreError`. */
import type { Clock } from '../time/clock.js';
import { asStoreError, noAnswer, StoreError } from './store-error.js';

/** The answer, or what went wrong as a value; the call goes on unheard when it takes longer than `limitMs`. */
export function answerInTime<T>(
  clock: Clock,
  limitMs: number,
  call: Promise<T>,
): Promise<{ readonly value: T } | StoreError> {
  return new Promise((resolve) => {
    const cancel = clock.setTimer(limitMs, () => resolve(noAnswer()), 'ref');
    const answer = (told: { readonly value: T } | StoreError): void => {
      cancel();
      resolve(told);
    };
    call.then(
      (value) => answer({ value }),
      (error: unknown) => answer(asStoreError(error)),
    );
  });
}

/** The same as a promise that rejects. @throws StoreError */
export async function answered<T>(clock: Clock, limitMs: number, call: Promise<T>): Promise<T> {
  const answer = await answerInTime(clock, limitMs, call);
  if (answer instanceof StoreError) throw answer;
  return answer.value;
}
