/** For how long a caller waits: until its time is over, or one of its signals aborts. */
import type { Clock } from './clock.js';

export class Patience {
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #waitMs: number;
  readonly #signals: readonly AbortSignal[];
  readonly #controller = new AbortController();
  readonly #cancel: () => void;
  readonly #abort = (): void => this.#controller.abort();

  /** @param waitMs - `Infinity` for as long as it takes */
  constructor(clock: Clock, waitMs: number, signals: readonly AbortSignal[]) {
    this.#clock = clock;
    this.#waitMs = waitMs;
    this.#startedAt = clock.now();
    this.#signals = signals;
    // By listeners that {@link end} takes away: some of these signals live as long as the process.
    for (const signal of signals) {
      if (signal.aborted) this.#abort();
      else signal.addEventListener('abort', this.#abort, { once: true });
    }
    this.#cancel = waitMs === Infinity ? () => undefined : clock.setTimer(waitMs, this.#abort, 'ref');
  }

  /** Aborts when it is over. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get waitedMs(): number {
    return this.#clock.now() - this.#startedAt;
  }

  get leftMs(): number {
    return Math.max(0, this.#waitMs - this.waitedMs);
  }

  /** What `work` gives, or `undefined` when this is over before; the work goes on unheard. */
  async during<T>(work: Promise<T>): Promise<T | undefined> {
    const { signal } = this;
    let stop = (): void => undefined;
    const over = new Promise<undefined>((resolve) => {
      stop = () => resolve(undefined);
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
    try {
      return await Promise.race([work, over]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Nobody waits any more. */
  end(): void {
    this.#cancel();
    for (const signal of this.#signals) signal.removeEventListener('abort', this.#abort);
  }
}
