/** `@Once` in an application: one run for a key on all replicas, wired and checked at boot like `@WithLock`. */
import { Injectable } from '@nestjs/common';
import {
  currentLease,
  HoldfastModule,
  InjectOnceService,
  LockConfigError,
  LockTimeoutError,
  Once,
  OnceService,
  wireOnce,
} from '@holdfast/nest';
import { expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { rejectionOf } from '../support/holdfasts.js';
import { Gate } from './support/gate.js';
import { connected, startApp } from './support/test-app.js';

@Injectable()
class Invoices {
  readonly gate = new Gate();
  runs = 0;

  constructor(readonly once: OnceService) {}

  @Once({ name: 'invoice', key: (order: string) => order, remember: '1h' })
  async create(order: string): Promise<{ order: string; under: string | undefined }> {
    this.runs += 1;
    await this.gate.opened;
    return { order, under: currentLease()?.lockName };
  }

  @Once({ name: 'invoice', key: (order: string) => order, remember: '1h', whenBusy: 'skip', wait: 0 })
  async perhaps(order: string): Promise<object | undefined> {
    return { order };
  }

  @Once({ name: 'invoice', key: (order: string) => order, remember: '1h', wait: 50 })
  async impatient(order: string): Promise<object> {
    return { order };
  }
}

it('runs one time for a key on all replicas, and gives all what came of it', async () => {
  const { app, outsider } = await startApp({ providers: [Invoices] });
  const invoices = app.get(Invoices);
  const calls = [invoices.create('a'), invoices.create('a')];
  await eventually(() => invoices.runs === 1);
  const elsewhere = outsider.once.run('invoice', { key: 'a', remember: '1h' }, () => 'twice');
  expect(await invoices.perhaps('a')).toBeUndefined();
  expect(await rejectionOf(invoices.impatient('a'))).toSatisfy((error) => LockTimeoutError.is(error));
  invoices.gate.open();
  const done = { order: 'a', under: 'invoice' };
  expect(await Promise.all([...calls, elsewhere])).toEqual([done, done, done]);
  expect(await invoices.perhaps('a')).toEqual(done);
  expect(invoices.runs).toBe(1);
  expect(await invoices.create('b')).toEqual({ ...done, order: 'b' });
});

it('remembers by its instance, which services may have injected, too', async () => {
  @Injectable()
  class Billing {
    constructor(@InjectOnceService('billing') readonly once: OnceService) {}

    @Once({ name: 'bill', instance: 'billing', remember: '1h' })
    async bill(): Promise<string> {
      return 'billed';
    }
  }
  const holdfastModules = [
    HoldfastModule.forRoot(connected()),
    HoldfastModule.forRoot({ ...connected(), instance: 'billing' }),
  ];
  const { app } = await startApp({ holdfastModules, providers: [Billing] });
  const billing = app.get(Billing);
  expect(await billing.bill()).toBe('billed');
  expect(await billing.once.forget('bill')).toBe(true);
  expect(await app.get(OnceService).forget('bill')).toBe(false);
});

it('works on an object that was constructed by hand, once it is wired', async () => {
  const { app } = await startApp({ providers: [] });
  const once = app.get(OnceService);
  const invoices = new Invoices(once);
  await expect(invoices.impatient('c')).rejects.toMatchObject({ code: 'ERR_LOCK_NOT_WIRED' });
  expect(await wireOnce(invoices, once).impatient('c')).toEqual({ order: 'c' });
});

it('with options that cannot work keeps the application from starting', async () => {
  @Injectable()
  class Bad {
    @Once({ name: 'bad', remember: 0, maxBytes: -1 })
    async run(): Promise<void> {}
  }
  const error = await rejectionOf(startApp({ providers: [Bad] }));
  expect(LockConfigError.is(error) && error.faults).toEqual([
    expect.stringMatching(/^Bad.run: remember: 0/),
    expect.stringMatching(/^Bad.run: maxBytes: -1/),
  ]);
});
