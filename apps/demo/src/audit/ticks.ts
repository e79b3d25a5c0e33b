/**
 * What became of the ticks of the job layer, which promises that each runs once.
 *
 * A run did the work of its tick when the books took a closing from it; a first attempt that finished did it, too,
 * also when there was nothing to close. A later attempt that posts nothing only found that the work was done: the one
 * before died between its last posting and the word that it is over.
 */
import type { EntryOf, LedgerEntry } from '../bookkeeping/entries.js';
import { CLOSING_EVERY_MS } from '../pace.js';

type OfRun = EntryOf<'run-started' | 'run-finished' | 'run-failed' | 'closing'>;

export class TickCounter {
  /** Runs that did the work, by their tick. */
  readonly #doneBy = new Map<number, Set<string>>();
  /** Ticks that have an end: run, or left out by a policy. */
  readonly #ended = new Set<number>();
  #first = Infinity;
  #last = -Infinity;
  /** Runs that took the place of one whose replica died. */
  reruns = 0;

  add(entry: LedgerEntry): void {
    switch (entry.kind) {
      case 'tick-skipped':
        this.#seen(entry.tick);
        this.#ended.add(entry.tick);
        return;
      case 'run-started':
      case 'run-finished':
      case 'run-failed':
      case 'closing':
        if (entry.job === 'close-books') this.#addRun(entry);
        return;
      default:
        return;
    }
  }

  /** Ticks whose work more than one run did. */
  get doubled(): number {
    return [...this.#doneBy.values()].filter((runs) => runs.size > 1).length;
  }

  /** Ticks between the first and the last one that neither ran to an end nor were left out by a policy. */
  get missed(): number {
    let missed = 0;
    for (let tick = this.#first; tick <= this.#last; tick += CLOSING_EVERY_MS)
      if (!this.#ended.has(tick)) missed += 1;
    return missed;
  }

  #addRun(entry: OfRun): void {
    this.#seen(entry.tick);
    if (entry.kind === 'run-started') {
      if (entry.attempt > 1) this.reruns += 1;
      return;
    }
    if (entry.kind !== 'closing') this.#ended.add(entry.tick);
    const isWork = entry.kind === 'closing' || (entry.kind === 'run-finished' && entry.attempt === 1);
    if (isWork) this.#doneBy.set(entry.tick, (this.#doneBy.get(entry.tick) ?? new Set()).add(entry.runId));
  }

  #seen(tick: number): void {
    this.#first = Math.min(this.#first, tick);
    this.#last = Math.max(this.#last, tick);
  }
}
