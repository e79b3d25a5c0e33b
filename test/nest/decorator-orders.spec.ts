import {
  Controller,
  HttpCode,
  Injectable,
  Post,
  UseGuards,
  UseInterceptors,
  type CanActivate,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type Type,
} from '@nestjs/common';
import { currentLease, WithLock } from '@holdfast/nest';
import { map, type Observable } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { decorate, ordersOf } from './support/decorate.js';
import { ADAPTERS, launchApp, type TestApp } from './support/test-app.js';

@Injectable()
class TokenGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request: { headers: Record<string, unknown> } = context.switchToHttp().getRequest();
    return request.headers['x-token'] === 'good';
  }
}

@Injectable()
class Wrapping implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((body: unknown) => ({ wrapped: body })));
  }
}

const NAMES = ['WithLock', 'Post', 'UseGuards', 'UseInterceptors', 'HttpCode'] as const;
const ORDERS = ordersOf(NAMES);
const TITLES = ORDERS.map((order) => order.join(' '));

/** A controller whose one route carries the five decorators in the given order. */
function controllerFor(order: readonly (typeof NAMES)[number][], index: number): Type {
  @Controller(`orders/${index}`)
  class Orders {
    async place(): Promise<unknown> {
      return { lock: currentLease()?.lockName, held: currentLease()?.held };
    }
  }
  const made = {
    WithLock: WithLock({ name: 'order', key: () => index, wait: 0 }),
    Post: Post(),
    UseGuards: UseGuards(TokenGuard),
    UseInterceptors: UseInterceptors(Wrapping),
    HttpCode: HttpCode(202),
  };
  decorate(
    Orders.prototype,
    'place',
    order.map((name) => made[name]),
  );
  return Orders;
}

describe.each(ADAPTERS)('all orders of decorators on %s', (adapter) => {
  let shop: TestApp;
  const post = (index: number, token: string): Promise<Response> =>
    shop.fetch(`/orders/${index}`, { method: 'POST', headers: { 'x-token': token } });

  beforeAll(async () => {
    const controllers = ORDERS.map(controllerFor);
    shop = await launchApp({ adapter, controllers });
    return shop.close;
  });

  it('there are 120 of them', () => {
    expect(new Set(TITLES).size).toBe(120);
  });

  it.each(TITLES)('%s: route, guard, interceptor, status and lock all take effect', async (title) => {
    const index = TITLES.indexOf(title);
    expect((await post(index, 'bad')).status).toBe(403);

    const served = await post(index, 'good');
    expect(served.status).toBe(202);
    expect(await served.json()).toEqual({ wrapped: { lock: 'order', held: true } });

    const lease = await shop.outsider.locks.acquire('order', { key: index });
    expect((await post(index, 'good')).status).toBe(409);
    expect((await post(index, 'bad')).status).toBe(403);
    await lease.release();
    expect((await post(index, 'good')).status).toBe(202);
  });
});
