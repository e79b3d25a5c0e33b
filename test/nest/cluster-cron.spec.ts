import { Controller, Inject, Injectable, SetMetadata } from '@nestjs/common';
import {
  ClusterCron,
  currentLease,
  getJobServiceToken,
  HoldfastModule,
  InjectJobService,
  JobService,
  WithLock,
  type JobRun,
} from '@holdfast/nest';
import { describe, expect, it } from 'vitest';
import { always, eventually } from '../support/eventually.js';
import { uniqueNamespace } from '../support/namespace.js';
import { decorate, ordersOf } from './support/decorate.js';
import { connected, LogLines, startApp, startReplica } from './support/test-app.js';

const YEARLY = '0 0 1 1 *';
const EVERY_SECOND = '* * * * * *';

/** Runs that ended, by outcome, as the server remembers them. */
async function outcomesOf(jobs: JobService, name: string): Promise<string[]> {
  const entries = await jobs.history(name);
  return entries.map((entry) => (entry.kind === 'run' ? entry.outcome : `skipped:${entry.reason}`));
}

/** Asks for a run as soon as some process has the job, and waits until it is over. */
async function runOnce(jobs: JobService, name: string): Promise<string[]> {
  await eventually(async () => (await jobs.runNow(name)).outcome === 'started');
  await eventually(async () => (await outcomesOf(jobs, name)).length > 0);
  return outcomesOf(jobs, name);
}

@Injectable()
class Books {
  readonly closed: { readonly run: JobRun; readonly args: number; readonly self: unknown }[] = [];

  @ClusterCron(YEARLY, { name: 'close-books', timeZone: 'Europe/Berlin' })
  async close(...args: [JobRun]): Promise<void> {
    this.closed.push({ run: args[0], args: args.length, self: this });
  }
}

describe('@ClusterCron', () => {
  it('runs each tick once, on one of the replicas, without a ScheduleModule', async () => {
    @Injectable()
    class Ticking {
      static readonly ticks: number[] = [];

      @ClusterCron(EVERY_SECOND, { name: 'tick' })
      async tick(run: JobRun): Promise<void> {
        Ticking.ticks.push(run.scheduledAt);
      }
    }
    const shop = await startApp({ providers: [Ticking] });
    await startReplica(shop, { providers: [Ticking] });
    await eventually(() => Ticking.ticks.length >= 4);

    const ticks = [...Ticking.ticks];
    expect(ticks).toEqual([...new Set(ticks)]);
    const [first = 0] = ticks;
    expect(ticks).toEqual(ticks.map((_, index) => first + index * 1_000));
    expect(new Set(await outcomesOf(shop.outsider.jobs, 'tick'))).toEqual(new Set(['ok']));
  });

  it('calls the method on the provider, with the run as its only argument', async () => {
    const shop = await startApp({ providers: [Books] });
    const books = shop.app.get(Books);
    expect(await runOnce(shop.app.get(JobService), 'close-books')).toEqual(['ok']);
    expect(books.closed).toEqual([
      { run: expect.objectContaining({ job: 'close-books' }), args: 1, self: books },
    ]);
    expect(books.closed[0]?.run).toMatchObject({ manual: true, attempt: 1, fence: expect.any(Number) });
  });

  it('passes its expression, its zone and its policies on', async () => {
    const shop = await startApp({ providers: [Books] });
    expect(shop.app.get(JobService).list()).toEqual([
      expect.objectContaining({ name: 'close-books', cron: YEARLY, timeZone: 'Europe/Berlin' }),
    ]);
  });

  it('defines nothing before the modules are initialised', async () => {
    const seen: string[][] = [];
    @Injectable()
    class Early {
      constructor(@Inject(JobService) private readonly jobs: JobService) {}

      onModuleInit(): void {
        seen.push(this.jobs.list().map(({ name }) => name));
      }
    }
    const shop = await startApp({ providers: [Early, Books] });
    expect(seen).toEqual([[]]);
    expect(shop.app.get(JobService).list()).toHaveLength(1);
  });

  it('works on controllers, inherited methods, and on two methods of one name', async () => {
    const ran: string[] = [];
    abstract class Chore {
      protected abstract readonly what: string;

      @ClusterCron(YEARLY, { name: 'inherited' })
      async work(): Promise<void> {
        ran.push(`${this.constructor.name} ${this.what}`);
      }
    }
    @Injectable()
    class Sweeping extends Chore {
      protected readonly what = 'sweeps';
    }
    @Controller()
    class Washing {
      @ClusterCron(YEARLY, { name: 'of-a-controller' })
      async work(): Promise<void> {
        ran.push('Washing');
      }
    }
    const shop = await startApp({ providers: [Sweeping], controllers: [Washing] });
    const jobs = shop.app.get(JobService);
    await runOnce(jobs, 'inherited');
    await runOnce(jobs, 'of-a-controller');
    expect(ran).toEqual(['Sweeping sweeps', 'Washing']);
  });

  it('runs an override in the place of what it overrides; one with a decorator of its own has only that', async () => {
    const ran: string[] = [];
    @Injectable()
    class Monthly extends Books {
      override async close(): Promise<void> {
        ran.push('overridden');
      }
    }
    @Injectable()
    class Hourly extends Books {
      @ClusterCron(YEARLY, { name: 'hourly' })
      @ClusterCron(YEARLY, { name: 'also-hourly' })
      override async close(): Promise<void> {
        ran.push('decorated');
      }
    }
    const shop = await startApp({ providers: [Monthly, Hourly] });
    const jobs = shop.app.get(JobService);
    const names = jobs.list().map(({ name }) => name);
    expect(names.toSorted()).toEqual(['also-hourly', 'close-books', 'hourly']);
    await runOnce(jobs, 'close-books');
    await runOnce(jobs, 'hourly');
    expect(ran).toEqual(['overridden', 'decorated']);
  });

  it.each([
    ['useFactory', { provide: Books, useFactory: () => new Books() }],
    ['useValue', { provide: Books, useValue: new Books() }],
  ])('finds the object of %s, once also under two tokens', async (_, provider) => {
    const alias = { provide: 'ALIAS', useExisting: Books };
    const again = { provide: 'AGAIN', inject: [Books], useFactory: (books: Books) => books };
    const shop = await startApp({ providers: [provider, alias, again] });
    await runOnce(shop.app.get(JobService), 'close-books');
    expect(shop.app.get(Books).closed.map(({ self }) => self)).toEqual([shop.app.get(Books)]);
  });
});

describe('beside other decorators', () => {
  const KEY = Symbol('key');
  const DECORATORS = {
    lock: WithLock({ name: 'books', wait: 0 }),
    job: ClusterCron(YEARLY, { name: 'close-books' }),
    metadata: SetMetadata(KEY, 'kept'),
  } as const;
  const NAMES = ['lock', 'job', 'metadata'] as const;

  it.each(ordersOf(NAMES).map((order) => ({ order })))(
    'runs under the lock, with metadata and face kept: $order',
    async ({ order }) => {
      const seen: unknown[] = [];
      @Injectable()
      class Reports {
        async close(run: JobRun): Promise<void> {
          seen.push([run.job, currentLease()?.lockName, this instanceof Reports]);
        }
      }
      decorate(
        Reports.prototype,
        'close',
        order.map((name) => DECORATORS[name]),
      );
      const shop = await startApp({ providers: [Reports] });
      expect(await runOnce(shop.app.get(JobService), 'close-books')).toEqual(['ok']);
      expect(seen).toEqual([['close-books', 'books', true]]);
      const { close } = Reports.prototype;
      expect([close.name, close.length, Reflect.getMetadata(KEY, close)]).toEqual(['close', 1, 'kept']);
    },
  );

  it('leaves the method itself as it is', () => {
    class Reports {
      async close(): Promise<void> {}
    }
    const original = Reports.prototype.close;
    decorate(Reports.prototype, 'close', [DECORATORS.job]);
    expect(Reports.prototype.close).toBe(original);
  });
});

describe('a run that fails', () => {
  it('is logged once, by the logger of Nest, and written down', async () => {
    @Injectable()
    class Broken {
      @ClusterCron(YEARLY, { name: 'broken' })
      async work(): Promise<void> {
        throw new Error('no ink left');
      }
    }
    const logger = new LogLines();
    const shop = await startApp({ providers: [Broken], logger });
    expect(await runOnce(shop.app.get(JobService), 'broken')).toEqual(['failed']);
    expect(logger.of('error')).toEqual([expect.stringMatching(/^Job "broken" at .* no ink left/)]);
    await shop.close();
    expect(logger.lines.filter(({ text }) => text.includes('no ink left'))).toHaveLength(1);
  });

  it('is one that returns what nobody reads', async () => {
    @Injectable()
    class Streaming {
      @ClusterCron(YEARLY, { name: 'streaming' })
      work(): unknown {
        return (async function* rows() {
          yield 1;
        })();
      }
    }
    const logger = new LogLines();
    const shop = await startApp({ providers: [Streaming], logger });
    expect(await runOnce(shop.app.get(JobService), 'streaming')).toEqual(['failed']);
    expect(logger.of('error', 'Streaming.work returned a stream, which nobody reads')).toHaveLength(1);
  });
});

describe('JobService', () => {
  @Injectable()
  class Maintenance {
    constructor(
      @InjectJobService('billing') readonly billing: JobService,
      @InjectJobService() readonly jobs: JobService,
    ) {}

    @ClusterCron(YEARLY, { name: 'same-name', instance: 'billing' })
    async ofBilling(): Promise<void> {}

    @ClusterCron(YEARLY, { name: 'same-name' })
    async ofShop(): Promise<void> {}
  }

  it('is injected by its class, and by the name of an instance, whose jobs are kept apart', async () => {
    const namespace = uniqueNamespace();
    const holdfastModules = [
      HoldfastModule.forRoot(connected(namespace)),
      HoldfastModule.forRoot({ ...connected(), instance: 'billing' }),
    ];
    const shop = await startApp({ namespace, holdfastModules, providers: [Maintenance] });
    const { billing, jobs } = shop.app.get(Maintenance);
    expect(jobs).toBe(shop.app.get(JobService));
    expect(billing).toBe(shop.app.get(getJobServiceToken('billing')));
    expect([...jobs.list(), ...billing.list()].map(({ name }) => name)).toEqual(['same-name', 'same-name']);
  });

  it('takes jobs of the application itself', async () => {
    let ran = 0;
    const shop = await startApp({});
    const jobs = shop.app.get(JobService);
    jobs.define({ name: 'by-hand' }, () => (ran += 1));
    expect(await runOnce(jobs, 'by-hand')).toEqual(['ok']);
    expect(ran).toBe(1);
  });

  it('runs nothing in a process that says so, which can ask for runs all the same', async () => {
    const web = await startApp({ providers: [Books], holdfast: { jobs: { enabled: false } } });
    const jobs = web.app.get(JobService);
    expect(jobs.list()).toHaveLength(1);
    await always(async () => (await jobs.runNow('close-books')).outcome === 'unknown', 700);

    const worker = await startReplica(web, { providers: [Books] });
    await eventually(async () => (await jobs.runNow('close-books')).outcome === 'queued');
    await eventually(() => worker.get(Books).closed.length > 0);
    expect(web.app.get(Books).closed).toEqual([]);
  });
});
