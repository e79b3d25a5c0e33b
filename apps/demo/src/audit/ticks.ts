/**
 * What became of the ticks of the job layer, which promises that each runs once.
 *
 * A tick is doubled when the books took a closing from two of its runs, or when two first attempts finished, be it with
 * nothing to close. That a later attempt finishes as well is no double: the one before may have died between its end in
 * the books and the word to the job layer that it is over.
 */
import type { EntryOf, LedgerEntry } from '../bookkeeping/entries.js';
import { CLOSING_EVERY_MS } from '../pace.js';

type OfRun = EntryOf<'run-started' | 'run-finished' | 'run-failed' | 'closing'>;

class RunsByTick {
  readonly #runs = new Map<number, Set<string>>();

  add({ tick, runId }: Pick<OfRun, 'tick' | 'runId'>): void {
    this.#runs.set(tick, (this.#runs.get(tick) ?? new Set()).add(runId));
  }

  /** Ticks with more than one. */
  get doubled(): number[] {
    return [...this.#runs].filter(([, runs]) => runs.size > 1).map(([tick]) => tick);
  }
}

export class TickCounter {
  /** Runs whose closing the books took, and first attempts that finished, by their tick. */
  readonly #closedBy = new RunsByTick();
  readonly #finishedBy = new RunsByTick();
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
    return new Set([...this.#closedBy.doubled, ...this.#finishedBy.doubled]).size;
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
    if (entry.kind === 'closing') return this.#closedBy.add(entry);
    this.#ended.add(entry.tick);
    if (entry.kind === 'run-finished' && entry.attempt === 1) this.#finishedBy.add(entry);
  }

  #seen(tick: number): void {
    this.#first = Math.min(this.#first, tick);
    this.#last = Math.max(this.#last, tick);
  }
}
