/**
 * The only clock and the only timers of the library.
 *
 * `now()` is monotonic and never goes back, so no deadline depends on the wall clock. A machine that was suspended
 * stops its monotonic clock; {@link SystemClock} notices (uptime goes on counting) and adds what was slept.
 */
import { uptime } from 'node:os';
import { performance } from 'node:perf_hooks';

/** Cancels a timer; calling it again, or after the timer fired, does nothing. */
export type CancelTimer = () => void;

/** Whether a timer keeps the process alive: yes for one behind a promise that somebody awaits. */
export type TimerHold = 'ref' | 'unref';

/** Monotonic time and timers, in milliseconds. Injected everywhere so that tests can move it by hand. */
export interface Clock {
  /** Monotonic milliseconds with a fraction; its zero means nothing. */
  now(): number;
  /** Milliseconds since 1970 for events and messages that people read; never used to judge a lease. */
  wallNow(): number;
  /** Like {@link now}, but looks for a suspend first if the last look is older than `maxAgeMs`. */
  nowAfterSuspendCheck(maxAgeMs: number): number;
  /** Calls `fire` once after `delayMs` or a little later, never earlier. */
  setTimer(delayMs: number, fire: () => void, hold: TimerHold): CancelTimer;
  /** Keeps the process alive from `true` on until as many `false` were said; costs less than arming a timer each time. */
  keepAlive(on: boolean): void;
}

/** Uptime has steps of 10 ms on Linux and of a second elsewhere; a smaller gap than this is rounding, not sleep. */
const SUSPEND_THRESHOLD_MS = process.platform === 'linux' ? 100 : 2_000;

/** What `setTimeout` can count; more would fire at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** Where a {@link SystemClock} reads from; tests give their own to play a suspend. */
export interface ClockSources {
  monotonicMs(): number;
  uptimeMs(): number;
}

const machine: ClockSources = {
  monotonicMs: () => performance.now(),
  uptimeMs: () => uptime() * 1_000,
};

/** The machine's clock. One is enough for a process; see {@link systemClock}. */
export class SystemClock implements Clock {
  readonly #sources: ClockSources;
  #sleptMs = 0;
  #keptAlive = 0;
  /** Never fires; it is there to be ref'd. */
  #anchor: NodeJS.Timeout | undefined;
  #lastGapMs: number;
  #sampledAt: number;

  constructor(sources: ClockSources = machine) {
    this.#sources = sources;
    this.#sampledAt = sources.monotonicMs();
    this.#lastGapMs = sources.uptimeMs() - this.#sampledAt;
  }

  now(): number {
    return this.#sources.monotonicMs() + this.#sleptMs;
  }

  wallNow(): number {
    return Date.now();
  }

  nowAfterSuspendCheck(maxAgeMs: number): number {
    const monotonic = this.#sources.monotonicMs();
    if (monotonic - this.#sampledAt >= maxAgeMs) this.#sample(monotonic);
    return monotonic + this.#sleptMs;
  }

  setTimer(delayMs: number, fire: () => void, hold: TimerHold): CancelTimer {
    // Node rounds down and counts from the start of its turn: a millisecond more makes it late, never early.
    const timer = setTimeout(fire, Math.min(Math.max(0, Math.ceil(delayMs) + 1), LONGEST_TIMEOUT_MS));
    if (hold === 'unref') timer.unref();
    return () => clearTimeout(timer);
  }

  keepAlive(on: boolean): void {
    this.#keptAlive += on ? 1 : -1;
    if (on && this.#keptAlive === 1) {
      this.#anchor ??= setInterval(() => undefined, LONGEST_TIMEOUT_MS);
      this.#anchor.ref();
    } else if (this.#keptAlive === 0) this.#anchor?.unref();
  }

  #sample(monotonic: number): void {
    const gap = this.#sources.uptimeMs() - monotonic;
    const grown = gap - this.#lastGapMs;
    if (grown > SUSPEND_THRESHOLD_MS) {
      this.#sleptMs += grown;
      this.#lastGapMs = gap;
    }
    this.#sampledAt = monotonic;
  }
}

/** The clock that everything uses unless a host or a test brings its own. */
export const systemClock: Clock = new SystemClock();
