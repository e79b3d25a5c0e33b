/**
 * A takeover: a run begins, with a higher fence, while the run of the same job before it neither finished nor failed,
 * and that one belonged to another replica or to an earlier life of the same. Without fences nobody takes over: then
 * two runs at once are just two runs at once.
 */
import type { EntryOf, LedgerEntry } from '../bookkeeping/entries.js';

type RunStart = EntryOf<'run-started'>;

export class TakeoverCounter {
  readonly #unended = new Map<string, RunStart>();
  count = 0;

  /** The run that `entry` takes over from, if it does. */
  add(entry: LedgerEntry): RunStart | undefined {
    if (entry.kind === 'run-finished' || entry.kind === 'run-failed') {
      if (this.#unended.get(entry.job)?.runId === entry.runId) this.#unended.delete(entry.job);
      return undefined;
    }
    if (entry.kind !== 'run-started' || entry.fence === null) return undefined;
    const before = this.#unended.get(entry.job);
    this.#unended.set(entry.job, entry);
    if (before === undefined || isSameLife(before, entry)) return undefined;
    this.count += 1;
    return before;
  }
}

function isSameLife(one: RunStart, other: RunStart): boolean {
  return one.replica === other.replica && one.life === other.life;
}
