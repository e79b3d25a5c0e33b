/** A sorted set: by score, and members of one score by their bytes. Small sets are what locks need. */
import type { Bytes } from '../bytes.js';

interface Entry {
  readonly member: Bytes;
  readonly score: number;
}

export class SortedSet {
  readonly #scores = new Map<Bytes, number>();
  readonly #inOrder: Entry[] = [];

  get size(): number {
    return this.#inOrder.length;
  }

  scoreOf(member: Bytes): number | undefined {
    return this.#scores.get(member);
  }

  /** Adds a member, or moves it to another score. */
  add(member: Bytes, score: number): void {
    this.delete(member);
    this.#scores.set(member, score);
    this.#inOrder.splice(this.#placeOf({ member, score }), 0, { member, score });
  }

  /** Removes a member; `false` if there was none. */
  delete(member: Bytes): boolean {
    const rank = this.rankOf(member);
    if (rank === undefined) return false;
    this.#inOrder.splice(rank, 1);
    return this.#scores.delete(member);
  }

  rankOf(member: Bytes): number | undefined {
    const score = this.#scores.get(member);
    return score === undefined ? undefined : this.#placeOf({ member, score });
  }

  /** From the first to the last index, both included; negative ones count from the end. */
  slice(first: number, last: number): readonly Entry[] {
    const from = first < 0 ? Math.max(this.size + first, 0) : first;
    const to = last < 0 ? this.size + last : last;
    return from > to ? [] : this.#inOrder.slice(from, to + 1);
  }

  /** Those whose scores suit, in order. */
  withScore(suits: (score: number) => boolean): readonly Entry[] {
    return this.#inOrder.filter(({ score }) => suits(score));
  }

  /** Where an entry stands, or would stand: behind everything that is less. */
  #placeOf(entry: Entry): number {
    let [low, high] = [0, this.#inOrder.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#inOrder[middle];
      if (other !== undefined && isLess(other, entry)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isLess(a: Entry, b: Entry): boolean {
  return a.score < b.score || (a.score === b.score && a.member < b.member);
}
