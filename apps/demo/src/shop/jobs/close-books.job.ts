import { WithLock } from '@holdfast/nest';
import { Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { setTimeout as pause } from 'node:timers/promises';
import { CLOSING_WORK_MS, HOLD_AT_LEAST_MS } from '../../pace.js';
import { BookkeepingService } from '../books/bookkeeping.service.js';

@Injectable()
export class CloseBooksJob {
  constructor(private readonly books: BookkeepingService) {}

  @Cron('*/2 * * * * *')
  @WithLock({ name: 'close-books', whenBusy: 'skip', holdAtLeast: HOLD_AT_LEAST_MS })
  async closeBooks(): Promise<void> {
    await this.books.inRun('close-books', async (run) => {
      const invoices = await run.unclosedInvoices();
      if (invoices.length === 0) return;
      await pause(CLOSING_WORK_MS);
      const cents = invoices.reduce((sum, invoice) => sum + invoice.cents, 0);
      await run.post({ kind: 'closing', invoiceSeqs: invoices.map(({ seq }) => seq), cents });
    });
  }
}
