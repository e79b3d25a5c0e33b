/** Resolves after `delayMs`, or when `signal` aborts before that. */
import type { Clock } from './clock.js';

export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.setTimer(delayMs, end, 'ref');
    signal.addEventListener('abort', end);
  });
}
