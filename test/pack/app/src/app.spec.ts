import { Test } from '@nestjs/testing';
import { LockService } from '@holdfast/nest';
import { bypassLocks } from '@holdfast/testing';
import { OrdersController } from './app.module.js';

it('runs a guarded method without Redis', async () => {
  const module = await Test.createTestingModule({
    controllers: [OrdersController],
    providers: [{ provide: LockService, useValue: bypassLocks() }],
  }).compile();
  await expect(module.get(OrdersController).pay('7')).resolves.toMatchObject({ id: '7', guarded: true });
  await module.close();
});
