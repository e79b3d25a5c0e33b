/** Reads what replicas send to the bookkeeping service. */
import type { Fields } from '../wire/fields.js';
import type { RunAuthor } from './books.js';
import { JOBS, type Author, type Order, type Posting } from './entries.js';

const POSTINGS = [
  'order',
  'invoice',
  'cart-expired',
  'added-up',
  'closing',
] as const satisfies readonly Posting['kind'][];

export function readAuthor(fields: Fields): Author {
  return { replica: fields.text('replica'), life: fields.whole('life'), pid: fields.whole('pid') };
}

export function readOrder(fields: Fields): Order {
  return { orderId: fields.text('orderId'), customer: fields.text('customer'), cents: fields.whole('cents') };
}

export function readRun(fields: Fields): RunAuthor {
  return {
    job: fields.oneOf('job', JOBS),
    runId: fields.text('runId'),
    tick: fields.whole('tick'),
    attempt: fields.whole('attempt'),
    fence: fields.wholeOrNull('fence'),
    ...readAuthor(fields),
  };
}

export function readPosting(fields: Fields): Posting {
  const kind = fields.oneOf('kind', POSTINGS);
  switch (kind) {
    case 'order':
      return { kind, source: 'file', ...readOrder(fields) };
    case 'invoice':
      return { kind, orderId: fields.text('orderId'), cents: fields.whole('cents') };
    case 'cart-expired':
      return { kind, cartId: fields.text('cartId') };
    case 'added-up':
      return { kind, page: fields.whole('page'), pages: fields.whole('pages') };
    case 'closing':
      return { kind, invoiceSeqs: fields.wholes('invoiceSeqs'), cents: fields.whole('cents') };
  }
}
