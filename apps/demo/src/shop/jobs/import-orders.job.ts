import { WithLock } from '@holdfast/nest';
import { Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { HOLD_AT_LEAST_MS, IMPORT_BATCH } from '../../pace.js';
import { BookkeepingService } from '../books/bookkeeping.service.js';
import { sampleOrders } from '../sample-orders.js';

@Injectable()
export class ImportOrdersJob {
  constructor(private readonly books: BookkeepingService) {}

  @Cron('* * * * * *')
  @WithLock({ name: 'import-orders', whenBusy: 'skip', holdAtLeast: HOLD_AT_LEAST_MS })
  async importNextOrders(): Promise<void> {
    await this.books.inRun('import-orders', async (run) => {
      const from = await run.imported();
      for (const order of (await sampleOrders()).slice(from, from + IMPORT_BATCH)) {
        await run.post({ kind: 'order', source: 'file', ...order });
      }
    });
  }
}
