import { Injectable } from '@nestjs/common';
import { currentLease, LeaseLostError, LockTimeoutError, WithLock } from '@holdfast/nest';
import { firstValueFrom, lastValueFrom, Observable, Subject, toArray } from 'rxjs';
import { beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { loseLock } from './support/lose-lock.js';
import { LogLines, startApp, type TestApp } from './support/test-app.js';

@Injectable()
class Prices {
  readonly source = new Subject<number>();
  calls = 0;
  leases: (string | undefined)[] = [];

  @WithLock({ name: 'prices', wait: 0 })
  stream(): Observable<number> {
    this.calls += 1;
    this.leases.push(currentLease()?.lockName);
    return this.source;
  }

  @WithLock({ name: 'prices', whenBusy: 'skip' })
  skipped(): Observable<number> {
    return this.source;
  }

  @WithLock({ name: 'prices', wait: '10s' })
  waiting(): Observable<number> {
    return this.source;
  }

  @WithLock({ name: 'prices', wait: '30ms' })
  impatient(): Observable<number> {
    return this.source;
  }

  @WithLock({ name: 'prices', ttl: '300ms', wait: 0 })
  losing(): Observable<number> {
    return this.source;
  }

  @WithLock({ name: 'prices', ttl: '300ms', wait: 0, whenLost: 'report' })
  reporting(): Observable<number> {
    return this.source;
  }

  @WithLock({ name: 'prices', wait: 0 })
  failing(): Observable<number> {
    throw new RangeError('no prices today');
  }

  @WithLock({ name: 'prices', wait: 0 })
  async later(): Promise<Observable<number>> {
    this.calls += 1;
    return this.source;
  }

  // No return type, so that nothing tells what comes back.
  @WithLock({ name: 'prices', wait: 0 })
  untold() {
    this.calls += 1;
    return this.source;
  }

  @WithLock({ name: 'prices', wait: 0, returns: 'observable' })
  told() {
    this.calls += 1;
    return this.source;
  }
}

describe('an Observable', () => {
  let shop: TestApp;
  let prices: Prices;
  const log = new LogLines();
  const held = async (): Promise<boolean> => (await shop.outsider.locks.inspect('prices')).held;

  beforeEach(async () => {
    shop = await startApp({ providers: [Prices], logger: log });
    prices = shop.app.get(Prices);
  });

  it('takes no lock and does not run the method until somebody subscribes', async () => {
    const stream = prices.stream();
    expect(stream).toBeInstanceOf(Observable);
    expect(await held()).toBe(false);
    expect(prices.calls).toBe(0);
  });

  it('holds until complete, and the subscriber hears of it after the release', async () => {
    const stream = prices.stream().pipe(toArray());
    const all = lastValueFrom(stream).then(async (values) => ({ values, heldAfter: await held() }));
    await eventually(() => prices.source.observed);
    expect(await held()).toBe(true);
    prices.source.next(1);
    prices.source.next(2);
    prices.source.complete();
    expect(await all).toEqual({ values: [1, 2], heldAfter: false });
    expect(prices.leases).toEqual(['prices']);
  });

  it('holds until error, which reaches the subscriber unchanged', async () => {
    const failed = lastValueFrom(prices.stream()).catch((error: unknown) => error);
    await eventually(() => prices.source.observed);
    const trouble = new RangeError('feed is gone');
    prices.source.error(trouble);
    expect(await failed).toBe(trouble);
    expect(await held()).toBe(false);
  });

  it('holds until unsubscribe', async () => {
    const subscription = prices.stream().subscribe();
    await eventually(() => prices.source.observed);
    expect(await held()).toBe(true);
    subscription.unsubscribe();
    expect(prices.source.observed).toBe(false);
    await eventually(async () => !(await held()));
  });

  it('takes the lock anew for each subscription, one at a time', async () => {
    const stream = prices.stream();
    const first = stream.subscribe();
    await eventually(() => prices.source.observed);
    await expect(firstValueFrom(stream)).rejects.toMatchObject({ code: 'ERR_LOCK_BUSY' });
    first.unsubscribe();
    await eventually(async () => !(await held()));
    const second = firstValueFrom(stream);
    await eventually(() => prices.source.observed);
    prices.source.next(5);
    expect(await second).toBe(5);
  });

  it('completes empty when it was skipped', async () => {
    await using _lease = await shop.outsider.locks.acquire('prices');
    expect(await firstValueFrom(prices.skipped().pipe(toArray()))).toEqual([]);
    expect(prices.source.observed).toBe(false);
  });

  it('leaves the line when it is unsubscribed from while waiting', async () => {
    const lease = await shop.outsider.locks.acquire('prices');
    const subscription = prices.waiting().subscribe();
    await eventually(async () => (await shop.outsider.locks.inspect('prices')).waiting === 1);
    subscription.unsubscribe();
    await eventually(async () => (await shop.outsider.locks.inspect('prices')).waiting === 0);
    await lease.release();
    expect(await held()).toBe(false);
    expect(prices.source.observed).toBe(false);
  });

  it('fails with what kept it from the lock, or with what the method threw', async () => {
    await expect(firstValueFrom(prices.failing())).rejects.toThrow(RangeError);
    await using _lease = await shop.outsider.locks.acquire('prices');
    await expect(firstValueFrom(prices.impatient())).rejects.toThrow(LockTimeoutError);
  });

  it('fails and lets go of its source as soon as the lease is lost', async () => {
    const failed = lastValueFrom(prices.losing()).catch((error: unknown) => error);
    await eventually(() => prices.source.observed);
    await loseLock(shop.namespace, 'prices');
    expect(await failed).toBeInstanceOf(LeaseLostError);
    expect(prices.source.observed).toBe(false);
  });

  it("goes on after a loss with whenLost: 'report'", async () => {
    const all = lastValueFrom(prices.reporting().pipe(toArray()));
    await eventually(() => prices.source.observed);
    await loseLock(shop.namespace, 'prices');
    await eventually(() => log.of('error', 'was lost').length > 0);
    prices.source.next(3);
    prices.source.complete();
    expect(await all).toEqual([3]);
  });

  it('out of a promise runs under a lock of its own', async () => {
    const stream = await prices.later();
    expect(await held()).toBe(false);
    const subscription = stream.subscribe();
    await eventually(() => prices.source.observed);
    expect(await held()).toBe(true);
    subscription.unsubscribe();
    expect(prices.calls).toBe(1);
    await eventually(async () => !(await held()));
  });

  it('that nothing announced comes as a promise, is guarded all the same, and is told about once', async () => {
    for (const value of [1, 2]) {
      const stream = await Promise.resolve(prices.untold());
      const first = firstValueFrom(stream);
      await eventually(() => prices.source.observed);
      expect(await held()).toBe(true);
      prices.source.next(value);
      expect(await first).toBe(value);
      await eventually(async () => !(await held()));
    }
    expect(log.of('warn', 'Prices.untold returned a stream')).toHaveLength(1);
  });

  it("is one from the start with returns: 'observable'", async () => {
    const first = firstValueFrom(prices.told());
    await eventually(() => prices.source.observed);
    expect(await held()).toBe(true);
    prices.source.next(4);
    expect(await first).toBe(4);
  });
});
