import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  ClusterCron,
  currentLease,
  getHoldfastToken,
  getLockServiceToken,
  HoldfastModule,
  JobService,
  LeaseLostError,
  LockBusyError,
  LockService,
  WithLock,
  type JobRun,
} from '@holdfast/nest';
import { SettableClock } from '@holdfast/embedded';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bypassJobs } from '../bypass/bypass-jobs.js';
import { bypassLocks } from '../bypass/bypass-locks.js';
import { bypassRun } from '../bypass/bypass-run.js';
import { LockTesting } from '../lock-testing/lock-testing.js';
import { HoldfastTestingModule, lockTesting } from './holdfast-testing.module.js';

@Injectable()
class Reports {
  readonly written: string[] = [];

  @WithLock({ name: 'report', key: (day: string) => day, wait: 0 })
  async write(day: string, work: () => Promise<void> = async () => undefined): Promise<number> {
    await work();
    this.written.push(day);
    return currentLease()?.fence ?? 0;
  }
}

/** An application as it goes to production; nothing listens at that address. */
@Module({
  imports: [HoldfastModule.forRoot({ connection: 'redis://127.0.0.1:1', namespace: 'shop' })],
  providers: [Reports],
})
class AppModule {}

async function testApp(options: Parameters<typeof HoldfastTestingModule.forRoot>[0] = {}) {
  const app = await Test.createTestingModule({
    imports: [HoldfastTestingModule.forRoot({ log: () => undefined, ...options })],
    providers: [Reports],
  }).compile();
  await app.init();
  onTestFinished(() => app.close());
  return { app, reports: app.get(Reports), testing: lockTesting(app, options.instance) };
}

describe('HoldfastTestingModule', () => {
  it('guards methods with real locks, without a server', async () => {
    const { reports, testing } = await testApp();
    const elsewhere = await testing.holdElsewhere('report', 'monday');
    await expect(reports.write('monday')).rejects.toThrow(LockBusyError);
    await elsewhere.release();
    expect(await reports.write('monday')).toBeGreaterThan(elsewhere.fence);
    expect(reports.written).toEqual(['monday']);
  });

  it('moves time only when the test does, and can take a lock away', async () => {
    const clock = new SettableClock();
    const { reports, testing } = await testApp({ clock, namespace: 'mine' });
    expect(testing.clock).toBe(clock);
    const run = reports.write('monday', async () => {
      await clock.advance('1h');
      expect(currentLease()?.held).toBe(true);
      await testing.lose('report', 'monday');
      await clock.advance('10s');
      expect(() => currentLease()?.assertHeld()).toThrow(LeaseLostError);
    });
    await expect(run).rejects.toThrow(LeaseLostError);
    expect(Object.keys(testing.dump()).some((key) => key.startsWith('hf1:mine:'))).toBe(true);
  });

  it('closes although a lock is held and the clock stands still', async () => {
    const { app, testing } = await testApp({ shutdown: { grace: 50 } });
    const lease = await app.get(LockService).acquire('forgotten');
    await testing.holdElsewhere('other');
    await app.close();
    expect(lease.signal.reason).toMatchObject({ reason: 'closed' });
    expect(testing.connection.controls.connections).toEqual([]);
  });

  it('stands for a named instance, too', async () => {
    const app = await Test.createTestingModule({
      imports: [HoldfastTestingModule.forRoot({ instance: 'billing' })],
    }).compile();
    await app.init();
    onTestFinished(() => app.close());
    await lockTesting(app, 'billing').holdElsewhere('job');
    const locks = app.get<LockService>(getLockServiceToken('billing'));
    expect(await locks.tryAcquire('job')).toBeUndefined();
    expect(() => lockTesting(app)).toThrow(/LockTesting/);
  });
});

describe('a whole application under test', () => {
  it('runs on locks in memory when its instance is overridden', async () => {
    const testing = new LockTesting();
    onTestFinished(() => testing.close());
    const app = await Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(getHoldfastToken())
      .useFactory({ factory: () => testing.open() })
      .compile();
    await app.init();
    await testing.holdElsewhere('report', 'monday');
    await expect(app.get(Reports).write('monday')).rejects.toThrow(LockBusyError);
    expect(await app.get(Reports).write('tuesday')).toBeGreaterThan(0);
    await app.close();
  });

  it('runs without locks when its service is overridden as well', async () => {
    const testing = new LockTesting();
    const locks = bypassLocks();
    const app = await Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(getHoldfastToken())
      .useFactory({ factory: () => testing.open() })
      .overrideProvider(LockService)
      .useValue(locks)
      .compile();
    await app.init();
    onTestFinished(() => app.close());
    expect(await app.get(Reports).write('monday')).toBe(1);
    expect(locks.calls).toEqual([{ method: 'run', lockName: 'report', key: 'monday', options: { wait: 0 } }]);
  });
});

@Injectable()
class Imports {
  readonly seen: unknown[] = [];

  @ClusterCron('* * * * * *', { name: 'import' })
  @WithLock({ name: 'import', wait: 0 })
  async run(run: JobRun): Promise<void> {
    this.seen.push([run.checkpoint, currentLease()?.lockName]);
    await run.saveCheckpoint('done');
  }
}

describe('a class with a job', () => {
  it('is tested with a run made up, under locks and jobs that do nothing', async () => {
    const app = await Test.createTestingModule({
      providers: [
        Imports,
        { provide: LockService, useValue: bypassLocks() },
        { provide: JobService, useValue: bypassJobs() },
      ],
    }).compile();
    await app.init();
    onTestFinished(() => app.close());
    const run = bypassRun({ checkpoint: 'half' });
    await app.get(Imports).run(run);
    expect(app.get(Imports).seen).toEqual([['half', 'import']]);
    expect(run.checkpoint).toBe('done');
  });

  it('is tested as it is defined at boot, and runs only when the test says so', async () => {
    const jobs = bypassJobs();
    const app = await Test.createTestingModule({
      imports: [HoldfastTestingModule.forRoot({ log: () => undefined })],
      providers: [Imports],
    })
      .overrideProvider(JobService)
      .useValue(jobs)
      .compile();
    await app.init();
    onTestFinished(() => app.close());
    await lockTesting(app).clock.advance('1m');
    expect(app.get(Imports).seen).toEqual([]);
    const elsewhere = await lockTesting(app).holdElsewhere('import');
    await expect(jobs.run('import')).rejects.toThrow(LockBusyError);
    await elsewhere.release();
    expect((await jobs.run('import', { checkpoint: 'half' })).checkpoint).toBe('done');
    expect(app.get(Imports).seen).toEqual([['half', 'import']]);
  });

  it('is left alone in a module without jobs, however much time passes', async () => {
    const told: string[] = [];
    const app = await Test.createTestingModule({
      imports: [
        HoldfastTestingModule.forRoot({
          jobs: { enabled: false },
          log: (level, message) => told.push(`${level}: ${message}`),
        }),
      ],
      providers: [Imports],
    }).compile();
    await app.init();
    onTestFinished(() => app.close());
    await lockTesting(app).clock.advance('1m');
    expect(app.get(JobService).list()).toMatchObject([{ name: 'import', runningHere: 0 }]);
    expect([app.get(Imports).seen, told]).toEqual([[], []]);
    expect(Object.keys(lockTesting(app).dump()).filter((key) => key.includes('{import}'))).toEqual([]);
  });
});
