import { applyDecorators, Injectable, Scope, SetMetadata, type Type } from '@nestjs/common';
import { Cron, Interval, ScheduleModule, SchedulerRegistry, Timeout } from '@nestjs/schedule';
import {
  currentLease,
  LeaderService,
  LockConfigError,
  LockNotWiredError,
  OnlyLeader,
  wireLeaders,
  WithLock,
  type Campaign,
} from '@holdfast/nest';
import { firstValueFrom, Observable, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { decorate, ordersOf } from './support/decorate.js';
import { Gate } from './support/gate.js';
import { loseLock } from './support/lose-lock.js';
import { buildApp, startApp, type TestApp } from './support/test-app.js';

const ELECTION = 'billing';
const LED = OnlyLeader({ election: ELECTION });

@Injectable()
class Invoices {
  readonly gate = new Gate();
  runs = 0;

  @LED
  async send(id: string): Promise<string | undefined> {
    this.runs += 1;
    return `${id} in term ${currentLease()?.fence}`;
  }

  @LED
  async slow(): Promise<string | undefined> {
    this.runs += 1;
    await this.gate.opened;
    return 'done';
  }

  @LED
  async *rows(): AsyncGenerator<number> {
    yield* [1, 2];
    await this.gate.opened;
    yield 3;
  }

  @LED
  stream(): Observable<number> {
    return new Observable((subscriber) => {
      subscriber.next(1);
      return () => (this.runs += 1);
    });
  }
}

const campaignOf = ({ app }: TestApp): Campaign => app.get(LeaderService).campaign(ELECTION);

async function leading(providers: Type[] = [Invoices]): Promise<{ shop: TestApp; invoices: Invoices }> {
  const shop = await startApp({ providers, holdfast: { ttl: 500 } });
  await campaignOf(shop).whenLeader();
  return { shop, invoices: shop.app.get(Invoices) };
}

async function standingBy(providers: Type[] = [Invoices]): Promise<{ shop: TestApp; other: Campaign }> {
  const others: Campaign[] = [];
  const shop = await startApp({
    providers,
    meanwhile: async ({ leaders }) => {
      others.push(leaders.campaign(ELECTION));
      await others[0]?.whenLeader();
    },
  });
  const [other] = others;
  if (other === undefined) throw new Error('nobody else campaigns');
  return { shop, other };
}

describe('a method with @OnlyLeader', () => {
  it('runs where the replica leads, in its term', async () => {
    const { shop, invoices } = await leading();
    expect(await invoices.send('7')).toBe(`7 in term ${campaignOf(shop).term}`);
  });

  it('is reason enough to campaign, from the start of the application on', async () => {
    const shop = await startApp({ providers: [Invoices] });
    const taken = eventually(() => loseLock(shop.namespace, `#leader#${ELECTION}`).then(() => 'a leader'));
    expect(await taken).toBe('a leader');
  });

  it('is left out where another replica leads, and runs as soon as that one leaves', async () => {
    const { shop, other } = await standingBy();
    const invoices = shop.app.get(Invoices);
    expect(await invoices.send('7')).toBeUndefined();
    expect(await firstValueFrom(invoices.stream().pipe(toArray()))).toEqual([]);
    expect(await invoices.rows().next()).toEqual({ done: true, value: undefined });
    expect(invoices.runs).toBe(0);
    await other.stop();
    expect(await eventually(() => invoices.send('7'))).toMatch(/^7 in term \d+$/);
  });

  it('gives its result when the replica itself ended the term meanwhile', async () => {
    const { shop, invoices } = await leading();
    const slow = invoices.slow();
    await eventually(() => invoices.runs === 1);
    await campaignOf(shop).stepDown();
    invoices.gate.open();
    expect(await slow).toBe('done');
  });

  it('fails with its result inside when the term was lost meanwhile', async () => {
    const { shop, invoices } = await leading();
    const slow = invoices.slow().catch((error: unknown) => error);
    await eventually(() => invoices.runs === 1);
    await loseLeadership(shop);
    invoices.gate.open();
    expect(await slow).toMatchObject({ code: 'ERR_LOCK_LOST', reason: 'taken', result: 'done' });
  });

  it('that returns a stream fails as soon as the term ends, and the source is let go', async () => {
    const { shop, invoices } = await leading();
    const streamed = firstValueFrom(invoices.stream().pipe(toArray())).catch((error: unknown) => error);
    const rows = invoices.rows();
    expect([await rows.next(), await rows.next()]).toMatchObject([{ value: 1 }, { value: 2 }]);
    await campaignOf(shop).stepDown();
    expect(await streamed).toMatchObject({ code: 'ERR_LOCK_LOST', reason: 'released' });
    expect(invoices.runs).toBe(1);
    invoices.gate.open();
    await expect(rows.next()).rejects.toMatchObject({ code: 'ERR_LOCK_LOST' });
  });
});

async function loseLeadership(shop: TestApp): Promise<void> {
  const { signal } = campaignOf(shop);
  await loseLock(shop.namespace, `#leader#${ELECTION}`);
  await eventually(() => signal.aborted);
}

describe('the wrapper', () => {
  const schedules: [string, () => MethodDecorator][] = [
    ['@Cron', () => Cron('0 0 1 1 *', { name: 'yearly' })],
    ['@Interval', () => Interval(20)],
    ['@Timeout', () => Timeout(300)],
  ];

  it.each(schedules)('works above and below %s', async (kind, schedule) => {
    for (const decorators of ordersOf([LED, schedule()])) {
      const runs: unknown[] = [];
      @Injectable()
      class Job {
        async run(): Promise<void> {
          runs.push(currentLease()?.lockName);
        }
      }
      decorate(Job.prototype, 'run', decorators);
      const shop = await startApp({ imports: [ScheduleModule.forRoot()], providers: [Job] });
      await campaignOf(shop).whenLeader();
      if (kind === '@Cron') await shop.app.get(SchedulerRegistry).getCronJob('yearly').fireOnTick();
      await eventually(() => runs.length > 0);
      expect(new Set(runs)).toEqual(new Set([`leader:${ELECTION}`]));
      await shop.close();
    }
  });

  it('keeps name, parameters and metadata, with applyDecorators too', () => {
    class Orders {
      async pay(_id: string, _amount: number): Promise<void> {}
    }
    const original = Orders.prototype.pay;
    decorate(Orders.prototype, 'pay', [
      applyDecorators(SetMetadata('above', 1), LED),
      SetMetadata('below', 2),
    ]);
    const wrapper = Orders.prototype.pay;
    expect(wrapper).not.toBe(original);
    expect([wrapper.name, wrapper.length]).toEqual(['pay', 2]);
    expect(Reflect.getOwnMetadata('above', wrapper)).toBe(1);
    expect(Reflect.getOwnMetadata('below', wrapper)).toBe(2);
  });

  it('goes together with @WithLock, in both orders', async () => {
    for (const decorators of ordersOf<MethodDecorator>([LED, WithLock('order')])) {
      const locks: unknown[] = [];
      @Injectable()
      class Orders extends Invoices {
        async pay(): Promise<void> {
          locks.push(currentLease()?.lockName);
        }
      }
      decorate(Orders.prototype, 'pay', decorators);
      const { shop } = await leading([Orders, Invoices]);
      await shop.app.get(Orders).pay();
      expect(locks).toHaveLength(1);
      await shop.close();
    }
  });
});

describe('at boot', () => {
  it('all faults are told together with those of @WithLock, and the connection is closed', async () => {
    class Orders {
      async pay(): Promise<void> {}
      async refund(): Promise<void> {}
      async lock(): Promise<void> {}
    }
    const wrong: MethodDecorator = Reflect.apply(OnlyLeader, undefined, [{ elction: 'x', returns: 7 }]);
    decorate(Orders.prototype, 'pay', [wrong]);
    decorate(Orders.prototype, 'refund', [OnlyLeader({ election: '' })]);
    decorate(Orders.prototype, 'lock', [WithLock({ name: 'a', ttl: 1 })]);
    const error: unknown = await (
      await buildApp({ providers: [Orders] })
    )
      .init()
      .catch((why: unknown) => why);
    expect(error).toBeInstanceOf(LockConfigError);
    expect(error).toMatchObject({
      faults: expect.arrayContaining([
        'Orders.pay: elction: unknown option; there are election, instance, returns',
        'Orders.pay: election: undefined must be a string',
        "Orders.pay: returns: 7 must be 'promise', 'observable' or 'async-iterable'",
        'Orders.refund: election: "" must not be empty',
        'Orders.lock: ttl: 1 must be at least 100 ms',
      ]),
    });
  });

  it.each([
    ['no options', [], /@OnlyLeader on Orders.pay: election: must be given/],
    ['an instance that is no name', [{ election: 'a', instance: 7 }], /instance: 7 must be a name/],
  ])('%s is refused when the class is loaded', (_, given, message) => {
    class Orders {
      async pay(): Promise<void> {}
    }
    const decorator: MethodDecorator = Reflect.apply(OnlyLeader, undefined, given);
    expect(() => decorate(Orders.prototype, 'pay', [decorator])).toThrow(message);
  });
});

describe('an object', () => {
  it('that Nest did not construct fails, until it is wired', async () => {
    const invoices = new Invoices();
    await expect(invoices.send('7')).rejects.toThrow(LockNotWiredError);
    await expect(invoices.send('7')).rejects.toThrow(/no LeaderService .* wireLeaders\(object, leaders\)/);
    const { shop } = await leading();
    wireLeaders(invoices, shop.app.get(LeaderService));
    expect(await invoices.send('7')).toMatch(/^7 in term/);
  });

  it('of a factory is wired at boot, a request-scoped one by Nest', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class Scoped extends Invoices {}
    const factory = { provide: 'made', useFactory: () => new Invoices() };
    const shop = await startApp({ providers: [factory, Scoped] });
    await campaignOf(shop).whenLeader();
    expect(await shop.app.get<Invoices>('made').send('7')).toMatch(/^7 in term/);
    expect(await (await shop.app.resolve(Scoped)).send('7')).toMatch(/^7 in term/);
  });
});
