/** What becomes of ticks that nobody could claim, because Redis was away. */
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.js';
import { openHoldfast } from '../support/holdfasts.js';
import { runsOf, skipsOf, startJobTaker, type TestJob } from '../support/job-taker.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis } from '../support/redis-server.js';

const PERIOD_MS = 2_000;
const LATENESS_MS = 1_000;
const POLICIES = ['skip', 'last', 'all'] as const;

/** The time of day to a tick of the period and `afterMs` behind it. */
function phaseOf(now: number): number {
  return now % PERIOD_MS;
}

it('of three ticks in an outage none, the last one, or all are made up for', async () => {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  const namespace = uniqueNamespace();
  const jobs = POLICIES.map((missed): TestJob => ({
    name: missed,
    missed,
    cron: '*/2 * * * * *',
    lateness: LATENESS_MS,
    body: { workMs: 20 },
  }));
  const options = { url: server.url, namespace, jobs, attemptTimeout: 500 };
  await Promise.all(['r0', 'r1', 'r2'].map((replica) => startJobTaker({ ...options, replica })));
  const { jobs: observer } = await openHoldfast(server.url, { namespace });
  await eventually(async () => (await runsOf(observer, 'all')).length > 0);

  await eventually(() => phaseOf(Date.now()) > 300 && phaseOf(Date.now()) < 600);
  await server.kill('SIGSTOP');
  const frozenAt = Date.now();
  const firstMissed = frozenAt - phaseOf(frozenAt) + PERIOD_MS;
  const lastMissed = firstMissed + 2 * PERIOD_MS;
  await eventually(() => Date.now() > lastMissed + LATENESS_MS + 200, { withinMs: 10_000 });
  await server.kill('SIGCONT');

  const missed = [firstMissed, firstMissed + PERIOD_MS, lastMissed];
  const after = String(lastMissed + PERIOD_MS);
  for (const policy of POLICIES)
    await eventually(async () => (await runsOf(observer, policy)).some(({ run }) => run === after), {
      withinMs: 10_000,
    });
  const made = async (policy: string): Promise<readonly number[]> => {
    const late = (await runsOf(observer, policy)).filter(({ scheduledAt }) => missed.includes(scheduledAt));
    expect(late.every(({ outcome }) => outcome === 'ok')).toBe(true);
    return late.map(({ scheduledAt }) => scheduledAt);
  };
  await eventually(async () => (await made('all')).length === 3);
  expect(await made('skip')).toEqual([]);
  expect(await made('last')).toEqual([lastMissed]);
  expect((await made('all')).toSorted((one, other) => one - other)).toEqual(missed);
  const skipped = (await skipsOf(observer, 'skip')).filter(({ scheduledAt }) => missed.includes(scheduledAt));
  expect(skipped.map(({ reason }) => reason)).toEqual(['missed', 'missed', 'missed']);
}, 60_000);
