/**
 * Closes what was invoiced, each tick once, by the job layer.
 *
 * It adds up page by page and saves how far it is behind each of them; the closing is posted when all pages are added
 * up. An attempt that takes the place of a dead one goes on behind the last saved page, with the same invoices: later
 * ones are for the next tick. If they are closed already, the one before died after its work was done.
 */
import { ClusterCron, type JobRun, type Json } from '@holdfast/nest';
import { Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { CLOSING_CRON, LEASE_TTL_MS, PAGE_WORK_MS, PAGES_A_CLOSING } from '../../pace.js';
import { Fields } from '../../wire/fields.js';
import { BookkeepingService } from '../books/bookkeeping.service.js';

@Injectable()
export class CloseBooksJob {
  constructor(private readonly books: BookkeepingService) {}

  @ClusterCron(CLOSING_CRON, { name: 'close-books', missed: 'last', onCrash: 'rerun', ttl: LEASE_TTL_MS })
  async closeBooks(run: JobRun): Promise<void> {
    await this.books.inJobRun('close-books', run, async (books) => {
      const saved = readSum(run.checkpoint);
      const unclosed = await books.unclosedInvoices();
      const upTo = saved?.upTo ?? unclosed.at(-1)?.seq ?? 0;
      const invoices = unclosed.filter(({ seq }) => seq <= upTo);
      if (invoices.length === 0) return;
      const pages = pagesOf(invoices);
      if (saved !== undefined) run.logger.log(`goes on behind page ${saved.pages} of ${pages.length}`);
      let sum: Sum = saved ?? { upTo, pages: 0, cents: 0 };
      for (const page of pages.slice(sum.pages)) {
        await pause(PAGE_WORK_MS);
        sum = { upTo, pages: sum.pages + 1, cents: sum.cents + centsOf(page) };
        await run.saveCheckpoint({ ...sum });
        await books.post({ kind: 'added-up', page: sum.pages, pages: pages.length });
      }
      await books.post({ kind: 'closing', invoiceSeqs: invoices.map(({ seq }) => seq), cents: sum.cents });
    });
  }
}

interface Invoice {
  readonly seq: number;
  readonly cents: number;
}

/** How far a closing is: which invoices it is about, how many pages are added up, and to what. */
interface Sum {
  readonly upTo: number;
  readonly pages: number;
  readonly cents: number;
}

function readSum(checkpoint: Json | undefined): Sum | undefined {
  if (checkpoint === undefined) return undefined;
  const saved = new Fields(checkpoint, 'checkpoint');
  return { upTo: saved.whole('upTo'), pages: saved.whole('pages'), cents: saved.whole('cents') };
}

function pagesOf(invoices: readonly Invoice[]): (readonly Invoice[])[] {
  const length = Math.ceil(invoices.length / PAGES_A_CLOSING);
  const pages: (readonly Invoice[])[] = [];
  for (let from = 0; from < invoices.length; from += length) pages.push(invoices.slice(from, from + length));
  return pages;
}

function centsOf(invoices: readonly Invoice[]): number {
  return invoices.reduce((sum, { cents }) => sum + cents, 0);
}
