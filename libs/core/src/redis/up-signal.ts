/** Those who wait until calls are let through. */
import type { Clock } from '../time/clock.js';

export class UpSignal {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when it is {@link raise raised}, or after `withinMs`. */
  wait(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        this.#waiting.delete(done);
        resolve();
      };
      const cancel = this.#clock.setTimer(withinMs, done, 'ref');
      this.#waiting.add(done);
    });
  }

  raise(): void {
    for (const done of this.#waiting) done();
  }
}
