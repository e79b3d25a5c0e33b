/** One timer with an end: it fires for what comes next, or for the end when that comes first. */
import type { CancelTimer, Clock } from '../time/clock.js';
import { MAX_TIMER_MS } from '../time/duration.js';

export class Countdown {
  readonly startedAt: number;
  readonly #clock: Clock;
  readonly #endsAt: number;
  #cancel: CancelTimer | undefined;

  /** @param lastsMs until the end; `Infinity` for none */
  constructor(clock: Clock, lastsMs: number) {
    this.#clock = clock;
    this.startedAt = clock.now();
    this.#endsAt = this.startedAt + lastsMs;
  }

  get elapsedMs(): number {
    return this.#clock.now() - this.startedAt;
  }

  /** Replaces what was armed before. Ref'd: it stands behind a promise that somebody awaits. */
  arm(delayMs: number, then: () => void, end: () => void): void {
    this.#cancel?.();
    const leftMs = this.#endsAt - this.#clock.now();
    const nextMs = Math.min(leftMs, delayMs);
    if (nextMs > MAX_TIMER_MS)
      this.#cancel = this.#clock.setTimer(
        MAX_TIMER_MS,
        () => this.arm(nextMs - MAX_TIMER_MS, then, end),
        'ref',
      );
    else this.#cancel = this.#clock.setTimer(nextMs, leftMs <= delayMs ? end : then, 'ref');
  }

  cancel(): void {
    this.#cancel?.();
  }
}
