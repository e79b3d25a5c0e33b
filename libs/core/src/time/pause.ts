/** Resolves after `delayMs`, or when `signal` aborts before that; keeps the process alive, for somebody waits for it. */
import type { Clock } from './clock.js';

export function pause(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.setTimer(delayMs, end, 'ref');
    signal?.addEventListener('abort', end);
  });
}
