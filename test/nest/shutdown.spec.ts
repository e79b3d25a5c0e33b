import { Controller, Get, Injectable, Param } from '@nestjs/common';
import { Cron, ScheduleModule } from '@nestjs/schedule';
import { currentLease, InjectLockService, LockService, WithLock } from '@holdfast/nest';
import { describe, expect, it } from 'vitest';
import { eventually, within } from '../support/eventually.js';
import { Gate } from './support/gate.js';
import { LogLines, startApp } from './support/test-app.js';

@Injectable()
class Nightly {
  readonly gate = new Gate();
  runs = 0;

  @Cron('0 0 1 1 *')
  @WithLock({ name: 'close-books', whenBusy: 'skip', holdAtLeast: 0 })
  async closeBooks(): Promise<string | undefined> {
    this.runs += 1;
    await this.gate.opened;
    return 'closed';
  }

  @Cron('0 0 1 1 *')
  @WithLock({ name: 'archive', whenBusy: 'throw', wait: '10s' })
  async archive(): Promise<string> {
    this.runs += 1;
    return 'archived';
  }

  @WithLock({ name: 'by-hand', whenBusy: 'skip' })
  async byHand(): Promise<string | undefined> {
    return 'done';
  }
}

@Injectable()
class Quarterly extends Nightly {
  override async archive(): Promise<string> {
    return `quarterly ${await super.archive()}`;
  }

  @Cron('0 0 1 1 *')
  @WithLock({ name: 'vault', whenBusy: 'throw' })
  @WithLock({ name: 'report', whenBusy: 'skip', holdAtLeast: 0 })
  async report(): Promise<string | undefined> {
    this.runs += 1;
    return 'reported';
  }
}

@Controller()
class Orders {
  readonly gate = new Gate();
  arrived = 0;

  constructor(@InjectLockService() private readonly locks: LockService) {}

  @Get('order/:id')
  async pay(@Param('id') id: string): Promise<string> {
    this.arrived += 1;
    await this.gate.opened;
    return this.locks.run(
      'order',
      { key: id, wait: 0 },
      async () => `${id} under ${currentLease()?.lockName}`,
    );
  }
}

const SCHEDULED = { imports: [ScheduleModule.forRoot()], providers: [Nightly] };

describe('while the application shuts down', () => {
  it('who holds may finish, and the lock is free when close() is done', async () => {
    const shop = await startApp(SCHEDULED);
    const nightly = shop.app.get(Nightly);
    const run = nightly.closeBooks();
    await eventually(() => nightly.runs === 1);
    const waiting = shop.outsider.locks.acquire('close-books');
    await eventually(async () => (await shop.outsider.locks.inspect('close-books')).waiting === 1);

    const closing = shop.app.close();
    nightly.gate.open();
    expect(await run).toBe('closed');
    await (await within(1_000, 'the next replica', waiting)).release();
    await closing;
    await expect(nightly.byHand()).rejects.toMatchObject({ code: 'ERR_LOCK_CLOSED' });
  });

  it('a scheduled method does not start again, one that is called by hand does', async () => {
    const shop = await startApp(SCHEDULED);
    const nightly = shop.app.get(Nightly);
    const run = nightly.closeBooks();
    await eventually(() => nightly.runs === 1);
    const closing = shop.app.close();

    await eventually(async () => (await nightly.archive()) === undefined);
    const runs = nightly.runs;
    expect(await nightly.closeBooks()).toBeUndefined();
    expect(await nightly.archive()).toBeUndefined();
    expect(nightly.runs).toBe(runs);
    expect(await nightly.byHand()).toBe('done');

    nightly.gate.open();
    await run;
    await closing;
  });

  it('a scheduled method that stands in line is given up as skipped', async () => {
    const shop = await startApp(SCHEDULED);
    const nightly = shop.app.get(Nightly);
    const lease = await shop.outsider.locks.acquire('archive');
    const archiving = nightly.archive();
    await eventually(async () => (await shop.outsider.locks.inspect('archive')).waiting === 1);

    const closing = shop.app.close();
    expect(await within(1_000, 'the waiting run', archiving)).toBeUndefined();
    await closing;
    expect(nightly.runs).toBe(0);
    expect((await shop.outsider.locks.inspect('archive')).waiting).toBe(0);
    await lease.release();
  });

  it('a request in flight still gets its lock', async () => {
    const shop = await startApp({ ...SCHEDULED, controllers: [Orders] });
    const [nightly, orders] = [shop.app.get(Nightly), shop.app.get(Orders)];
    const run = nightly.closeBooks();
    await eventually(() => nightly.runs === 1);
    const answer = shop.fetch('/order/7').then((response) => response.text());
    await eventually(() => orders.arrived === 1);

    const closing = shop.app.close();
    await eventually(async () => (await nightly.archive()) === undefined);
    orders.gate.open();
    expect(await answer).toBe('7 under order');
    nightly.gate.open();
    await run;
    await closing;
  });

  it('who does not finish within the grace loses the lease, and the application ends all the same', async () => {
    const logger = new LogLines();
    const shop = await startApp({ ...SCHEDULED, logger, holdfast: { shutdown: { grace: '100ms' } } });
    const nightly = shop.app.get(Nightly);
    const failed = nightly.closeBooks().catch((error: unknown) => error);
    await eventually(() => nightly.runs === 1);

    const startedAt = performance.now();
    await within(2_000, 'close()', shop.app.close());
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(95);
    expect(logger.of('warn', '1 lock(s) still held after a grace of 100 ms')).toHaveLength(1);
    expect((await shop.outsider.locks.inspect('close-books')).held).toBe(false);
    nightly.gate.open();
    expect(await failed).toMatchObject({ code: 'ERR_LOCK_LOST', reason: 'closed', result: 'closed' });
  });

  it('a scheduled method does not start by way of super or of a second lock either', async () => {
    const shop = await startApp({ ...SCHEDULED, providers: [Quarterly] });
    const quarterly = shop.app.get(Quarterly);
    expect([await quarterly.archive(), await quarterly.report()]).toEqual(['quarterly archived', 'reported']);
    await shop.close();
    expect([await quarterly.archive(), await quarterly.report()]).toEqual(['quarterly undefined', undefined]);
    expect(quarterly.runs).toBe(2);
  });

  it('another application with the same class goes on', async () => {
    const [first, second] = [await startApp(SCHEDULED), await startApp(SCHEDULED)];
    await first.close();
    expect(await second.app.get(Nightly).archive()).toBe('archived');
  });
});
