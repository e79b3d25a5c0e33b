/**
 * Replaces a connection that stays silent while calls are under way; TCP alone would take many minutes to notice. Looks
 * once a second, and only while there is something to wait for: a timer for each call would cost more than the call.
 */
import { AsyncResource } from 'node:async_hooks';
import type { Redis } from 'ioredis';
import type { CancelTimer, Clock } from '../time/clock.js';

/** Calls in the order in which they were written, which is the order of their answers. */
export interface CallProgress {
  /** The number of the last call that was written. */
  readonly written: number;
  /** The number of the last one that was answered. */
  readonly answered: number;
}

/** Whom a watch is for. */
export interface WatchedCalls {
  readonly calls: CallProgress;
  /** Told at each look that found no answer since the one before. */
  readonly overdue: () => void;
}

const LOOK_MS = 1_000;
/** Looks in a row without an answer, before the connection is given up: five seconds, and up to one more. */
const SILENT_LOOKS = 5;

export class SilenceWatch {
  readonly #client: Redis;
  readonly #clock: Clock;
  readonly #calls: CallProgress;
  readonly #overdue: () => void;
  /** It looks from here: not in the context of whichever request came first. */
  readonly #root = new AsyncResource('HoldfastSilence');
  readonly #again = (): void => this.#look();
  /** Connected, and not let through yet: the greeting has to be answered, too. */
  #greeting = false;
  #silentLooks = 0;
  #answeredBefore = 0;
  #stop: CancelTimer | undefined;

  constructor(client: Redis, clock: Clock, { calls, overdue }: WatchedCalls) {
    this.#client = client;
    this.#clock = clock;
    this.#calls = calls;
    this.#overdue = overdue;
    client.on('connect', () => {
      this.#greeting = true;
      this.asked();
    });
    client.on('close', () => this.greeted());
    client.on('end', () => this.#stop?.());
  }

  /** A call was written. */
  asked(): void {
    if (this.#stop !== undefined) return;
    this.#silentLooks = 0;
    this.#answeredBefore = this.#calls.answered;
    this.#arm();
  }

  /** The connection is ready for calls, or over. */
  greeted(): void {
    this.#greeting = false;
  }

  #arm(): void {
    this.#stop = this.#root.runInAsyncScope(this.#clock.setTimer, this.#clock, LOOK_MS, this.#again, 'unref');
  }

  #look(): void {
    this.#stop = undefined;
    const { written, answered } = this.#calls;
    if (!this.#greeting && written === answered) return;
    this.#silentLooks = answered === this.#answeredBefore ? this.#silentLooks + 1 : 0;
    this.#answeredBefore = answered;
    if (this.#silentLooks > 0) this.#overdue();
    if (this.#silentLooks >= SILENT_LOOKS) {
      this.#silentLooks = 0;
      this.#client.stream?.destroy(new Error('silent'));
    }
    this.#arm();
  }
}
