/** Tells the ledger as a story, a line for each thing worth telling. Runs that found nothing to do are not. */
import { TakeoverCounter } from '../audit/takeovers.js';
import { lifeOf, type EntryOf, type JobName, type LedgerEntry } from '../bookkeeping/entries.js';

interface RunStory {
  readonly startedAt: number;
  postings: number;
}

const DONE: Readonly<Record<JobName, string>> = {
  'invoice-orders': '× invoice',
  'close-books': '× closing',
  'expire-carts': '× cart expired',
  'import-orders': '× order imported',
};

export class Narrator {
  readonly #runs = new Map<string, RunStory>();
  readonly #skippedBy = new Map<string, string[]>();
  readonly #takeovers = new TakeoverCounter();
  readonly #struckAt = new Map<string, number>();

  /** What there is to say about a line of the ledger. */
  tell(entry: LedgerEntry): string[] {
    const takenFrom = this.#takeovers.add(entry);
    const who = lifeOf(entry).padEnd(5);
    switch (entry.kind) {
      case 'run-started':
        this.#runs.set(entry.runId, { startedAt: entry.at, postings: 0 });
        return takenFrom === undefined ? [] : [this.#takeover(entry, takenFrom)];
      case 'order':
      case 'invoice':
      case 'cart-expired':
      case 'closing':
        return this.#count(entry);
      case 'run-finished':
        return this.#finished(entry);
      case 'run-failed':
        return [`${who} ${entry.job}: run failed: ${entry.reason}`];
      case 'skipped':
        this.#skip(entry);
        return [];
      case 'tick-skipped':
        return [`${who} ${entry.job}: the tick of ${timeOf(entry.tick)} is left out (${entry.reason})`];
      case 'refused':
        return [
          `${who} ${entry.job}: REFUSED, a stale write (${entry.refused}): fence ${entry.fence} is behind ${entry.highestSeen}`,
        ];
      case 'killed':
        return [this.#strike(entry, `KILLED in the middle of ${entry.job}`)];
      case 'frozen':
        return [this.#strike(entry, 'FROZEN with SIGSTOP, between its check and its write')];
      case 'thawed':
        return [
          `${who} woken with SIGCONT after ${this.#sinceStrike(entry.replica, entry.at)}; it goes on with its write`,
        ];
      case 'restarted':
        return [`${who} restarted${processOf(entry)}`];
      case 'cart':
      case 'added-up':
        return [];
    }
  }

  #count(entry: EntryOf<'order' | 'invoice' | 'cart-expired' | 'closing'>): string[] {
    const story = 'runId' in entry ? this.#runs.get(entry.runId) : undefined;
    if (story !== undefined) story.postings += 1;
    return [];
  }

  #finished(entry: EntryOf<'run-finished'>): string[] {
    const story = this.#runs.get(entry.runId);
    this.#runs.delete(entry.runId);
    const skipped = this.#skippedBy.get(`${entry.job}@${entry.tick}`) ?? [];
    if (story === undefined || story.postings === 0) return [];
    const what = `${String(story.postings).padStart(3)} ${DONE[entry.job]}`;
    const took = `${entry.at - story.startedAt} ms`;
    const fence = entry.fence === null ? 'no fence' : `fence ${entry.fence}`;
    const others = skipped.length === 0 ? '' : `   skipped: ${skipped.toSorted().join(' ')}`;
    return [
      `${lifeOf(entry).padEnd(5)} ${entry.job.padEnd(15)} ${what.padEnd(20)} ${took.padStart(7)}   ${fence}${others}`,
    ];
  }

  #skip(entry: EntryOf<'skipped'>): void {
    const tick = `${entry.job}@${entry.tick}`;
    this.#skippedBy.set(tick, [...(this.#skippedBy.get(tick) ?? []), lifeOf(entry)]);
  }

  #takeover(entry: EntryOf<'run-started'>, from: EntryOf<'run-started'>): string {
    const since = this.#sinceStrike(from.replica, entry.at);
    const attempt = entry.attempt === 1 ? '' : `, attempt ${entry.attempt}`;
    return `${lifeOf(entry).padEnd(5)} TAKES OVER ${entry.job} from ${lifeOf(from)}, ${since} later, with fence ${entry.fence}${attempt}`;
  }

  #strike(entry: EntryOf<'killed' | 'frozen'>, how: string): string {
    this.#struckAt.set(entry.replica, entry.at);
    return `${lifeOf(entry).padEnd(5)} ${how}${processOf(entry)}`;
  }

  #sinceStrike(replica: string, at: number): string {
    return `${((at - (this.#struckAt.get(replica) ?? at)) / 1_000).toFixed(2)} s`;
  }
}

/** Ticks are seconds. */
function timeOf(tick: number): string {
  return new Date(tick).toISOString().slice(11, 19);
}

/** With --embedded there is but one process, and naming it would only confuse. */
function processOf({ pid }: LedgerEntry): string {
  return pid === process.pid ? '' : ` (process ${pid})`;
}
