/** One run of a job, as the bookkeeping service sees it: it begins, reads what there is to do, posts, and ends. */
import type { RunAuthor } from '../../bookkeeping/books.js';
import type { Posting } from '../../bookkeeping/entries.js';
import type { Fields } from '../../wire/fields.js';
import type { FreezePoint } from '../freeze-point.js';
import type { BooksConnection } from './books-connection.js';

/** What a run believes in: the lease of its lock, or the run of the job layer. */
export interface Holding {
  readonly signal: AbortSignal;
  assertHeld(): void;
}

export class BookRun {
  readonly #connection: BooksConnection;
  readonly #freezePoint: FreezePoint;
  readonly #mark: RunAuthor;
  readonly #holding: Holding | undefined;

  constructor(
    mark: RunAuthor,
    holding: Holding | undefined,
    ways: { connection: BooksConnection; freezePoint: FreezePoint },
  ) {
    this.#mark = mark;
    this.#holding = holding;
    this.#connection = ways.connection;
    this.#freezePoint = ways.freezePoint;
  }

  async openOrders(): Promise<{ orderId: string; cents: number }[]> {
    const work = await this.#read('/tasks/open-orders');
    return work
      .list('orders')
      .map((order) => ({ orderId: order.text('orderId'), cents: order.whole('cents') }));
  }

  async oldCarts(): Promise<string[]> {
    return (await this.#read('/tasks/old-carts')).list('carts').map((cart) => cart.text('cartId'));
  }

  async unclosedInvoices(): Promise<{ seq: number; cents: number }[]> {
    const work = await this.#read('/tasks/unclosed-invoices');
    return work
      .list('invoices')
      .map((invoice) => ({ seq: invoice.whole('seq'), cents: invoice.whole('cents') }));
  }

  /** How many orders of the sample file are in the books already. */
  async imported(): Promise<number> {
    return (await this.#read('/tasks/imported')).whole('imported');
  }

  /**
   * Posts to the books. Checking the lease first saves work that would be refused; it is the fence, sent along, that
   * makes the write safe, because the process may freeze right after the check.
   * @throws LeaseLostError before the write, StaleFenceError from the books
   */
  async post(posting: Posting): Promise<void> {
    await this.#freezePoint.announce(this.#mark.job);
    this.#holding?.assertHeld();
    this.#freezePoint.freezeIfArmed();
    await this.#connection.write('/runs/post', { ...posting, ...this.#mark });
  }

  #read(path: string): Promise<Fields> {
    return this.#connection.read(path, this.#holding?.signal);
  }
}
