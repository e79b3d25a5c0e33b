import { Injectable } from '@nestjs/common';
import {
  currentLease,
  LeaseLostError,
  LockBusyError,
  LockConfigError,
  LockReentryError,
  LockTimeoutError,
  WithLock,
} from '@holdfast/nest';
import { beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { Gate } from './support/gate.js';
import { loseLock } from './support/lose-lock.js';
import { LogLines, startApp, type TestApp } from './support/test-app.js';

interface Order {
  readonly id: string;
}

/** A lock whose key function the types would refuse, as JavaScript may have one. */
function lockWithKey(made: unknown): MethodDecorator {
  return Reflect.apply(WithLock, undefined, [{ name: 'order', key: () => made }]);
}

@Injectable()
class Orders {
  readonly gate = new Gate();
  entered = 0;

  @WithLock({ name: 'order', key: ({ id }: Order) => id, wait: 0 })
  async pay(order: Order): Promise<string> {
    this.entered += 1;
    await this.gate.opened;
    return order.id;
  }

  @WithLock({ name: 'order', key: (shop: string, id: number) => [shop, id], wait: 0 })
  async payIn(shop: string, id: number): Promise<string | undefined> {
    return `${shop}/${id} under ${currentLease()?.lockName}`;
  }

  @WithLock({ name: 'order', key: ({ id }: Order) => id, wait: '20ms' })
  async impatient(order: Order): Promise<string> {
    return order.id;
  }

  @WithLock({ name: 'order', key: ({ id }: Order) => id, whenBusy: 'skip' })
  async skipped(order: Order): Promise<string | undefined> {
    return order.id;
  }

  @WithLock({ name: 'order', key: ({ id }: Order) => id, whenBusy: 'skip', wait: '10s' })
  async patient(order: Order): Promise<string | undefined> {
    return order.id;
  }

  @WithLock({ name: 'losing', wait: 0, ttl: '300ms' })
  async losing(): Promise<string> {
    this.entered += 1;
    await this.gate.opened;
    return 'done all the same';
  }

  @WithLock({ name: 'losing', wait: 0, ttl: '300ms', whenLost: 'report' })
  async reporting(): Promise<string> {
    this.entered += 1;
    await this.gate.opened;
    return 'done all the same';
  }

  @WithLock({ name: 'nested', wait: 0 })
  async outer(): Promise<string> {
    return this.inner();
  }

  @WithLock({ name: 'nested', wait: 0 })
  async inner(): Promise<string> {
    return 'inner';
  }

  @WithLock({ name: 'nested', wait: 0, reentrant: true })
  async counted(): Promise<string> {
    return 'counted';
  }

  @WithLock({ name: 'nested', wait: 0 })
  async around(): Promise<string> {
    return this.counted();
  }

  @WithLock({ name: 'failing', wait: 0 })
  async failing(): Promise<string> {
    throw new RangeError('no such order');
  }

  @WithLock({ name: 'first', wait: 0 })
  @WithLock({ name: 'second', wait: 0 })
  async twice(): Promise<string> {
    return `${currentLease()?.lockName}`;
  }

  // Not async, so that nothing but its return type says what it returns.
  @WithLock({ name: 'plain', wait: 0 })
  plain(): Promise<string> {
    return Promise.resolve(`${currentLease()?.lockName}`);
  }

  @WithLock({ name: 'plain', wait: 0 })
  throwing(): Promise<string> {
    throw new RangeError('before there was a promise');
  }

  @lockWithKey({ id: '7' })
  async objectKey(): Promise<void> {
    this.entered += 1;
  }

  @lockWithKey(undefined)
  async noKey(): Promise<void> {
    this.entered += 1;
  }

  @lockWithKey(['7', true])
  async arrayKey(): Promise<void> {
    this.entered += 1;
  }

  @lockWithKey(Promise.resolve('7'))
  async promiseKey(): Promise<void> {
    this.entered += 1;
  }
}

describe('a locked call', () => {
  let shop: TestApp;
  let orders: Orders;
  let log: LogLines;

  beforeEach(async () => {
    log = new LogLines();
    shop = await startApp({ providers: [Orders], logger: log });
    orders = shop.app.get(Orders);
  });

  it('keeps others out of its own key and of no other', async () => {
    const paying = orders.pay({ id: '7' });
    await eventually(() => orders.entered === 1);
    await expect(orders.pay({ id: '7' })).rejects.toThrow(LockBusyError);
    const other = orders.pay({ id: '8' });
    await eventually(() => orders.entered === 2);
    orders.gate.open();
    expect(await Promise.all([paying, other])).toEqual(['7', '8']);
    expect((await shop.outsider.locks.inspect('order', '7')).held).toBe(false);
  });

  it('encodes the parts of a key, so that none meets another', async () => {
    await using _lease = await shop.outsider.locks.acquire('order', { key: ['a:b', 1] });
    await expect(orders.payIn('a:b', 1)).rejects.toThrow(LockBusyError);
    expect(await orders.payIn('a', 1)).toBe('a/1 under order');
  });

  it('waits as long as it was told, then fails or is skipped', async () => {
    const lease = await shop.outsider.locks.acquire('order', { key: '7' });
    await expect(orders.impatient({ id: '7' })).rejects.toThrow(LockTimeoutError);
    expect(await orders.skipped({ id: '7' })).toBeUndefined();
    const patient = orders.patient({ id: '7' });
    await eventually(async () => (await shop.outsider.locks.inspect('order', '7')).waiting === 1);
    await lease.release();
    expect(await patient).toBe('7');
    expect(await orders.skipped({ id: '7' })).toBe('7');
  });

  it('passes on the error of the method unchanged, and gives the lock back', async () => {
    await expect(orders.failing()).rejects.toThrow(RangeError);
    expect((await shop.outsider.locks.inspect('failing')).held).toBe(false);
  });

  it('whose lease was lost fails with the result inside', async () => {
    const losing = orders.losing();
    await eventually(() => orders.entered === 1);
    await loseLock(shop.namespace, 'losing');
    await eventually(() => log.of('error', 'was lost').length > 0);
    orders.gate.open();
    const error: unknown = await losing.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LeaseLostError);
    expect(error).toMatchObject({
      reason: expect.stringMatching(/taken|expired/),
      result: 'done all the same',
    });
  });

  it("gives the result after a loss with whenLost: 'report'", async () => {
    const reporting = orders.reporting();
    await eventually(() => orders.entered === 1);
    await loseLock(shop.namespace, 'losing');
    await eventually(() => log.of('error', 'was lost').length > 0);
    orders.gate.open();
    expect(await reporting).toBe('done all the same');
  });

  it('inside another on the same key is refused, unless it is reentrant', async () => {
    await expect(orders.outer()).rejects.toThrow(LockReentryError);
    expect(await orders.around()).toBe('counted');
  });

  it('with two locks holds both', async () => {
    expect(await orders.twice()).toBe('second');
    await using _lease = await shop.outsider.locks.acquire('first');
    await expect(orders.twice()).rejects.toThrow(LockBusyError);
  });

  it('of a method that returns a promise without being async is one', async () => {
    expect(await orders.plain()).toBe('plain');
  });

  it('of a method that throws before it has a promise rejects all the same, and gives the lock back', async () => {
    await expect(orders.throwing()).rejects.toThrow(RangeError);
    expect(await orders.plain()).toBe('plain');
  });

  it.each([
    ['objectKey', 'returned an object (Object)'],
    ['noKey', 'returned undefined'],
    ['arrayKey', 'returned an array that holds something else'],
    ['promiseKey', 'returned an object (Promise)'],
  ] as const)('does not run with a bad key: %s %s', async (method, why) => {
    const call = orders[method]();
    await expect(call).rejects.toThrow(LockConfigError);
    await expect(call).rejects.toThrow(`@WithLock on Orders.${method}: key: the function ${why}`);
    expect(orders.entered).toBe(0);
  });

  it('does not run when the key function throws, and says why', async () => {
    const nobody: Order = JSON.parse('null');
    const call = orders.pay(nobody);
    await expect(call).rejects.toThrow(/Orders\.pay: key: the function threw TypeError/);
    await expect(call).rejects.toMatchObject({ code: 'ERR_LOCK_CONFIG', cause: expect.any(TypeError) });
    expect(orders.entered).toBe(0);
  });
});
