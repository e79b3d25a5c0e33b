import { bypassRun, type BypassRun } from '@holdfast/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { Books } from '../../apps/demo/src/bookkeeping/books.js';
import { BooksServer } from '../../apps/demo/src/bookkeeping/books-server.js';
import type { EntryOf } from '../../apps/demo/src/bookkeeping/entries.js';
import { Ledger } from '../../apps/demo/src/bookkeeping/ledger.js';
import { BookkeepingService } from '../../apps/demo/src/shop/books/bookkeeping.service.js';
import { BooksConnection } from '../../apps/demo/src/shop/books/books-connection.js';
import { FreezePoint } from '../../apps/demo/src/shop/freeze-point.js';
import { CloseBooksJob } from '../../apps/demo/src/shop/jobs/close-books.job.js';
import { ReplicaIdentity } from '../../apps/demo/src/shop/replica-identity.js';
import { UnguardedRun } from '../../apps/demo/src/shop/unguarded-run.js';

const author = { replica: 'r1', life: 1, pid: 11 };
const mark = { job: 'invoice-orders', runId: 'i', tick: 1_000, attempt: 1, fence: 1, ...author } as const;

const servers: BooksServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** Books with twelve invoices: 1 cent, 2 cents and so on. */
async function openShop(): Promise<{ job: CloseBooksJob; books: Books }> {
  const books = new Books(await Ledger.open(undefined));
  const server = new BooksServer(books);
  servers.push(server);
  const connection = new BooksConnection(await server.listen());
  for (let cents = 1; cents <= 12; cents += 1) invoice(books, cents);
  const freezePoint = new FreezePoint(async () => undefined);
  const service = new BookkeepingService(connection, new ReplicaIdentity(author), freezePoint);
  return { job: new CloseBooksJob(service), books };
}

function invoice(books: Books, cents: number): void {
  books.post({ kind: 'invoice', orderId: `order-${cents}`, cents }, mark);
}

function of<Kind extends 'added-up' | 'closing' | 'run-started'>(books: Books, kind: Kind): EntryOf<Kind>[] {
  return books.ledger.entries.filter((entry): entry is EntryOf<Kind> => entry.kind === kind);
}

/** Its lease is lost when so many pages are added up, as if the process had died there. */
function dyingAfter(pages: number, books: Books): BypassRun {
  const run = bypassRun({ job: 'close-books', scheduledAt: 2_000, fence: 10 });
  books.ledger.onAppend((entry) => entry.kind === 'added-up' && entry.page === pages && run.lose());
  return run;
}

describe('closing the books', () => {
  it('adds up page by page and posts one closing, with the tick, the attempt and the fence of the run', async () => {
    const { job, books } = await openShop();
    await job.closeBooks(bypassRun({ job: 'close-books', scheduledAt: 2_000, fence: 10 }));
    const about = { job: 'close-books', tick: 2_000, attempt: 1, fence: 10 };
    expect(of(books, 'run-started')).toMatchObject([about]);
    expect(of(books, 'added-up').map(({ page }) => page)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(of(books, 'closing')).toMatchObject([{ ...about, cents: 78 }]);
    expect(books.work.unclosedInvoices()).toEqual([]);
  });

  it('goes on behind the last saved page of a dead attempt, with the invoices of that attempt', async () => {
    const { job, books } = await openShop();
    const first = dyingAfter(4, books);
    await expect(job.closeBooks(first)).rejects.toMatchObject({ code: 'ERR_LOCK_LOST' });
    invoice(books, 1_000);
    const again = bypassRun({ ...dead(first), attempt: 2, fence: 11 });
    await job.closeBooks(again);
    expect(again.lines).toEqual([{ level: 'log', message: 'goes on behind page 4 of 6' }]);
    expect(of(books, 'added-up').map(({ page, attempt }) => [page, attempt])).toEqual([
      ...[1, 2, 3, 4].map((page) => [page, 1]),
      ...[5, 6].map((page) => [page, 2]),
    ]);
    expect(of(books, 'closing')).toMatchObject([{ attempt: 2, fence: 11, cents: 78 }]);
    expect(books.work.unclosedInvoices()).toMatchObject([{ cents: 1_000 }]);
  });

  it('closes nothing again when the attempt before died after its closing', async () => {
    const { job, books } = await openShop();
    const first = bypassRun({ job: 'close-books', scheduledAt: 2_000, fence: 10 });
    await job.closeBooks(first);
    invoice(books, 1_000);
    await job.closeBooks(bypassRun({ ...dead(first), attempt: 2, fence: 11 }));
    expect(of(books, 'closing')).toHaveLength(1);
  });

  it('is refused by the books when a later attempt was there', async () => {
    const { job } = await openShop();
    await job.closeBooks(bypassRun({ job: 'close-books', scheduledAt: 2_000, attempt: 2, fence: 11 }));
    const late = bypassRun({ job: 'close-books', scheduledAt: 2_000, fence: 10 });
    await expect(job.closeBooks(late)).rejects.toMatchObject({ code: 'ERR_LOCK_STALE_FENCE' });
  });

  it('has no fence to show when nothing is guarded', async () => {
    const { job, books } = await openShop();
    await job.closeBooks(new UnguardedRun('close-books', 2_000));
    expect(of(books, 'closing')).toMatchObject([{ tick: 2_000, fence: null, cents: 78 }]);
  });

  it('is under way until its tick has an end, also when a replica died over it', async () => {
    const { books } = await openShop();
    const closing = { ...mark, job: 'close-books', tick: 2_000 } as const;
    books.startRun({ ...closing, runId: 'dies', fence: 10 });
    expect(books.work.isClosing).toBe(true);
    books.startRun({ ...closing, runId: 'again', attempt: 2, fence: 11 });
    books.finishRun({ ...closing, runId: 'again', attempt: 2, fence: 11 });
    expect(books.work.isClosing).toBe(false);
  });
});

/** What the next attempt of a run gets to know. */
function dead({ job, scheduledAt, checkpoint }: BypassRun) {
  return { job, scheduledAt, ...(checkpoint === undefined ? {} : { checkpoint }) };
}
