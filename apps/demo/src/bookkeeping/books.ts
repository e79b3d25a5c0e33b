/**
 * The bookkeeping department: takes orders, hands out work, and takes postings of runs.
 *
 * A run shows its fence when it *starts*, before it reads what there is to do. Guarding the writes alone is not enough:
 * a stale write that lands between the successor's read and its first write would pass, and the successor would do
 * the same work again.
 */
import { FenceGuard, StaleFenceError } from '@holdfast/core';
import type { Author, Order, Posting, RunMark, RunNote } from './entries.js';
import type { Ledger } from './ledger.js';
import { OrderBook } from './order-book.js';

export type RunAuthor = RunMark & Author;

export class Books {
  readonly ledger: Ledger;
  readonly work = new OrderBook();
  readonly #fences = new FenceGuard();

  constructor(ledger: Ledger) {
    this.ledger = ledger;
    ledger.onAppend((entry) => this.work.apply(entry));
  }

  /** Takes an order once, however often it is sent: customers repeat what they got no answer to. */
  acceptOrder(order: Order, author: Author): void {
    if (!this.work.knows(order.orderId))
      this.ledger.append({ kind: 'order', source: 'http', ...order, ...author });
  }

  /** Once, too: a cart that was opened again after it expired would expire again. */
  openCart(cartId: string, author: Author): void {
    if (!this.work.knows(cartId)) this.ledger.append({ kind: 'cart', cartId, ...author });
  }

  /** @throws StaleFenceError */
  startRun(run: RunAuthor): void {
    this.#admit('run-started', run);
    this.ledger.append({ kind: 'run-started', ...run });
  }

  /**
   * Posts what a run did. An invoice for an order that has one already is taken like any other.
   * @throws StaleFenceError
   */
  post(posting: Posting, run: RunAuthor): void {
    this.#admit(posting.kind, run);
    if (posting.kind === 'order' && this.work.knows(posting.orderId)) return;
    this.ledger.append({ ...posting, ...run });
  }

  /** @throws StaleFenceError */
  finishRun(run: RunAuthor): void {
    this.#admit('run-finished', run);
    this.ledger.append({ kind: 'run-finished', ...run });
  }

  /** A note, not a posting: whoever failed may say so without a valid fence. */
  failRun(run: RunAuthor, reason: string): void {
    this.ledger.append({ kind: 'run-failed', reason, ...run });
  }

  #admit(what: Extract<RunNote, { kind: 'refused' }>['refused'], run: RunAuthor): void {
    if (run.fence === null) return;
    try {
      this.#fences.check(run.job, run.fence);
    } catch (error) {
      if (StaleFenceError.is(error)) {
        this.ledger.append({ kind: 'refused', refused: what, highestSeen: error.highestSeen, ...run });
      }
      throw error;
    }
  }
}
