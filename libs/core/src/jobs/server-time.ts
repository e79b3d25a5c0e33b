/**
 * The server's clock as this process knows it: what the server said when it answered, somewhere between the moment in which
 * it was asked and the one in which the answer came (Cristian, "Probabilistic clock synchronization", 1989). Ticks are
 * awaited by it, never by the clock of the machine, which may be seconds off.
 */
import type { Clock } from '../time/clock.js';
import type { Answered } from './job-store.js';

/** What two good clocks drift apart at most, as a share of the time that passes. */
const DRIFT_SHARE = 0.001;

interface Sample {
  /** What has to be added to our monotonic clock. */
  readonly offsetMs: number;
  /** By how much it may be wrong. */
  readonly errorMs: number;
  readonly takenAt: number;
}

export class ServerTime {
  readonly #clock: Clock;
  #best: Sample | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The server answered just now. */
  observe({ serverMs, sentAt }: Pick<Answered, 'serverMs' | 'sentAt'>): void {
    const takenAt = this.#clock.now();
    const errorMs = (takenAt - sentAt) / 2;
    const sample = { offsetMs: serverMs - (sentAt + errorMs), errorMs, takenAt };
    const best = this.#best;
    if (best === undefined || errorMs <= this.#errorOf(best, takenAt) || this.#contradicts(sample, best))
      this.#best = sample;
  }

  /** Milliseconds since 1970; `undefined` before the server has answered for the first time. */
  now(): number | undefined {
    return this.#best === undefined ? undefined : this.#clock.now() + this.#best.offsetMs;
  }

  #errorOf({ errorMs, takenAt }: Sample, now: number): number {
    return errorMs + (now - takenAt) * DRIFT_SHARE;
  }

  /** They cannot both be right: the server's clock was set meanwhile, or another server answers. */
  #contradicts(sample: Sample, best: Sample): boolean {
    const allowed = sample.errorMs + this.#errorOf(best, sample.takenAt) + 1;
    return Math.abs(sample.offsetMs - best.offsetMs) > allowed;
  }
}
