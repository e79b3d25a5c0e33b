/**
 * The machine under one process: its clocks, its timers, and how it stops. A process that is paused (SIGSTOP, a busy
 * loop) runs nothing while all clocks go on; a machine that sleeps stops its monotonic clock, too, and with it its timers,
 * while uptime and wall clock go on. What arrives meanwhile waits.
 */
import type { CancelTimer, ClockSources } from '@holdfast/core';
import type { Prng } from './prng.js';
import type { Planned, VirtualTime } from './virtual-time.js';

interface Timer {
  dueAt: number;
  readonly fire: () => void;
  planned: Planned;
}

export const WALL_START = Date.UTC(2026, 0, 1);
const MONOTONIC_START = 5_000;
const UPTIME_STEP_MS = 10;
/** Shorter ones are rounding to a clock whose uptime has steps. */
export const LEAST_SLEEP_MS = 150;
/** Timers are late, never early. */
const LATEST_MS = 2;

export class SimulatedMachine implements ClockSources {
  readonly #time: VirtualTime;
  readonly #prng: Prng;
  /** How fast its clocks run: 1 is right. */
  readonly #rate: number;
  readonly #timers = new Set<Timer>();
  #dueTimers: (() => void)[] = [];
  #arrived: (() => void)[] = [];
  #state: 'running' | 'paused' | 'asleep' | 'dead' = 'running';
  #stoppedAt = 0;
  #stoppedMs = 0;
  #sleptMs = 0;
  #wallOffsetMs = 0;

  constructor(time: VirtualTime, prng: Prng, rate: number) {
    this.#time = time;
    this.#prng = prng;
    this.#rate = rate;
  }

  get running(): boolean {
    return this.#state === 'running';
  }

  get dead(): boolean {
    return this.#state === 'dead';
  }

  /** For how long it ran nothing, all in all. */
  get stoppedMs(): number {
    return this.#stoppedMs + (this.running ? 0 : this.#time.now - this.#stoppedAt);
  }

  /** How much longer it sleeps at least. */
  get sleepsOnMs(): number {
    if (this.#state !== 'asleep') return 0;
    return Math.max(0, this.#stoppedAt + LEAST_SLEEP_MS - this.#time.now);
  }

  get hasSlept(): boolean {
    return this.#sleptMs > 0;
  }

  monotonicMs(): number {
    const awake = this.#state === 'asleep' ? this.#stoppedAt : this.#time.now;
    return MONOTONIC_START + (awake - this.#sleptMs) * this.#rate;
  }

  uptimeMs(): number {
    return Math.floor((7_000_000 + this.#time.now * this.#rate) / UPTIME_STEP_MS) * UPTIME_STEP_MS;
  }

  wallMs(): number {
    return Math.floor(WALL_START + this.#time.now + this.#wallOffsetMs);
  }

  /** Somebody sets its wall clock. */
  setWall(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  startTimer(delayMs: number, fire: () => void): CancelTimer {
    const waitMs = Math.ceil(Math.max(0, delayMs)) / this.#rate + this.#prng.between(0.01, LATEST_MS);
    const timer: Timer = { dueAt: this.#time.now + waitMs, fire, planned: this.#plan(() => timer, waitMs) };
    this.#timers.add(timer);
    return () => {
      timer.planned.cancelled = true;
      this.#timers.delete(timer);
    };
  }

  /** Something reaches the process from outside. It waits while the process cannot run; a dead one never hears of it. */
  arrive(deliver: () => void): void {
    if (this.running) deliver();
    else if (!this.dead) this.#arrived.push(deliver);
  }

  pause(): void {
    this.#stop('paused');
  }

  /** Like a pause, but monotonic time stands still: timers keep what was left of them. */
  sleep(): void {
    this.#stop('asleep');
    for (const { planned } of this.#timers) planned.cancelled = true;
  }

  /** Power off. */
  die(): void {
    this.#stop('dead');
    for (const { planned } of this.#timers) planned.cancelled = true;
    this.#timers.clear();
    this.#dueTimers = [];
    this.#arrived = [];
  }

  /** Runs again. `first` is what the very next instruction of the process does. */
  resume(first: () => void): void {
    if (this.running || this.dead) return;
    const stoppedMs = this.#time.now - this.#stoppedAt;
    const slept = this.#state === 'asleep';
    this.#state = 'running';
    this.#stoppedMs += stoppedMs;
    if (slept) this.#wakeTimers(stoppedMs);
    this.#time.after(0, () => this.arrive(first));
    // Node may look at its sockets or at its timers first.
    const backlog = this.#prng.chance(0.5)
      ? [...this.#dueTimers.splice(0), ...this.#arrived.splice(0)]
      : [...this.#arrived.splice(0), ...this.#dueTimers.splice(0)];
    for (const run of backlog) this.#time.after(0, () => this.arrive(run));
  }

  #stop(state: 'paused' | 'asleep' | 'dead'): void {
    if (this.running) this.#stoppedAt = this.#time.now;
    this.#state = state;
  }

  #wakeTimers(sleptMs: number): void {
    this.#sleptMs += sleptMs;
    for (const timer of this.#timers) {
      timer.dueAt += sleptMs;
      timer.planned = this.#plan(() => timer, timer.dueAt - this.#time.now);
    }
  }

  #plan(timerOf: () => Timer, waitMs: number): Planned {
    return this.#time.after(waitMs, () => {
      const timer = timerOf();
      if (this.running) this.#fire(timer);
      else if (!this.dead) this.#dueTimers.push(() => this.#fire(timer));
    });
  }

  /** Unless it was cancelled, also by one that fired just before it. */
  #fire(timer: Timer): void {
    if (this.#timers.delete(timer)) timer.fire();
  }
}
