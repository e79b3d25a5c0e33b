/**
 * The only clock and the only timers of the library.
 *
 * `now()` is monotonic and never goes back, so no deadline depends on the wall clock. A machine that was suspended
 * stops its monotonic clock; {@link SystemClock} notices (uptime goes on counting), adds what was slept, and arms its
 * timers again, which slept too. It looks at uptime now and then, and at once when the wall clock has jumped: by a
 * sleep, or because somebody set it, which uptime knows nothing of.
 */
import { AsyncResource } from 'node:async_hooks';
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

/** Uptime has steps: whatever it says is less than what has passed by up to one of them. */
const UPTIME_STEP_MS = process.platform === 'linux' ? 10 : 1_000;

/** A smaller gap than this is rounding, not sleep. */
const SUSPEND_THRESHOLD_MS = Math.max(100, 2 * UPTIME_STEP_MS);

/** What `setTimeout` can count; more would fire at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** A jump of the wall clock that is worth a look at uptime: more than it is ever slewed between two looks. */
const WALL_JUMP_MS = 50;

/** Where a {@link SystemClock} reads from; tests give their own to play a suspend. */
export interface ClockSources {
  monotonicMs(): number;
  uptimeMs(): number;
  /** Milliseconds since 1970. Without it a sleep is noticed with the next look that is due. @defaultValue none */
  wallMs?(): number;
  /** Calls `fire` after `delayMs` of monotonic time or a little later. @defaultValue the timers of Node */
  startTimer?(delayMs: number, fire: () => void, hold: TimerHold): CancelTimer;
}

const machine: ClockSources = {
  monotonicMs: () => performance.now(),
  uptimeMs: () => uptime() * 1_000,
  wallMs: () => Date.now(),
};

function startTimeout(delayMs: number, fire: () => void, hold: TimerHold): CancelTimer {
  // Node rounds down and counts from the start of its turn: a millisecond more makes it late, never early.
  const timer = setTimeout(fire, Math.min(Math.max(0, Math.ceil(delayMs) + 1), LONGEST_TIMEOUT_MS));
  if (hold === 'unref') timer.unref();
  return () => clearTimeout(timer);
}

/** A timer that has not fired, and how to stop what counts for it. */
interface ArmedTimer {
  readonly dueAt: number;
  readonly hold: TimerHold;
  readonly fire: () => void;
  stop: CancelTimer;
}

/** The machine's clock. One is enough for a process; see {@link systemClock}. */
export class SystemClock implements Clock {
  readonly #sources: ClockSources;
  readonly #startTimer: NonNullable<ClockSources['startTimer']>;
  readonly #armed = new Set<ArmedTimer>();
  /** Timers are armed again from here: not in the context of whichever request noticed the sleep. */
  readonly #root = new AsyncResource('HoldfastClock');
  #sleptMs = 0;
  #keptAlive = 0;
  /** Never fires; it is there to be ref'd. */
  #anchor: NodeJS.Timeout | undefined;
  #lastGapMs: number;
  #lastWallGapMs: number;
  #sampledAt: number;

  constructor(sources: ClockSources = machine) {
    this.#sources = sources;
    this.#startTimer = sources.startTimer?.bind(sources) ?? startTimeout;
    this.#sampledAt = sources.monotonicMs();
    this.#lastGapMs = sources.uptimeMs() - this.#sampledAt;
    this.#lastWallGapMs = this.#wallGapAt(this.#sampledAt);
  }

  now(): number {
    return this.#sources.monotonicMs() + this.#sleptMs;
  }

  wallNow(): number {
    return this.#sources.wallMs?.() ?? Date.now();
  }

  nowAfterSuspendCheck(maxAgeMs: number): number {
    const monotonic = this.#sources.monotonicMs();
    // Which way it jumped says nothing: it may have been set back during a sleep.
    const jumpMs = Math.abs(this.#wallGapAt(monotonic) - this.#lastWallGapMs);
    if (jumpMs > WALL_JUMP_MS || monotonic - this.#sampledAt >= maxAgeMs) this.#sample(monotonic);
    return monotonic + this.#sleptMs;
  }

  setTimer(delayMs: number, fire: () => void, hold: TimerHold): CancelTimer {
    const timer = { dueAt: this.now() + delayMs, hold, fire, stop: () => undefined };
    this.#start(timer, delayMs);
    this.#armed.add(timer);
    return () => {
      timer.stop();
      this.#armed.delete(timer);
    };
  }

  keepAlive(on: boolean): void {
    this.#keptAlive += on ? 1 : -1;
    if (on && this.#keptAlive === 1) {
      this.#anchor ??= setInterval(() => undefined, LONGEST_TIMEOUT_MS);
      this.#anchor.ref();
    } else if (this.#keptAlive === 0) this.#anchor?.unref();
  }

  #start(timer: ArmedTimer, delayMs: number): void {
    const fired = (): void => {
      this.#armed.delete(timer);
      // Whatever it is for, it may be the first to run after a sleep.
      this.nowAfterSuspendCheck(Infinity);
      timer.fire();
    };
    timer.stop = this.#startTimer(delayMs, fired, timer.hold);
  }

  #wallGapAt(monotonic: number): number {
    return this.#sources.wallMs === undefined ? 0 : this.#sources.wallMs() - monotonic;
  }

  #sample(monotonic: number): void {
    const gap = this.#sources.uptimeMs() - monotonic;
    const grown = gap - this.#lastGapMs;
    this.#sampledAt = monotonic;
    this.#lastWallGapMs = this.#wallGapAt(monotonic);
    if (grown <= SUSPEND_THRESHOLD_MS) return;
    // Rather a step too much than a holder that believes for longer than its lease lasts.
    this.#sleptMs += grown + UPTIME_STEP_MS;
    this.#lastGapMs = gap;
    this.#armAgain();
  }

  /** What was armed before a sleep counts monotonic time, and would come late by all of it. */
  #armAgain(): void {
    this.#root.runInAsyncScope(() => {
      for (const timer of this.#armed) {
        timer.stop();
        this.#start(timer, Math.max(0, timer.dueAt - this.now()));
      }
    });
  }
}

/** The clock that everything uses unless a host or a test brings its own. */
export const systemClock: Clock = new SystemClock();
