/**
 * A clock that stands still until a test moves it. Timers fire in the order of their times, and between two of them
 * everything that waits on promises goes on, so code sees time pass as it would on a real clock, only at once.
 */
import { AsyncResource } from 'node:async_hooks';
import { parseDuration, type CancelTimer, type Clock, type Duration, type TimerHold } from '@holdfast/core';

interface Timer {
  readonly dueAt: number;
  readonly hold: TimerHold;
  readonly fire: () => void;
}

/** Where {@link SettableClock.wallNow} starts unless told: 1 January 2026. */
const WALL_START = Date.UTC(2026, 0, 1);
/** Where {@link SettableClock.now} starts; not 0, so that nothing works by mistaking it for "never". */
const MONOTONIC_START = 1_000_000;
/** Code may itself hop through `setImmediate` on its way; each turn lets all microtasks run dry. */
const TURNS_TO_SETTLE = 3;
// Taken here, so that fake timers of a test framework do not stop the clock.
const nextTurn = setImmediate;

/** A {@link Clock} that only moves by hand. */
export class SettableClock implements Clock {
  readonly #wallStart: number;
  readonly #timers = new Set<Timer>();
  #elapsedMs = 0;
  #keptAlive = 0;
  #advancing = false;

  /** @param options.wallStart what `wallNow()` says at first, in ms since 1970. @defaultValue 1 January 2026 */
  constructor(options: { readonly wallStart?: number } = {}) {
    this.#wallStart = options.wallStart ?? WALL_START;
  }

  /** How much would keep a process alive: timers that somebody waits for. A test that leaves some behind has a leak. */
  get pendingTimers(): number {
    return [...this.#timers].filter(({ hold }) => hold === 'ref').length + this.#keptAlive;
  }

  now(): number {
    return MONOTONIC_START + this.#elapsedMs;
  }

  wallNow(): number {
    return this.#wallStart + this.#elapsedMs;
  }

  nowAfterSuspendCheck(_maxAgeMs: number): number {
    return this.now();
  }

  keepAlive(on: boolean): void {
    this.#keptAlive += on ? 1 : -1;
  }

  setTimer(delayMs: number, fire: () => void, hold: TimerHold): CancelTimer {
    // Bound, because a real timer fires in the async context that armed it.
    const timer: Timer = { dueAt: this.now() + Math.max(0, delayMs), fire: AsyncResource.bind(fire), hold };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /**
   * Moves time on: through every timer that comes due, those included that are armed on the way, up to the end.
   * @throws Error if it is called while another call is under way; what a timer throws is thrown here
   */
  async advance(duration: Duration): Promise<void> {
    if (this.#advancing) throw new Error('SettableClock.advance() is under way already; await it first');
    this.#advancing = true;
    try {
      const end = this.now() + parseDuration(duration, 'duration');
      await this.settle();
      for (let timer = this.#nextUntil(end); timer !== undefined; timer = this.#nextUntil(end)) {
        this.#moveTo(Math.max(timer.dueAt, this.now()));
        this.#timers.delete(timer);
        timer.fire();
        await this.settle();
      }
      this.#moveTo(end);
    } finally {
      this.#advancing = false;
    }
  }

  /**
   * Moves time on without letting anybody run, as after a process was frozen: due timers fire at the next
   * {@link advance}, late.
   */
  jump(duration: Duration): void {
    this.#elapsedMs += parseDuration(duration, 'duration');
  }

  /** Lets everything run that waits on promises, without moving time. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < TURNS_TO_SETTLE; turn += 1) await new Promise((resolve) => nextTurn(resolve));
  }

  #moveTo(instant: number): void {
    this.#elapsedMs = instant - MONOTONIC_START;
  }

  /** The first timer to fire; of those due at the same time, the one armed first. */
  #nextUntil(end: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueAt <= end && (next === undefined || timer.dueAt < next.dueAt)) next = timer;
    }
    return next;
  }
}
