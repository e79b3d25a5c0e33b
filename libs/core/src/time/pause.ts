/** Resolves after `ms`, or as soon as `signal` aborts; keeps the process alive, for somebody waits for it. */
import type { Clock } from './clock.js';

export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.setTimer(ms, done, 'ref');
    signal?.addEventListener('abort', done, { once: true });
    if (signal?.aborted === true) done();
  });
}
