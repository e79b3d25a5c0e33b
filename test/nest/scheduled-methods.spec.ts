import { Injectable, type Type } from '@nestjs/common';
import { Cron, Interval, ScheduleModule, SchedulerRegistry, Timeout } from '@nestjs/schedule';
import { currentLease, WithLock, type Lease } from '@holdfast/nest';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { decorate } from './support/decorate.js';
import { startApp, type TestApp } from './support/test-app.js';

// Waits in line, so that a call that is kept out can be seen there.
const LOCK = WithLock({ name: 'report', wait: '10s', whenBusy: 'skip', holdAtLeast: 0 });

interface Kind {
  readonly kind: string;
  readonly schedule: () => MethodDecorator;
  /** Makes the schedule call, where that is quicker than waiting for it. */
  readonly fire?: (shop: TestApp) => unknown;
}

const KINDS: Kind[] = [
  {
    kind: '@Cron',
    schedule: () => Cron('0 0 1 1 *', { name: 'yearly' }),
    fire: ({ app }) => app.get(SchedulerRegistry).getCronJob('yearly').fireOnTick(),
  },
  { kind: '@Interval', schedule: () => Interval(20) },
  { kind: '@Timeout', schedule: () => Timeout(20) },
];

describe.each(KINDS)('$kind', ({ schedule, fire }) => {
  it.each(['above', 'below'])(
    '%s @WithLock is called by its schedule, and runs only under the lock',
    async (where) => {
      const runs: unknown[] = [];
      const Job = jobClass(runs, where === 'above' ? [schedule(), LOCK] : [LOCK, schedule()]);
      const leases: Lease[] = [];
      const shop = await startApp({
        imports: [ScheduleModule.forRoot()],
        providers: [Job],
        meanwhile: async ({ locks }) => leases.push(await locks.acquire('report')),
      });
      const fired = fire?.(shop);

      await eventually(async () => (await shop.outsider.locks.inspect('report')).waiting === 1);
      expect(runs).toEqual([]);

      await leases[0]?.release();
      await eventually(() => runs.length > 0);
      expect(runs[0]).toEqual({ lock: 'report', held: true });
      await fired;
    },
  );
});

function jobClass(runs: unknown[], decorators: readonly MethodDecorator[]): Type {
  @Injectable()
  class Job {
    async run(): Promise<void> {
      runs.push({ lock: currentLease()?.lockName, held: currentLease()?.held });
    }
  }
  decorate(Job.prototype, 'run', decorators);
  return Job;
}
