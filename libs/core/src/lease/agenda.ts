/**
 * One timer for any number of due times. Items are kept in buckets of a few milliseconds, so that ten thousand
 * renewals of one period are a handful of wake-ups; a bucket is due from its start, up to that much early.
 */
import { AsyncResource } from 'node:async_hooks';
import type { CancelTimer, Clock } from '../time/clock.js';

/** How early an item may be called. */
export const BUCKET_MS = 5;

/** What stands in an agenda remembers where. */
export interface AgendaItem {
  bucket: number | undefined;
}

/** Calls items when they are due. It doesn't keep the process alive. */
export class Agenda<Item extends AgendaItem> {
  readonly #clock: Clock;
  readonly #due: (items: Item[]) => void;
  readonly #buckets = new Map<number, Set<Item>>();
  /** Bucket numbers, latest first: the next one is popped from the end. */
  readonly #order: number[] = [];
  /** Timers are armed from here: not in the context of whichever request came first, which they would keep alive. */
  readonly #root = new AsyncResource('HoldfastAgenda');
  #armed: { readonly bucket: number; readonly cancel: CancelTimer } | undefined;

  constructor(clock: Clock, due: (items: Item[]) => void) {
    this.#clock = clock;
    this.#due = due;
  }

  /** Puts `item` at `at`, away from where it stood before. */
  set(item: Item, at: number): void {
    const bucket = Math.floor(at / BUCKET_MS);
    if (item.bucket === bucket) return;
    this.#remove(item);
    item.bucket = bucket;
    const items = this.#buckets.get(bucket);
    if (items !== undefined) {
      items.add(item);
      return;
    }
    this.#buckets.set(bucket, new Set([item]));
    this.#order.splice(this.#place(bucket), 0, bucket);
    this.#arm();
  }

  delete(item: Item): void {
    if (item.bucket === undefined) return;
    this.#remove(item);
    this.#arm();
  }

  get size(): number {
    let items = 0;
    for (const bucket of this.#buckets.values()) items += bucket.size;
    return items;
  }

  #remove(item: Item): void {
    if (item.bucket === undefined) return;
    const items = this.#buckets.get(item.bucket);
    items?.delete(item);
    if (items?.size === 0) {
      this.#buckets.delete(item.bucket);
      this.#order.splice(this.#place(item.bucket), 1);
    }
    item.bucket = undefined;
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
    const next = this.#order.at(-1);
    if (this.#armed?.bucket === next) return;
    this.#armed?.cancel();
    this.#armed = undefined;
    if (next === undefined) return;
    const delay = next * BUCKET_MS - this.#clock.now();
    const cancel = this.#root.runInAsyncScope(() => this.#clock.setTimer(delay, () => this.#fire(), 'unref'));
    this.#armed = { bucket: next, cancel };
  }

  #fire(): void {
    this.#armed = undefined;
    const now = Math.floor(this.#clock.now() / BUCKET_MS);
    const items: Item[] = [];
    for (let next = this.#order.at(-1); next !== undefined && next <= now; next = this.#order.at(-1)) {
      this.#order.pop();
      for (const item of this.#buckets.get(next) ?? []) {
        item.bucket = undefined;
        items.push(item);
      }
      this.#buckets.delete(next);
    }
    if (items.length > 0) this.#due(items);
    this.#arm();
  }
}
