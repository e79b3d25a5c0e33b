import { describe, expect, it } from 'vitest';
import { WatchedClock } from '../../../test/integration/protocol/support/watched-clock.js';
import { healthOf, missingOfOne, replicaTrouble, type Health } from './health.js';
import type { JobSummary } from './jobs/job-service.js';
import { StoreError, type StoreCondition } from './lease/store-error.js';
import type { Replication } from './redis/script-host.js';

const ATTEMPT_TIMEOUT_MS = 1_000;

const job = (name: string, overdueSince?: number): JobSummary => ({
  ...{ name, cron: '* * * * *', timeZone: 'UTC', paused: false, runningHere: 0, nextRunAt: undefined },
  overdueSince,
});

interface Process {
  /** Those that grants wait for. */
  readonly replicas?: Replication;
  readonly clock?: WatchedClock;
  readonly jobs?: readonly JobSummary[];
  /** What the store answers when it is asked for a card. */
  readonly lookUp: (processId: string) => Promise<string | undefined>;
}

function healthIn({
  clock = new WatchedClock(),
  jobs = [],
  replicas: asked,
  lookUp,
}: Process): Promise<Health> {
  const missing = () => missingOfOne(clock, ATTEMPT_TIMEOUT_MS, lookUp('p'));
  const replicas = () => replicaTrouble(asked, clock, ATTEMPT_TIMEOUT_MS);
  return healthOf({ missing, replicas, jobs: { list: () => jobs }, clock });
}

const refusing = (condition: StoreCondition) => () =>
  Promise.reject(new StoreError(condition, 'away', { ambiguous: false }));

describe('the health of a process', () => {
  it.each([['its card'], [undefined]])('is up when the server answers about it: %s', async (card) => {
    const asked: string[] = [];
    const health = await healthIn({
      jobs: [job('report')],
      lookUp: async (processId) => {
        asked.push(processId);
        return card;
      },
    });
    expect([health, asked]).toEqual([{ status: 'up', roundTripMs: 0 }, ['p']]);
  });

  it('says how long the answer took', async () => {
    const clock = new WatchedClock();
    const lookUp = () =>
      new Promise<undefined>((resolve) => clock.setTimer(40, () => resolve(undefined), 'unref'));
    const asked = healthIn({ clock, lookUp });
    await clock.advance(40);
    expect(await asked).toEqual({ status: 'up', roundTripMs: 40 });
    expect(clock.armed).toEqual({ ref: 0, unref: 0 });
  });

  it('is degraded while the server answers and jobs are overdue, and says which and since when', async () => {
    const jobs = [job('report', 5), job('in time'), job('clean-up', 7)];
    expect(await healthIn({ jobs, lookUp: async () => undefined })).toEqual({
      status: 'degraded',
      roundTripMs: 0,
      overdue: [
        { job: 'report', since: 5 },
        { job: 'clean-up', since: 7 },
      ],
      missing: [],
    });
  });

  it.each([
    ['acknowledged', { status: 'up', roundTripMs: 0 }],
    ['too-few', { status: 'degraded', roundTripMs: 0, overdue: [], missing: [], replicas: 'too-few' }],
    ['not-asked', { status: 'degraded', roundTripMs: 0, overdue: [], missing: [], replicas: 'not-asked' }],
  ] as const)('goes by what replicas say, where they are asked: %s', async (state, health) => {
    const replicas = { state: async () => state };
    expect(await healthIn({ replicas, lookUp: async () => undefined })).toEqual(health);
  });

  it('takes replicas that say nothing for too few', async () => {
    const clock = new WatchedClock();
    const silent = { state: () => new Promise<'acknowledged'>(() => undefined) };
    const asked = healthIn({ clock, replicas: silent, lookUp: async () => undefined });
    await clock.advance(ATTEMPT_TIMEOUT_MS);
    expect(await asked).toMatchObject({ status: 'degraded', roundTripMs: 0, replicas: 'too-few' });
  });

  it('is degraded while enough servers answer and some do not, and says which', async () => {
    const missing = async () => ['redis://b:6379/0'];
    const health = await healthOf({ missing, jobs: { list: () => [] }, clock: new WatchedClock() });
    expect(health).toEqual({
      status: 'degraded',
      roundTripMs: 0,
      overdue: [],
      missing: ['redis://b:6379/0'],
    });
  });

  it.each(['disconnected', 'loading', 'no-permission', 'busy-script'] as const)(
    'is down with the condition %s of the server, and says what is overdue',
    async (condition) => {
      expect(await healthIn({ lookUp: refusing(condition) })).toEqual({
        status: 'down',
        condition,
        overdue: [],
      });
      const jobs = [job('report', 5)];
      expect(await healthIn({ jobs, lookUp: refusing(condition) })).toEqual({
        status: 'down',
        condition,
        overdue: [{ job: 'report', since: 5 }],
      });
    },
  );

  it('is down, and no rejection, also when the store fails in a way of its own', async () => {
    const lookUp = () => Promise.reject(new TypeError('a fault of the store'));
    expect(await healthIn({ lookUp })).toMatchObject({ status: 'down', condition: 'unexpected' });
  });

  it('is told within the time of one attempt when the server never answers', async () => {
    const clock = new WatchedClock();
    let told: Health | undefined;
    const asked = healthIn({ clock, lookUp: () => new Promise(() => undefined) }).then((health) => {
      told = health;
    });
    await clock.advance(ATTEMPT_TIMEOUT_MS - 1);
    expect(told).toBeUndefined();
    await clock.advance(1);
    await asked;
    expect(told).toEqual({ status: 'down', condition: 'timeout', overdue: [] });
    expect(clock.armed).toEqual({ ref: 0, unref: 0 });
  });
});
