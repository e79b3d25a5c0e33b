/**
 * A stream: entries in the order of their ids. An id is two numbers of 64 bits, a millisecond and a count within it. Kept as
 * one number of 128 bits, ids are compared and counted on like any other.
 */
import { toBytes, type Bytes } from '../bytes.js';

/** The millisecond times 2^64, and the count. */
export type StreamId = bigint;

/** What was added in one go. */
export interface StreamEntry {
  readonly id: StreamId;
  /** Fields and values in turn, as they came; a field may come twice. */
  readonly words: readonly Bytes[];
}

const COUNT_BITS = 64n;
/** The greatest count, and the greatest millisecond. */
export const GREATEST_HALF = 2n ** COUNT_BITS - 1n;
export const GREATEST_ID: StreamId = 2n ** 128n - 1n;

export const idOf = (ms: bigint, count: bigint): StreamId => (ms << COUNT_BITS) | count;
export const msOf = (id: StreamId): bigint => id >> COUNT_BITS;

/** `<ms>-<count>`, as Redis writes it. */
export function formatId(id: StreamId): Bytes {
  return toBytes(`${msOf(id)}-${id & GREATEST_HALF}`);
}

export class Stream {
  readonly #entries: StreamEntry[] = [];
  #lastId: StreamId = 0n;

  get size(): number {
    return this.#entries.length;
  }

  /** The greatest id that an entry ever had, also when it was trimmed away. */
  get lastId(): StreamId {
    return this.#lastId;
  }

  /** The id of an entry that comes now. It grows also where the clock stands still or was set back. */
  nextId(nowMs: number): StreamId {
    const now = idOf(BigInt(nowMs), 0n);
    return now > this.#lastId ? now : this.#lastId + 1n;
  }

  /** Adds an entry at the end; `false` if its id is not above all ids of before. */
  add(entry: StreamEntry): boolean {
    if (entry.id <= this.#lastId) return false;
    this.#lastId = entry.id;
    this.#entries.push(entry);
    return true;
  }

  /** Removes the oldest entries, so that so many are left at most. */
  trimTo(most: number): void {
    this.#entries.splice(0, Math.max(this.size - most, 0));
  }

  /** The entries from one id to another, both included, the oldest first. */
  between(first: StreamId, last: StreamId): readonly StreamEntry[] {
    return this.#entries.filter(({ id }) => id >= first && id <= last);
  }
}
