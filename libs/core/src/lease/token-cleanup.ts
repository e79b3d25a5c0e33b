/**
 * Gives back what an acquisition that was given up may have left: a lock granted too late, a place in the queue. Tries
 * until the server answered, for good or for ill, or until whatever it might be has expired by itself.
 */
import { backoffMs } from '../time/backoff.js';
import type { Clock } from '../time/clock.js';
import type { LeaseRef, LeaseStore } from './lease-store.js';

const RETRY = { firstMs: 25, mostMs: 500 };

export class TokenCleanup {
  readonly #store: LeaseStore;
  readonly #clock: Clock;
  readonly #attemptTimeoutMs: number;
  readonly #running = new Set<Promise<void>>();
  #stopped = false;

  constructor(store: LeaseStore, clock: Clock, attemptTimeoutMs: number) {
    this.#store = store;
    this.#clock = clock;
    this.#attemptTimeoutMs = attemptTimeoutMs;
  }

  /** Sends a release now, behind whatever was sent for this token, and again for up to `withinMs` if there is no answer. */
  giveBack(ref: LeaseRef, withinMs: number): void {
    const run = this.#untilAnswered(ref, this.#clock.now() + withinMs).finally(() =>
      this.#running.delete(run),
    );
    this.#running.add(run);
  }

  /** Sends nothing more: what is left goes away by itself. */
  stop(): void {
    this.#stopped = true;
  }

  /** Resolves when nothing is left to clean up. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #untilAnswered({ identity, token }: LeaseRef, until: number): Promise<void> {
    for (let retry = 0; ; retry += 1) {
      if (await this.#isAnswered(identity, token)) return;
      if (this.#clock.now() >= until) return;
      await this.#after(backoffMs(RETRY, retry));
      if (this.#stopped) return;
    }
  }

  // Timers are unref'd: nobody's call waits for this, and a process that ends leaves the rest to expiry.
  #isAnswered(identity: string, token: string): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = this.#clock.setTimer(this.#attemptTimeoutMs, () => resolve(false), 'unref');
      const end = (isAnswered: boolean): void => {
        cancel();
        resolve(isAnswered);
      };
      this.#store.release({
        operation: 'release',
        identity,
        token,
        holdMs: 0,
        answered: () => end(true),
        failed: ({ permanent }) => end(permanent),
      });
    });
  }

  #after(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.setTimer(delayMs, resolve, 'unref');
    });
  }
}
