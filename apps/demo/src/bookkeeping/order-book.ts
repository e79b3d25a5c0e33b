/** What is still to do, folded from the ledger line by line. */
import type { EntryOf, LedgerEntry } from './entries.js';

export type OrderEntry = EntryOf<'order'>;
export type CartEntry = EntryOf<'cart'>;
export type InvoiceEntry = EntryOf<'invoice'>;

export class OrderBook {
  readonly #known = new Set<string>();
  readonly #openOrders = new Map<string, OrderEntry>();
  readonly #openCarts = new Map<string, CartEntry>();
  readonly #unclosed = new Map<number, InvoiceEntry>();
  readonly #unendedTicks = new Set<number>();
  #imported = 0;

  /** Takes a new line into account. */
  apply(entry: LedgerEntry): void {
    switch (entry.kind) {
      case 'order':
        this.#known.add(entry.orderId);
        this.#openOrders.set(entry.orderId, entry);
        if (entry.source === 'file') this.#imported += 1;
        return;
      case 'cart':
        this.#known.add(entry.cartId);
        this.#openCarts.set(entry.cartId, entry);
        return;
      case 'invoice':
        this.#openOrders.delete(entry.orderId);
        this.#unclosed.set(entry.seq, entry);
        return;
      case 'cart-expired':
        this.#openCarts.delete(entry.cartId);
        return;
      case 'closing':
        for (const seq of entry.invoiceSeqs) this.#unclosed.delete(seq);
        return;
      case 'run-started':
        // Without a fence there is no job layer that would begin it again.
        if (entry.job === 'close-books' && entry.fence !== null) this.#unendedTicks.add(entry.tick);
        return;
      case 'run-finished':
      case 'run-failed':
        if (entry.job === 'close-books') this.#unendedTicks.delete(entry.tick);
        return;
      default:
        return;
    }
  }

  /** Whether this order or cart was ever in the books. */
  knows(id: string): boolean {
    return this.#known.has(id);
  }

  /** How many orders of the sample file are in the books. */
  get imported(): number {
    return this.#imported;
  }

  openOrders(): OrderEntry[] {
    return [...this.#openOrders.values()];
  }

  cartsOpenedBefore(at: number): CartEntry[] {
    return [...this.#openCarts.values()].filter((cart) => cart.at < at);
  }

  /** Whether the books are being closed, or will be again because a replica died over it. */
  get isClosing(): boolean {
    return this.#unendedTicks.size > 0;
  }

  unclosedInvoices(): InvoiceEntry[] {
    return [...this.#unclosed.values()];
  }
}
