import { Test } from '@nestjs/testing';
import { embedded } from '@holdfast/embedded';
import { HoldfastModule, LockService } from '@holdfast/nest';
import { OrdersController } from './app.module.js';

it('runs the real scripts in this process', async () => {
  const module = await Test.createTestingModule({
    imports: [HoldfastModule.forRoot({ connection: embedded(), namespace: 'fresh' })],
    controllers: [OrdersController],
  }).compile();
  await module.init();
  await expect(module.get(OrdersController).pay('7')).resolves.toEqual({
    id: '7',
    guarded: true,
    busyForOthers: true,
  });
  const locks = module.get(LockService);
  await locks.run('order', { key: '7' }, async () => {
    await expect(locks.inspect('order', '7')).resolves.toMatchObject({ held: true });
  });
  await module.close();
});
