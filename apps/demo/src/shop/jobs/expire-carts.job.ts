import { WithLock } from '@holdfast/nest';
import { Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { setTimeout as pause } from 'node:timers/promises';
import { CART_WORK_MS, HOLD_AT_LEAST_MS } from '../../pace.js';
import { BookkeepingService } from '../books/bookkeeping.service.js';

@Injectable()
export class ExpireCartsJob {
  constructor(private readonly books: BookkeepingService) {}

  @Cron('1/2 * * * * *')
  @WithLock({ name: 'expire-carts', whenBusy: 'skip', holdAtLeast: HOLD_AT_LEAST_MS })
  async expireOldCarts(): Promise<void> {
    await this.books.inRun('expire-carts', async (run) => {
      for (const cartId of await run.oldCarts()) {
        await pause(CART_WORK_MS);
        await run.post({ kind: 'cart-expired', cartId });
      }
    });
  }
}
