import { Inject, Injectable, Module, Scope, type Type } from '@nestjs/common';
import { Cron, Interval, ScheduleModule, Timeout } from '@nestjs/schedule';
import { Test } from '@nestjs/testing';
import { ClusterCron, HoldfastModule, JobService, LockConfigError, WithLock } from '@holdfast/nest';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { decorate } from './support/decorate.js';
import { buildApp, connected, type TestAppOptions } from './support/test-app.js';

const YEARLY = '0 0 1 1 *';

/** A decorator as JavaScript may call it. */
function job(...given: unknown[]): MethodDecorator {
  return Reflect.apply(ClusterCron, undefined, given);
}

function jobClass(...decorators: MethodDecorator[]): Type<{ run(): Promise<void> }> {
  @Injectable()
  class Report {
    async run(): Promise<void> {}
  }
  decorate(Report.prototype, 'run', decorators);
  return Report;
}

/** What stopped the start; every one of them has to be told before anything runs. */
async function bootFaults(options: TestAppOptions): Promise<readonly string[]> {
  const app = await buildApp(options);
  try {
    await app.init();
  } catch (error) {
    expect(error).toBeInstanceOf(LockConfigError);
    return error instanceof LockConfigError ? error.faults : [];
  }
  await app.close();
  throw new Error('the application started');
}

describe('the boot', () => {
  it('tells every fault of every job in one error, with those of locks', async () => {
    const faults = await bootFaults({
      providers: [
        jobClass(job('61 * * * *', { name: 'a', timeZone: 'Europe/Atlantis' })),
        jobClass(job(undefined, { name: 'b', overlap: 'queue', missed: 'some' })),
        jobClass(job(YEARLY, { retries: 3, cron: YEARLY, ttl: '30 parsecs' })),
        jobClass(job(YEARLY, { name: '', retry: { times: 3 } })),
        jobClass(job(YEARLY, { name: 'c' }), Cron(YEARLY)),
        jobClass(WithLock({ name: '', whenBusy: 'skip' })),
      ],
    });
    const expected = [
      /^expression: .*61/,
      /^timeZone: "Europe\/Atlantis" must be the name of a time zone/,
      /^expression: undefined must be given$/,
      /^overlap: "queue" must be 'skip'/,
      /^missed: "some" must be 'skip'/,
      /^retries: unknown option/,
      /^cron: is what stands in front of the options$/,
      /^name: undefined must be a string$/,
      /^ttl: "30 parsecs" is not a duration/,
      /^name: "" must not be empty$/,
      /^retry\.times: unknown option/,
      /^it carries a decorator of @nestjs\/schedule as well/,
      /^name: "" must not be empty$/,
    ];
    expect(faults.every((fault) => fault.startsWith('Report.run: '))).toBe(true);
    const told = faults.map((fault) => fault.replace(/^Report\.run: /, ''));
    expect(told).toEqual(expect.arrayContaining(expected.map((rule) => expect.stringMatching(rule))));
    // The two empty names are faults of one text, as they are of one label.
    expect(told).toHaveLength(expected.length - 1);
  });

  it('tells them in a process that runs no jobs, too', async () => {
    const providers = [jobClass(job('61 * * * *', { name: 'a' }))];
    const faults = await bootFaults({ providers, holdfast: { jobs: { enabled: false } } });
    expect(faults).toEqual([expect.stringMatching(/^Report\.run: expression: /)]);
  });

  it('refuses two jobs of one name, and names both methods', async () => {
    @Injectable()
    class Books {
      @ClusterCron(YEARLY, { name: 'close-books' })
      async close(): Promise<void> {}
    }
    @Injectable()
    class Archive extends Books {
      @ClusterCron(YEARLY, { name: 'pack' })
      async pack(): Promise<void> {}
    }
    @Module({ providers: [Books] })
    class BooksModule {}
    @Module({ providers: [Archive] })
    class ArchiveModule {}
    const clash = (...places: string[]) => [
      `name: "close-books" is the name of several jobs: ${places.join(', ')}`,
    ];
    expect(await bootFaults({ imports: [BooksModule, ArchiveModule] })).toEqual(
      clash('Books.close of BooksModule', 'Archive.close of ArchiveModule'),
    );
    // One class that two modules provide is two objects.
    @Module({ providers: [Books] })
    class SecondModule {}
    expect(await bootFaults({ imports: [BooksModule, SecondModule] })).toEqual(
      clash('Books.close of BooksModule', 'Books.close of SecondModule'),
    );
  });

  it('refuses a job that the application itself has defined before', async () => {
    @Injectable()
    class Early {
      constructor(@Inject(JobService) jobs: JobService) {
        jobs.define({ name: 'report' }, () => undefined);
      }
    }
    const providers = [Early, jobClass(job(YEARLY, { name: 'report' }))];
    expect(await bootFaults({ providers })).toEqual([
      'Report.run: name: "report" is the name of another job of this process',
    ]);
  });

  it.each([
    ['@Cron', Cron(YEARLY)],
    ['@Interval', Interval(1_000_000)],
    ['@Timeout', Timeout(1_000_000)],
  ])('refuses %s on the same method, above, below and around a lock', async (_, schedule) => {
    const [cron, lock] = [
      job(YEARLY, { name: 'report' }),
      WithLock({ name: 'report', whenBusy: 'skip', holdAtLeast: 1 }),
    ];
    for (const decorators of [
      [cron, schedule],
      [schedule, cron],
      [cron, lock, schedule],
      [schedule, lock, cron],
    ]) {
      const faults = await bootFaults({
        imports: [ScheduleModule.forRoot()],
        providers: [jobClass(...decorators)],
      });
      expect(faults).toEqual([
        expect.stringMatching(/^Report\.run: it carries a decorator of @nestjs\/schedule/),
      ]);
    }
  });

  it('refuses a provider that is made for each request or each user, also by what it injects', async () => {
    const perRequest = jobClass(job(YEARLY, { name: 'a' }));
    Injectable({ scope: Scope.REQUEST })(perRequest);
    @Injectable()
    class Sales {
      @Inject(perRequest) readonly report: unknown;

      @ClusterCron(YEARLY, { name: 'b' })
      async count(): Promise<void> {}
    }
    const transient = jobClass(job(YEARLY, { name: 'c' }));
    Injectable({ scope: Scope.TRANSIENT })(transient);
    expect(await bootFaults({ providers: [perRequest, Sales, transient] })).toEqual([
      expect.stringMatching(/^Report\.run: its class is made anew for each request .* a job has no request/),
      expect.stringMatching(/^Sales\.count: its class is made anew for each request/),
      expect.stringMatching(/^Report\.run: its class is made anew for whoever injects it/),
    ]);
  });

  it('does not start without the module or the instance, and says what to import', async () => {
    const alone = Test.createTestingModule({ providers: [jobClass(job(YEARLY, { name: 'a' }))] }).compile();
    await expect(alone).rejects.toThrow(
      /JobService for @ClusterCron \(import HoldfastModule\.forRoot\(\{ connection, namespace \}\)/,
    );
    const misspelt = Test.createTestingModule({
      imports: [HoldfastModule.forRoot({ ...connected(), instance: 'billing' })],
      providers: [jobClass(job(YEARLY, { name: 'a', instance: 'biling' }))],
    }).compile();
    await expect(misspelt).rejects.toThrow(/of instance "biling" for @ClusterCron .*instance: 'biling'/);
    const Made = jobClass(job(YEARLY, { name: 'a', instance: 'biling' }));
    expect(await bootFaults({ providers: [{ provide: 'MADE', useFactory: () => new Made() }] })).toEqual([
      'Report.run: instance: "biling" is not among those of HoldfastModule',
    ]);
  });

  it('does not start with a JobService that cannot define jobs', async () => {
    const compiled = await Test.createTestingModule({
      imports: [HoldfastModule.forRoot(connected())],
      providers: [jobClass(job(YEARLY, { name: 'a' }))],
    })
      .overrideProvider(JobService)
      .useValue({})
      .compile();
    await expect(compiled.init()).rejects.toThrow(/JobService: .* has no define\(\)/);
  });

  it('that fails leaves no connection open', async () => {
    const sockets = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
    const before = sockets();
    await bootFaults({ providers: [jobClass(job('never', { name: 'a' }))] });
    expect(await eventually(() => sockets() <= before)).toBe(true);
  });
});

describe('@ClusterCron refuses when the class is loaded', () => {
  class Reports {
    static async all(): Promise<void> {}
    get total(): number {
      return 0;
    }
    arrow = async (): Promise<void> => undefined;
    async *rows(): AsyncGenerator<number> {
      yield 1;
    }
    *numbers(): Generator<number> {
      yield 1;
    }
    async run(): Promise<void> {}
  }
  const put = (target: object, property: string, ...given: unknown[]): unknown => {
    const descriptor = Object.getOwnPropertyDescriptor(target, property);
    const decorator = job(...(given.length > 0 ? given : [YEARLY, { name: 'a' }]));
    return Reflect.apply(decorator, undefined, [target, property, descriptor]);
  };

  it.each([
    ['a static method', () => put(Reports, 'all'), /@ClusterCron on Reports\.all: .*static/],
    ['an accessor', () => put(Reports.prototype, 'total'), /Reports\.total: .*accessor/],
    ['an arrow property', () => put(Reports.prototype, 'arrow'), /Reports\.arrow: .*property/],
    ['an async generator', () => put(Reports.prototype, 'rows'), /Reports\.rows: .*generator/],
    ['a generator', () => put(Reports.prototype, 'numbers'), /Reports\.numbers: .*generator/],
    ['no options', () => put(Reports.prototype, 'run', YEARLY), /Reports\.run: name: must be given/],
    [
      'an instance that is no name',
      () => put(Reports.prototype, 'run', YEARLY, { name: 'a', instance: 7 }),
      /instance: 7 must be a name/,
    ],
  ])('%s', (_, decorating, message) => {
    expect(decorating).toThrow(LockConfigError);
    expect(decorating).toThrow(message);
  });
});
