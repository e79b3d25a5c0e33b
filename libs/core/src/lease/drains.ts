/** Waits until everybody who held at some moment is through. */
import type { Clock } from '../time/clock.js';
import type { TenureHolder } from './tenure.js';

export class Drains {
  readonly #clock: Clock;
  readonly #onEnd = new Set<(holder: TenureHolder) => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waits for `holders`, at most `withinMs`; resolves to how many are left. */
  wait(holders: Set<TenureHolder>, withinMs: number): Promise<number> {
    if (holders.size === 0) return Promise.resolve(0);
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        this.#onEnd.delete(ended);
        resolve(holders.size);
      };
      const ended = (holder: TenureHolder): void => {
        holders.delete(holder);
        if (holders.size === 0) done();
      };
      this.#onEnd.add(ended);
      const cancel = this.#clock.setTimer(withinMs, done, 'ref');
    });
  }

  /** `holder` gave back or lost what it had. */
  ended(holder: TenureHolder): void {
    for (const tell of this.#onEnd) tell(holder);
  }
}
