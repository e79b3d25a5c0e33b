/**
 * One timer for any number of due times. Items stand in buckets of a few milliseconds, so that ten thousand renewals of
 * one period are a handful of wake-ups; a bucket is due at its end: items are late by up to its size, never early.
 */
import { AsyncResource } from 'node:async_hooks';
import type { CancelTimer, Clock, TimerHold } from '../time/clock.js';

/** What stands in an agenda remembers in which bucket. */
export interface AgendaItem {
  bucket: number | undefined;
}

/** How an agenda measures, and whom it holds up. */
export interface AgendaOptions {
  /** Size of a bucket. */
  readonly stepMs: number;
  /** Whether a process with items in its agenda stays alive. */
  readonly hold: TimerHold;
}

/** The bucket of items that are being called. */
const CALLED = -Infinity;

/**
 * Calls items when they are due, from nobody's async context. Its timer is armed for the first bucket or earlier, and
 * left alone when that is gone: most items are deleted long before they are due, and new ones come all the time.
 */
export class Agenda<Item extends AgendaItem> {
  readonly #clock: Clock;
  readonly #options: AgendaOptions;
  /** Called with what is due. The set shrinks when an item is put elsewhere or deleted meanwhile. */
  readonly #due: (items: ReadonlySet<Item>) => void;
  readonly #buckets = new Map<number, Set<Item>>();
  /** Bucket numbers, latest first: the next one is popped from the end. */
  readonly #order: number[] = [];
  /** Timers are armed from here: not in the context of whichever request came first, which they would keep alive. */
  readonly #root = new AsyncResource('HoldfastAgenda');
  readonly #fired = (): void => this.#fire();
  #size = 0;
  /** The bucket that the timer is armed for; `Infinity` when it is not. */
  #armedFor = Infinity;
  #disarm: CancelTimer | undefined;

  constructor(clock: Clock, options: AgendaOptions, due: (items: ReadonlySet<Item>) => void) {
    this.#clock = clock;
    this.#options = options;
    this.#due = due;
  }

  /** Puts `item` at `at`, away from where it stood before. */
  set(item: Item, at: number): void {
    const bucket = Math.ceil(at / this.#options.stepMs);
    if (item.bucket === bucket) return;
    if (item.bucket === undefined) this.#count(1);
    else this.#remove(item, item.bucket);
    item.bucket = bucket;
    const items = this.#buckets.get(bucket);
    if (items !== undefined) items.add(item);
    else this.#open(bucket, item);
    if (bucket < this.#armedFor) this.#arm();
  }

  delete(item: Item): void {
    if (item.bucket === undefined) return;
    this.#remove(item, item.bucket);
    item.bucket = undefined;
    this.#count(-1);
  }

  get size(): number {
    return this.#size;
  }

  /** Everything that stands in it, in no order. */
  items(): Item[] {
    return [...this.#buckets.values()].flatMap((bucket) => [...bucket]);
  }

  #count(change: 1 | -1): void {
    this.#size += change;
    if (this.#options.hold === 'unref') return;
    if (this.#size === 0) this.#clock.keepAlive(false);
    else if (this.#size === 1 && change === 1) this.#clock.keepAlive(true);
  }

  #open(bucket: number, item: Item): void {
    this.#buckets.set(bucket, new Set([item]));
    this.#order.splice(this.#place(bucket), 0, bucket);
  }

  #remove(item: Item, bucket: number): void {
    const items = this.#buckets.get(bucket);
    items?.delete(item);
    if (items?.size !== 0 || bucket === CALLED) return;
    this.#buckets.delete(bucket);
    this.#order.splice(this.#place(bucket), 1);
  }

  /** Where `bucket` stands, or belongs, in the descending order. */
  #place(bucket: number): number {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#order[middle] ?? -Infinity) > bucket) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #arm(): void {
    this.#disarm?.();
    this.#disarm = undefined;
    this.#armedFor = this.#order.at(-1) ?? Infinity;
    if (this.#armedFor === Infinity) return;
    const delayMs = this.#armedFor * this.#options.stepMs - this.#clock.now();
    this.#disarm = this.#root.runInAsyncScope(this.#setTimer, this, delayMs);
  }

  #setTimer(delayMs: number): CancelTimer {
    return this.#clock.setTimer(delayMs, this.#fired, 'unref');
  }

  #fire(): void {
    this.#armedFor = Infinity;
    const called = this.#takeDue();
    if (called.size > 0) {
      this.#buckets.set(CALLED, called);
      this.#due(called);
      this.#buckets.delete(CALLED);
      for (const item of called) this.delete(item);
    }
    this.#arm();
  }

  #takeDue(): Set<Item> {
    const called = new Set<Item>();
    const now = this.#clock.now() / this.#options.stepMs;
    for (let next = this.#order.at(-1); next !== undefined && next <= now; next = this.#order.at(-1)) {
      this.#order.pop();
      for (const item of this.#buckets.get(next) ?? []) {
        item.bucket = CALLED;
        called.add(item);
      }
      this.#buckets.delete(next);
    }
    return called;
  }
}
