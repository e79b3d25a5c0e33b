/**
 * Counts everything again from the lines of the ledger, and from nothing else: `recount` on the lines of a `--ledger`
 * file gives the numbers of the JSON.
 */
import type { LedgerEntry } from '../bookkeeping/entries.js';
import { TakeoverCounter } from './takeovers.js';
import { TickCounter } from './ticks.js';

export interface Audit {
  /** Orders accepted. */
  readonly orders: number;
  /** Orders with at least one invoice. */
  readonly invoiced: number;
  /** Orders with more than one. */
  readonly doubled: number;
  /** Orders with none. */
  readonly lost: number;
  /** Invoices written, doubles included. */
  readonly invoices: number;
  /** Invoices that more than one closing counted. */
  readonly closedTwice: number;
  /** Carts that were expired more than once. */
  readonly expiredTwice: number;
  readonly closings: number;
  readonly cartsExpired: number;
  /** Seconds at which a job was due on some replica; every job counts for itself. */
  readonly ticks: number;
  readonly runs: number;
  /** Times a replica stood back because another one held the lock. */
  readonly skipped: number;
  /** Ticks of `close-books` whose work more than one run did. */
  readonly ticksDoubled: number;
  /** Ticks of `close-books`, between the first and the last one, that neither ran nor were left out by a policy. */
  readonly ticksMissed: number;
  /** Runs of `close-books` that took the place of one whose replica died. */
  readonly reruns: number;
  /** Runs that began while the run before them was cut short by the death or freeze of its replica. */
  readonly takeovers: number;
  readonly staleWritesRefused: number;
  /** Postings made without a fence. */
  readonly unfencedWrites: number;
  /** Runs of each replica, over all of its lives. */
  readonly perReplica: Readonly<Record<string, number>>;
}

/** How often each thing was done. */
class Tally {
  readonly #counts = new Map<string | number, number>();

  add(what: string | number): void {
    this.#counts.set(what, this.times(what) + 1);
  }

  times(what: string | number): number {
    return this.#counts.get(what) ?? 0;
  }

  get size(): number {
    return this.#counts.size;
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  get repeated(): number {
    return [...this.#counts.values()].filter((count) => count > 1).length;
  }

  toRecord(): Record<string, number> {
    return Object.fromEntries([...this.#counts].toSorted(byName));
  }
}

function byName(
  [one]: readonly [string | number, number],
  [other]: readonly [string | number, number],
): number {
  return String(one).localeCompare(String(other), 'en', { numeric: true });
}

class Recount {
  readonly orders = new Set<string>();
  readonly invoices = new Tally();
  readonly closed = new Tally();
  readonly carts = new Tally();
  readonly ticks = new Set<string>();
  readonly runs = new Tally();
  readonly takeovers = new TakeoverCounter();
  readonly jobTicks = new TickCounter();
  closings = 0;
  skipped = 0;
  refused = 0;
  unfenced = 0;

  add(entry: LedgerEntry): void {
    this.takeovers.add(entry);
    this.jobTicks.add(entry);
    if (
      (entry.kind === 'invoice' || entry.kind === 'closing' || entry.kind === 'cart-expired') &&
      entry.fence === null
    ) {
      this.unfenced += 1;
    }
    switch (entry.kind) {
      case 'order':
        return void this.orders.add(entry.orderId);
      case 'invoice':
        return this.invoices.add(entry.orderId);
      case 'cart-expired':
        return this.carts.add(entry.cartId);
      case 'closing':
        this.closings += 1;
        return entry.invoiceSeqs.forEach((seq) => this.closed.add(seq));
      case 'run-started':
        this.ticks.add(`${entry.job}@${entry.tick}`);
        return this.runs.add(entry.replica);
      case 'skipped':
        this.ticks.add(`${entry.job}@${entry.tick}`);
        this.skipped += 1;
        return;
      case 'tick-skipped':
        return void this.ticks.add(`${entry.job}@${entry.tick}`);
      case 'refused':
        this.refused += 1;
        return;
      default:
        return;
    }
  }
}

export function recount(entries: readonly LedgerEntry[]): Audit {
  const count = new Recount();
  for (const entry of entries) count.add(entry);
  const { orders, invoices, closed, carts, ticks, runs, jobTicks } = count;
  return {
    orders: orders.size,
    invoiced: invoices.size,
    doubled: invoices.repeated,
    lost: [...orders].filter((orderId) => invoices.times(orderId) === 0).length,
    invoices: invoices.total,
    closedTwice: closed.repeated,
    expiredTwice: carts.repeated,
    closings: count.closings,
    cartsExpired: carts.size,
    ticks: ticks.size,
    runs: runs.total,
    skipped: count.skipped,
    ticksDoubled: jobTicks.doubled,
    ticksMissed: jobTicks.missed,
    reruns: jobTicks.reruns,
    takeovers: count.takeovers.count,
    staleWritesRefused: count.refused,
    unfencedWrites: count.unfenced,
    perReplica: runs.toRecord(),
  };
}

/** Whether the books are in order: everything once, nothing lost, each tick run once. */
export function isClean(audit: Audit): boolean {
  const { doubled, lost, closedTwice, expiredTwice, ticksDoubled, ticksMissed } = audit;
  return doubled + lost + closedTwice + expiredTwice + ticksDoubled + ticksMissed === 0;
}
