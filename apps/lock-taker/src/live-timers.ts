/** Counts the timers of this process that are armed, also those that don't keep it alive. */
import { createHook } from 'node:async_hooks';

export class LiveTimers {
  readonly #live = new Set<number>();
  readonly #hook = createHook({
    init: (asyncId, type) => {
      if (type === 'Timeout') this.#live.add(asyncId);
    },
    destroy: (asyncId) => {
      this.#live.delete(asyncId);
    },
  });

  /** Slows the process down and keeps promises in memory longer: not for measuring time or heap. */
  start(): void {
    this.#hook.enable();
  }

  get count(): number {
    return this.#live.size;
  }
}
