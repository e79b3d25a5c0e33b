import { WithLock } from '@holdfast/nest';
import { Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { setTimeout as pause } from 'node:timers/promises';
import { HOLD_AT_LEAST_MS, INVOICE_WORK_MS } from '../../pace.js';
import { BookkeepingService } from '../books/bookkeeping.service.js';

@Injectable()
export class InvoiceOrdersJob {
  constructor(private readonly books: BookkeepingService) {}

  @Cron('* * * * * *')
  @WithLock({ name: 'invoice-orders', whenBusy: 'skip', holdAtLeast: HOLD_AT_LEAST_MS })
  async invoiceOpenOrders(): Promise<void> {
    await this.books.inRun('invoice-orders', async (run) => {
      for (const { orderId, cents } of await run.openOrders()) {
        await pause(INVOICE_WORK_MS);
        await run.post({ kind: 'invoice', orderId, cents });
      }
    });
  }
}
