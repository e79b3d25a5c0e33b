import { Controller, Get, Injectable, Param, ParseIntPipe, UsePipes, type Type } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { ClientProxyFactory, MessagePattern, Transport } from '@nestjs/microservices';
import { currentLease, WithLock } from '@holdfast/nest';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../support/free-port.js';
import { decorate } from './support/decorate.js';
import { ADAPTERS, startApp } from './support/test-app.js';

const LOCK = WithLock({ name: 'order', wait: 0 });

describe.each(['above', 'below'])('%s @WithLock', (where) => {
  const around = (other: MethodDecorator): MethodDecorator[] =>
    where === 'above' ? [other, LOCK] : [LOCK, other];

  describe.each(ADAPTERS)('on %s', (adapter) => {
    it('@Get serves the route under the lock and answers 409 while somebody else holds it', async () => {
      @Controller('orders')
      class Orders {
        async list(): Promise<unknown> {
          return describeLease();
        }
      }
      decorate(Orders.prototype, 'list', around(Get()));
      const shop = await startApp({ adapter, controllers: [Orders] });

      expect(await (await shop.fetch('/orders')).json()).toEqual({ lock: 'order', held: true });
      const lease = await shop.outsider.locks.acquire('order');
      expect((await shop.fetch('/orders')).status).toBe(409);
      await lease.release();
      expect((await shop.fetch('/orders')).status).toBe(200);
    });

    it('@UsePipes still runs its pipe, before the lock is asked for', async () => {
      @Controller('orders')
      class Orders {
        async one(id: number): Promise<unknown> {
          return { id, ...describeLease() };
        }
      }
      decorate(Orders.prototype, 'one', [Get(':id'), ...around(UsePipes(ParseIntPipe))]);
      Param('id')(Orders.prototype, 'one', 0);
      const shop = await startApp({ adapter, controllers: [Orders] });

      expect(await (await shop.fetch('/orders/7')).json()).toEqual({ id: 7, lock: 'order', held: true });
      await using _lease = await shop.outsider.locks.acquire('order');
      expect((await shop.fetch('/orders/seven')).status).toBe(400);
      expect((await shop.fetch('/orders/7')).status).toBe(409);
    });
  });

  it('@OnEvent gets its events, and none while somebody else holds the lock', async () => {
    const runs: unknown[] = [];
    const shop = await startApp({
      imports: [EventEmitterModule.forRoot()],
      providers: [listenerClass(runs, around(OnEvent('order.paid')))],
    });
    const emitter = shop.app.get(EventEmitter2);

    const lease = await shop.outsider.locks.acquire('order');
    await emitter.emitAsync('order.paid', 'a');
    expect(runs).toEqual([]);
    await lease.release();
    await emitter.emitAsync('order.paid', 'b');
    expect(runs).toEqual([{ id: 'b', lock: 'order', held: true }]);
  });

  it.each([true, false])(
    '@MessagePattern answers messages (inheritAppConfig: %s)',
    async (inheritAppConfig) => {
      @Controller()
      class Orders {
        async place(id: string): Promise<unknown> {
          return { id, ...describeLease() };
        }
      }
      decorate(Orders.prototype, 'place', around(MessagePattern('place')));
      const options = { host: '127.0.0.1', port: await freePort() };
      const shop = await startApp({
        controllers: [Orders],
        prepare: async (app) => {
          app.connectMicroservice({ transport: Transport.TCP, options }, { inheritAppConfig });
          await app.startAllMicroservices();
        },
      });
      const client = ClientProxyFactory.create({ transport: Transport.TCP, options });
      onTestFinished(() => void client.close());
      const send = (id: string): Promise<unknown> => firstValueFrom(client.send('place', id));

      expect(await send('a')).toEqual({ id: 'a', lock: 'order', held: true });
      await using _lease = await shop.outsider.locks.acquire('order');
      await expect(send('b')).rejects.toMatchObject(
        inheritAppConfig
          ? {
              status: 'error',
              errorCode: 'ERR_LOCK_BUSY',
              message: expect.stringContaining('try again later'),
            }
          : { status: 'error', message: 'Internal server error' },
      );
    },
  );
});

function listenerClass(runs: unknown[], decorators: readonly MethodDecorator[]): Type {
  @Injectable()
  class Listener {
    async paid(id: string): Promise<void> {
      runs.push({ id, ...describeLease() });
    }
  }
  decorate(Listener.prototype, 'paid', decorators);
  return Listener;
}

function describeLease(): { lock: string | undefined; held: boolean | undefined } {
  return { lock: currentLease()?.lockName, held: currentLease()?.held };
}
