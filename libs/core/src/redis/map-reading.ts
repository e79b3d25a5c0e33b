/**
 * When the map of a cluster is read: from time to time, soon when something is wrong, one reading at a time. While a node is
 * in doubt it is read again and again: that a replica took over is known to the others only after a while.
 */
import { AsyncResource } from 'node:async_hooks';
import type { CancelTimer, Clock } from '../time/clock.js';

const CALM_MS = 5_000;
const URGENT_MS = 100;
/** What gives rise to doubt is told again after so long, if it lasts. */
const IN_DOUBT_FOR_MS = 1_000;

export class MapReading {
  readonly #clock: Clock;
  readonly #read: () => Promise<void>;
  /** Read from here: not in the context of whichever request came first. */
  readonly #root = new AsyncResource('HoldfastClusterMap');
  #armedFor = Infinity;
  #inDoubtUntil = 0;
  #reading = false;
  #again = false;
  #closed = false;
  #disarm: CancelTimer | undefined;

  /** @param read never rejects */
  constructor(clock: Clock, read: () => Promise<void>) {
    this.#clock = clock;
    this.#read = read;
  }

  /** Nothing is known yet. */
  now(): void {
    this.#in(0);
  }

  /** A slot has nobody who can be reached, or is elsewhere: read soon. */
  soon(): void {
    this.#in(URGENT_MS);
  }

  /** Another node may be the master by now: read at once, and then again for a while. */
  doubt(): void {
    const now = this.#clock.now();
    const isNew = now >= this.#inDoubtUntil;
    this.#inDoubtUntil = now + IN_DOUBT_FOR_MS;
    this.#in(isNew ? 0 : URGENT_MS);
  }

  close(): void {
    this.#closed = true;
    this.#disarm?.();
  }

  #in(ms: number): void {
    const at = this.#clock.now() + ms;
    this.#again ||= this.#reading;
    if (this.#closed || this.#reading || at >= this.#armedFor) return;
    this.#disarm?.();
    this.#armedFor = at;
    const start = (): void => void this.#start();
    this.#disarm = this.#root.runInAsyncScope(this.#clock.setTimer, this.#clock, ms, start, 'unref');
  }

  async #start(): Promise<void> {
    this.#armedFor = Infinity;
    this.#reading = true;
    this.#again = false;
    await this.#read();
    this.#reading = false;
    this.#in(this.#again || this.#clock.now() < this.#inDoubtUntil ? URGENT_MS : CALM_MS);
  }
}
