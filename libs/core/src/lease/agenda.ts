/**
 * One timer for any number of due times. Items stand in buckets of a few milliseconds, so that ten thousand renewals of
 * one period are a handful of wake-ups; a bucket is due at its end: items are late by up to its size, never early.
 */
import { AsyncResource } from 'node:async_hooks';
import type { CancelTimer, Clock, TimerHold } from '../time/clock.js';

/** Items that are due together, linked to one another: standing in an agenda costs no memory but the links. */
interface Bucket<Item> {
  readonly number: number;
  first: Item | undefined;
  last: Item | undefined;
}

/** What stands in an agenda remembers where. */
export interface AgendaItem<Item> {
  bucket: Bucket<Item> | undefined;
  before: Item | undefined;
  behind: Item | undefined;
}

/** How an agenda measures, and whom it holds up. */
export interface AgendaOptions {
  /** Size of a bucket. */
  readonly stepMs: number;
  /** Whether a process with items in its agenda stays alive. */
  readonly hold: TimerHold;
}

/** So many empty buckets may stand about: most of them are used again within the millisecond. */
const MOST_EMPTY = 64;

/**
 * Calls items when they are due, from nobody's async context. Its timer is armed for the first bucket or earlier, and
 * left alone when that is gone: most items are deleted long before they are due, and new ones come all the time.
 */
export class Agenda<Item extends AgendaItem<Item>> {
  readonly #clock: Clock;
  readonly #options: AgendaOptions;
  /** Called when something is due, which it takes one by one: each may still be put elsewhere or deleted before that. */
  readonly #due: (take: () => Item | undefined) => void;
  readonly #buckets = new Map<number, Bucket<Item>>();
  /** Bucket numbers, latest first: the next one is popped from the end. */
  readonly #order: number[] = [];
  /** Timers are armed from here: not in the context of whichever request came first, which they would keep alive. */
  readonly #root = new AsyncResource('HoldfastAgenda');
  readonly #fired = (): void => this.#fire();
  #size = 0;
  #empty = 0;
  /** The bucket that the timer is armed for; `Infinity` when it is not. */
  #armedFor = Infinity;
  #disarm: CancelTimer | undefined;

  constructor(clock: Clock, options: AgendaOptions, due: (take: () => Item | undefined) => void) {
    this.#clock = clock;
    this.#options = options;
    this.#due = due;
  }

  /** Puts `item` at `at`, away from where it stood before. */
  set(item: Item, at: number): void {
    const number = Math.ceil(at / this.#options.stepMs);
    if (item.bucket?.number === number) return;
    if (item.bucket === undefined) this.#count(1);
    else this.#unlink(item, item.bucket);
    this.#link(item, this.#buckets.get(number) ?? this.#open(number));
    if (number < this.#armedFor) this.#arm();
  }

  delete(item: Item): void {
    if (item.bucket === undefined) return;
    this.#unlink(item, item.bucket);
    this.#count(-1);
  }

  get size(): number {
    return this.#size;
  }

  /** Everything that stands in it, in no order. */
  items(): Item[] {
    const items: Item[] = [];
    for (const { first } of this.#buckets.values())
      for (let item = first; item !== undefined; item = item.behind) items.push(item);
    return items;
  }

  #count(change: 1 | -1): void {
    this.#size += change;
    if (this.#options.hold === 'unref') return;
    if (this.#size === 0) this.#clock.keepAlive(false);
    else if (this.#size === 1 && change === 1) this.#clock.keepAlive(true);
  }

  #open(number: number): Bucket<Item> {
    const bucket = { number, first: undefined, last: undefined };
    this.#buckets.set(number, bucket);
    this.#order.splice(this.#place(number), 0, number);
    this.#empty += 1;
    return bucket;
  }

  #link(item: Item, bucket: Bucket<Item>): void {
    const { last } = bucket;
    if (last === undefined) {
      bucket.first = item;
      this.#empty -= 1;
    } else last.behind = item;
    item.before = last;
    item.bucket = bucket;
    bucket.last = item;
  }

  #unlink(item: Item, bucket: Bucket<Item>): void {
    const { before, behind } = item;
    if (before === undefined) bucket.first = behind;
    else before.behind = behind;
    if (behind === undefined) bucket.last = before;
    else behind.before = before;
    item.before = undefined;
    item.behind = undefined;
    item.bucket = undefined;
    if (bucket.first !== undefined) return;
    this.#empty += 1;
    if (this.#empty > MOST_EMPTY) this.#sweep();
  }

  #sweep(): void {
    for (const number of this.#order.splice(0)) {
      if (this.#buckets.get(number)?.first === undefined) this.#buckets.delete(number);
      else this.#order.push(number);
    }
    this.#empty = 0;
  }

  /** Where `number` stands, or belongs, in the descending order. */
  #place(number: number): number {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#order[middle] ?? -Infinity) > number) low = middle + 1;
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
    const now = this.#clock.now() / this.#options.stepMs;
    this.#due(() => this.#take(now));
    this.#arm();
  }

  /** One item that is due; what is called may put it back at once, but not before `now`. */
  #take(now: number): Item | undefined {
    for (let next = this.#order.at(-1); next !== undefined && next <= now; next = this.#order.at(-1)) {
      const item = this.#buckets.get(next)?.first;
      if (item !== undefined) {
        this.delete(item);
        return item;
      }
      this.#order.pop();
      if (this.#buckets.delete(next)) this.#empty -= 1;
    }
    return undefined;
  }
}
