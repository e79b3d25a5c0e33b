import { Body, Controller, Post } from '@nestjs/common';
import type { Order } from '../../bookkeeping/entries.js';
import { readOrder } from '../../bookkeeping/wire-entries.js';
import { BookkeepingService } from '../books/bookkeeping.service.js';
import { FieldsPipe } from './fields.pipe.js';

@Controller('orders')
export class OrdersController {
  constructor(private readonly books: BookkeepingService) {}

  @Post()
  async take(@Body(new FieldsPipe('order', readOrder)) order: Order): Promise<{ accepted: string }> {
    await this.books.acceptOrder(order);
    return { accepted: order.orderId };
  }
}
