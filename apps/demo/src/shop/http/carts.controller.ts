import { Body, Controller, Post } from '@nestjs/common';
import { BookkeepingService } from '../books/bookkeeping.service.js';
import { FieldsPipe } from './fields.pipe.js';

@Controller('carts')
export class CartsController {
  constructor(private readonly books: BookkeepingService) {}

  @Post()
  async open(
    @Body(new FieldsPipe('cart', (cart) => cart.text('cartId'))) cartId: string,
  ): Promise<{ opened: string }> {
    await this.books.openCart(cartId);
    return { opened: cartId };
  }
}
