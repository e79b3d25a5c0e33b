import { Injectable, Scope, type Type } from '@nestjs/common';
import { Cron, Interval, ScheduleModule, Timeout } from '@nestjs/schedule';
import { LockConfigError, WithLock, type LockedMethodDecorator } from '@holdfast/nest';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { decorate } from './support/decorate.js';
import { buildApp, LogLines, startApp } from './support/test-app.js';

const SCHEDULES = [
  ['@Cron', () => Cron('0 0 1 1 *')],
  ['@Interval', () => Interval(1_000_000)],
  ['@Timeout', () => Timeout(1_000_000)],
] as const;

const WITHOUT_WHEN_BUSY =
  'Report.run: whenBusy: undefined must be given on a scheduled method, or each replica would wait and then do the ' +
  "same work in turn; say whenBusy: 'skip' with holdAtLeast to run it on one of them, or whenBusy: 'throw'";

describe.each(SCHEDULES)('%s', (_, schedule) => {
  it.each(['above', 'below'])('%s a bare @WithLock stops the boot and names the fix', async (where) => {
    const lock = WithLock('report');
    const Report = reportClass(where === 'above' ? [schedule(), lock] : [lock, schedule()]);
    const error = await bootError([Report]);
    expect(error).toBeInstanceOf(LockConfigError);
    expect(error).toMatchObject({
      faults: [WITHOUT_WHEN_BUSY],
    });
  });

  it.each(['above', 'below'])("%s whenBusy: 'skip' without holdAtLeast is warned about", async (where) => {
    const lock = WithLock({ name: 'report', whenBusy: 'skip' });
    const log = await bootLog([reportClass(where === 'above' ? [schedule(), lock] : [lock, schedule()])]);
    expect(log.of('warn', 'Report.run skips when busy but has no holdAtLeast')).toHaveLength(1);
  });

  it.each([
    WithLock({ name: 'report', whenBusy: 'skip', holdAtLeast: '5s' }),
    WithLock({ name: 'report', whenBusy: 'throw' }),
  ])('is fine with what says whenBusy (%#)', async (lock: LockedMethodDecorator<[], 'skip' | 'throw'>) => {
    expect((await bootLog([reportClass([schedule(), lock])])).of('warn', 'Report.run')).toEqual([]);
  });
});

describe('the boot', () => {
  it('looks at an override that is scheduled and calls super', async () => {
    const Report = reportClass([WithLock('report')]);
    @Injectable()
    class Nightly extends Report {
      override async run(): Promise<void> {
        return super.run();
      }
    }
    decorate(Nightly.prototype, 'run', [Cron('0 0 1 1 *')]);
    expect(await bootError([Nightly])).toMatchObject({ faults: [WITHOUT_WHEN_BUSY] });
  });

  it('looks at request-scoped providers, and at objects of factories', async () => {
    const decorators = [Cron('0 0 1 1 *'), WithLock('report')];
    const [Scoped, Made] = [reportClass(decorators), reportClass(decorators)];
    Injectable({ scope: Scope.REQUEST })(Scoped);
    expect(await bootError([Scoped])).toMatchObject({ faults: [WITHOUT_WHEN_BUSY] });
    const provider = { provide: 'REPORT', useFactory: () => new Made() };
    expect(await bootError([provider])).toMatchObject({ faults: [WITHOUT_WHEN_BUSY] });
  });

  it('asks nothing of scheduled methods without a lock, nor of locks without a schedule', async () => {
    const log = await bootLog([reportClass([Cron('0 0 1 1 *')]), reportClass([WithLock('report')])]);
    expect(log.of('warn')).toEqual([]);
    expect(log.of('error')).toEqual([]);
  });

  it('tells every fault of every method in one error', async () => {
    const bad = (options: object): MethodDecorator => Reflect.apply(WithLock, undefined, [options]);
    const error = await bootError([
      reportClass([bad({ name: '', ttl: '30 parsecs', wait: -1 })]),
      reportClass([bad({ name: 'x'.repeat(10_000), holdAtMost: Number.NaN, whenbusy: 'skip' })]),
      reportClass([bad({ name: 'report', key: 'id', whenBusy: 'wait', returns: 'rows', ttl: 0 })]),
      reportClass([
        bad({ name: 'report', holdAtMost: '25d', holdAtLeast: -5, whenLost: 'shrug', reentrant: 1 }),
      ]),
    ]);
    expect(error).toBeInstanceOf(LockConfigError);
    const faults = error instanceof LockConfigError ? error.faults : [];
    const expected = [
      /^name: "" must not be empty$/,
      /^ttl: "30 parsecs" is not a duration; give milliseconds or a number with a unit: .*'30s'/,
      /^wait: -1 must not be negative$/,
      /^name: "x{10,100}…" has 10000 bytes, at most 512 are allowed$/,
      /^holdAtMost: NaN must be finite$/,
      /^whenbusy: unknown option; there are name, key, whenBusy, .*wait$/,
      // Of a wrong key the type is told, not the text.
      /^key: string must be a function of the arguments$/,
      /^whenBusy: "wait" must be 'throw' or 'skip'$/,
      /^returns: "rows" must be 'promise', 'observable' or 'async-iterable'$/,
      /^ttl: 0 must be at least 100 ms$/,
      /^holdAtMost: "25d" must be at most 2073600000 ms \(24d\)$/,
      /^holdAtLeast: -5 must not be negative$/,
      /^whenLost: "shrug" must be 'throw' or 'report'$/,
      /^reentrant: 1 must be true or false$/,
    ];
    const told = faults.map((fault) => fault.replace(/^Report\.run: /, ''));
    expect(told).toEqual(expect.arrayContaining(expected.map((rule) => expect.stringMatching(rule))));
    expect(faults.filter((fault) => fault.startsWith('Report.run: '))).toHaveLength(expected.length);
    expect(faults).toHaveLength(expected.length);
    expect(faults.every((fault) => fault.length < 400)).toBe(true);
  });

  it('that fails leaves no connection open', async () => {
    const before = openSockets();
    await bootError([reportClass([Cron('0 0 1 1 *'), WithLock('report')])]);
    expect(await eventually(() => openSockets() <= before)).toBe(true);
  });
});

async function bootError(providers: Parameters<typeof buildApp>[0]['providers']): Promise<unknown> {
  const app = await buildApp({ imports: [ScheduleModule.forRoot()], providers: providers ?? [] });
  try {
    await app.init();
  } catch (error) {
    return error;
  }
  await app.close();
  throw new Error('the application started');
}

async function bootLog(providers: Type[]): Promise<LogLines> {
  const logger = new LogLines();
  await startApp({ imports: [ScheduleModule.forRoot()], providers, logger });
  return logger;
}

function reportClass(decorators: readonly MethodDecorator[]): Type<{ run(): Promise<void> }> {
  @Injectable()
  class Report {
    async run(): Promise<void> {}
  }
  decorate(Report.prototype, 'run', decorators);
  return Report;
}

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
}
