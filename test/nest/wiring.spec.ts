import { Controller, Get, Inject, Injectable, Module, Scope } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { createHoldfast } from '@holdfast/core';
import {
  currentLease,
  getHoldfastToken,
  getLockServiceToken,
  HoldfastModule,
  LockNotWiredError,
  LockService,
  wireLocks,
  WithLock,
} from '@holdfast/nest';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { uniqueNamespace } from '../support/namespace.js';
import { connected, startApp } from './support/test-app.js';

@Injectable()
class Orders {
  @WithLock({ name: 'order', key: (id: string) => id, wait: 0 })
  async pay(id: string): Promise<string> {
    return `${id} under ${currentLease()?.lockName}`;
  }

  @WithLock({ name: 'refund', wait: 0 })
  async refund(): Promise<string> {
    return `refund under ${currentLease()?.lockName}`;
  }
}

const CONFIG = Symbol('config');

@Injectable()
class SpecialOrders extends Orders {
  @Inject(CONFIG)
  readonly config: string = '';

  override async pay(id: string): Promise<string> {
    return `special ${this.config}: ${await super.pay(id)}`;
  }
}

@Injectable()
class StackedOrders extends Orders {
  @WithLock({ name: 'outer', wait: 0 })
  override async pay(id: string): Promise<string> {
    return `${currentLease()?.lockName} around ${await super.pay(id)}`;
  }
}

describe('the lock service reaches decorated methods', () => {
  it('of a subclass that calls super, beside the injections of its own', async () => {
    const shop = await startApp({ providers: [SpecialOrders, { provide: CONFIG, useValue: 'EU' }] });
    const orders = shop.app.get(SpecialOrders);
    expect(await orders.pay('7')).toBe('special EU: 7 under order');
    expect(await orders.refund()).toBe('refund under refund');
    await using _lease = await shop.outsider.locks.acquire('order', { key: '7' });
    await expect(orders.pay('7')).rejects.toMatchObject({ code: 'ERR_LOCK_BUSY' });
  });

  it('of a subclass that has a lock of its own around that of super', async () => {
    const shop = await startApp({ providers: [StackedOrders] });
    expect(await shop.app.get(StackedOrders).pay('7')).toBe('outer around 7 under order');
  });

  it.each([Scope.REQUEST, Scope.TRANSIENT])('of providers of scope %s, in every instance', async (scope) => {
    @Injectable({ scope })
    class Counter {
      static made = 0;
      readonly number = (Counter.made += 1);

      @WithLock({ name: 'count', wait: 0 })
      async count(): Promise<string> {
        return `${this.number} under ${currentLease()?.lockName}`;
      }
    }
    @Controller()
    class Counting {
      constructor(@Inject(Counter) private readonly counter: Counter) {}

      @Get()
      @WithLock({ name: 'route', wait: 0 })
      async count(): Promise<string> {
        return this.counter.count();
      }
    }
    const shop = await startApp({ providers: [Counter], controllers: [Counting] });
    const texts = [await (await shop.fetch('/')).text(), await (await shop.fetch('/')).text()];
    expect(texts.every((text) => text.endsWith(' under count'))).toBe(true);
    expect(new Set(texts).size).toBe(scope === Scope.REQUEST ? 2 : 1);
    await using _lease = await shop.outsider.locks.acquire('count');
    expect((await shop.fetch('/')).status).toBe(409);
  });

  it('of several applications in one process, each its own', async () => {
    const [first, second] = [
      await startApp({ providers: [Orders] }),
      await startApp({ providers: [Orders] }),
    ];
    await using _lease = await first.outsider.locks.acquire('order', { key: '7' });
    await expect(first.app.get(Orders).pay('7')).rejects.toMatchObject({ code: 'ERR_LOCK_BUSY' });
    expect(await second.app.get(Orders).pay('7')).toBe('7 under order');
    await first.close();
    expect(await second.app.get(Orders).pay('7')).toBe('7 under order');
  });

  it('of two applications that are replicas of one service, one at a time', async () => {
    const namespace = uniqueNamespace();
    const replicas = [await createReplica(namespace), await createReplica(namespace)];
    const outcomes = await Promise.allSettled(replicas.map((orders) => orders.slowly()));
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it.each([
    ['useFactory', { provide: Orders, useFactory: () => new Orders() }],
    ['an async useFactory', { provide: Orders, useFactory: async () => new Orders() }],
    ['useValue', { provide: Orders, useValue: new Orders() }],
    ['a frozen useValue', { provide: Orders, useValue: Object.freeze(new Orders()) }],
    ['a proxy', { provide: Orders, useFactory: () => new Proxy(new Orders(), {}) }],
  ])('of an object given by %s, from boot on', async (_, provider) => {
    const shop = await startApp({ providers: [provider] });
    const orders = shop.app.get(Orders);
    expect(await orders.pay('7')).toBe('7 under order');
    await using _lease = await shop.outsider.locks.acquire('order', { key: '7' });
    await expect(orders.pay('7')).rejects.toMatchObject({ code: 'ERR_LOCK_BUSY' });
  });

  it('of one useValue object in the application that was started last', async () => {
    const shared = new Orders();
    const first = await startApp({ providers: [{ provide: Orders, useValue: shared }] });
    await first.close();
    await startApp({ providers: [{ provide: Orders, useValue: shared }] });
    expect(await shared.pay('7')).toBe('7 under order');
  });

  it('without showing up in what is logged of the object', async () => {
    const shop = await startApp({ providers: [Orders] });
    const orders = shop.app.get(Orders);
    expect(inspect(orders)).toBe('Orders {}');
    expect(Reflect.ownKeys(Object.assign({}, orders))).toEqual([]);
  });
});

describe('an object that no lock service reached', () => {
  it('fails at the first call with the way out, and does not run', async () => {
    await expect(new Orders().pay('7')).rejects.toThrow(LockNotWiredError);
    await expect(new Orders().pay('7')).rejects.toMatchObject({
      code: 'ERR_LOCK_NOT_WIRED',
      lockName: 'order',
      message: expect.stringMatching(/^Orders\.pay .* did not run.*wireLocks\(object, locks\)/),
    });
  });

  it('is told apart from a method that lost its object', async () => {
    const shop = await startApp({ providers: [Orders] });
    const { pay } = shop.app.get(Orders);
    await expect(Reflect.apply(pay, undefined, ['7'])).rejects.toMatchObject({
      code: 'ERR_LOCK_NOT_WIRED',
      message: expect.stringContaining('called without its object'),
    });
  });

  it('runs under the lock once it was wired by hand', async () => {
    const holdfast = await createHoldfast(connected());
    onTestFinished(() => holdfast.close(0));
    expect(await wireLocks(new Orders(), holdfast.locks).pay('7')).toBe('7 under order');
  });
});

describe('the application', () => {
  it('does not start without the module, and says what to import', async () => {
    const building = Test.createTestingModule({ providers: [Orders] }).compile();
    await expect(building).rejects.toThrow(/HoldfastModule\.forRoot\(\{ connection, namespace \}\)/);
  });

  it('takes another LockService through overrideProvider, for decorators too', async () => {
    const namespace = uniqueNamespace();
    const other = await createHoldfast(connected());
    onTestFinished(() => other.close(0));
    @Module({ providers: [Orders] })
    class OrdersModule {}

    const compiled = await Test.createTestingModule({
      imports: [HoldfastModule.forRoot(connected(namespace)), OrdersModule],
    })
      .overrideProvider(getLockServiceToken())
      .useValue(other.locks)
      .compile();
    const app = await compiled.init();
    onTestFinished(() => app.close());
    expect(app.get(LockService)).toBe(other.locks);
    expect(app.get(getHoldfastToken()).namespace).toBe(namespace);
    await using _lease = await other.locks.acquire('order', { key: '7' });
    await expect(app.get(Orders).pay('7')).rejects.toMatchObject({ code: 'ERR_LOCK_BUSY' });
  });

  it('does not start with a LockService that cannot prepare locks, and says so', async () => {
    const compiled = await Test.createTestingModule({
      imports: [HoldfastModule.forRoot(connected())],
      providers: [Orders],
    })
      .overrideProvider(LockService)
      .useValue({ run: async () => undefined })
      .compile();
    await expect(compiled.init()).rejects.toThrow(/Orders\.pay: LockService: .* has no prepare\(\)/);
  });
});

@Injectable()
class Slow {
  @WithLock({ name: 'slow', wait: 0, holdAtLeast: '100ms' })
  async slowly(): Promise<boolean> {
    return true;
  }
}

async function createReplica(namespace: string): Promise<Slow> {
  const compiled = await Test.createTestingModule({
    imports: [HoldfastModule.forRoot(connected(namespace))],
    providers: [Slow],
  }).compile();
  const app = await compiled.init();
  onTestFinished(() => app.close());
  return app.get(Slow);
}
