/** What `work` gives, or `undefined` when that takes longer than `limitMs`; the work goes on unheard. */
import type { Clock } from './clock.js';

export async function within<T>(clock: Clock, limitMs: number, work: Promise<T>): Promise<T | undefined> {
  let cancel = (): void => undefined;
  const tooLong = new Promise<undefined>((resolve) => {
    cancel = clock.setTimer(limitMs, () => resolve(undefined), 'ref');
  });
  try {
    return await Promise.race([work, tooLong]);
  } finally {
    cancel();
  }
}
