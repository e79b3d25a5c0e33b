/** Every promise settles within its bound, and says what came of it in a typed way. */
import { LockError } from '@holdfast/core';
import type { Judge } from './judge.js';
import type { SimulatedMachine } from './machine.js';
import type { VirtualTime } from './virtual-time.js';

/** Timers are late, and so is who waits for them. */
const SLACK_MS = 60;

export interface Expected {
  readonly what: string;
  readonly withinMs: number;
  readonly machine: SimulatedMachine;
}

export class Promises {
  readonly #time: VirtualTime;
  readonly #judge: Judge;

  constructor(time: VirtualTime, judge: Judge) {
    this.#time = time;
    this.#judge = judge;
  }

  /** What `work` gives, or the code of the error that it rejected with. */
  async outcome<T>(
    expected: Expected,
    work: Promise<T>,
  ): Promise<{ readonly value: T } | { readonly code: string }> {
    let settled = false;
    this.#expire(expected, expected.machine.stoppedMs, () => settled);
    try {
      return { value: await work };
    } catch (error) {
      if (LockError.is(error)) return { code: error.code };
      this.#judge.violated('every outcome is typed', `${expected.what}: ${String(error)}`);
      return { code: 'none' };
    } finally {
      settled = true;
    }
  }

  /** A process that could not run is given that time on top. */
  #expire(expected: Expected, stoppedBefore: number, settled: () => boolean): void {
    const { what, withinMs, machine } = expected;
    this.#time.after(withinMs + SLACK_MS, () => {
      if (settled() || machine.dead) return;
      const stoppedMs = machine.stoppedMs - stoppedBefore;
      if (stoppedMs === 0 && machine.running)
        this.#judge.violated('every promise settles in its time', `${what} takes more than ${withinMs} ms`);
      else this.#expire({ ...expected, withinMs: stoppedMs }, machine.stoppedMs, settled);
    });
  }
}
