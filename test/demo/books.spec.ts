import { StaleFenceError } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { Books, type RunAuthor } from '../../apps/demo/src/bookkeeping/books.js';
import type { Entry } from '../../apps/demo/src/bookkeeping/entries.js';
import { Ledger } from '../../apps/demo/src/bookkeeping/ledger.js';

const r1 = { replica: 'r1', life: 1, pid: 11 };
const r2 = { replica: 'r2', life: 1, pid: 12 };
const order = { orderId: 'a', customer: 'Ada', cents: 100 };
const invoice = { kind: 'invoice', orderId: 'a', cents: 100 } as const;

async function openBooks(): Promise<{ books: Books; kinds: () => Entry['kind'][] }> {
  const books = new Books(await Ledger.open(undefined));
  return { books, kinds: () => books.ledger.entries.map((entry) => entry.kind) };
}

function run(fence: number | null, author = r1): RunAuthor {
  return { job: 'invoice-orders', runId: `run-${String(fence)}`, tick: 1_000, attempt: 1, fence, ...author };
}

describe('the bookkeeping service of the demo', () => {
  it('takes an order and a cart once, however often a customer sends them again', async () => {
    const { books, kinds } = await openBooks();
    books.acceptOrder(order, r1);
    books.acceptOrder(order, r2);
    books.openCart('cart-1', r1);
    books.openCart('cart-1', r2);
    expect(kinds()).toEqual(['order', 'cart']);
  });

  it('refuses a stale write that comes before the first write of the successor', async () => {
    const { books, kinds } = await openBooks();
    books.acceptOrder(order, r1);
    books.startRun(run(1));
    books.startRun(run(2, r2));
    expect(() => books.post(invoice, run(1))).toThrow(StaleFenceError);
    books.post(invoice, run(2, r2));
    expect(kinds()).toEqual(['order', 'run-started', 'run-started', 'refused', 'invoice']);
  });

  it('guards each job by itself', async () => {
    const { books } = await openBooks();
    books.startRun(run(5));
    expect(() => books.startRun({ ...run(1), job: 'close-books' })).not.toThrow();
  });

  it('takes unfenced writes as they come, doubles included', async () => {
    const { books, kinds } = await openBooks();
    books.startRun(run(5));
    books.post(invoice, run(null, r2));
    books.post(invoice, run(null));
    expect(kinds()).toEqual(['run-started', 'invoice', 'invoice']);
  });
});
