/** What becomes of ticks that nobody could claim, because Redis was away. */
import type { JobService } from '@holdfast/core';
import { expect, it, onTestFinished } from 'vitest';
import { eventually, within } from '../support/eventually.js';
import { openHoldfast } from '../support/holdfasts.js';
import type { Child } from '../support/child.js';
import { byRun, runsOf, skipsOf, startJobTaker, ticksOf, type TestJob } from '../support/job-taker.js';
import { rounds } from '../support/long.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis } from '../support/redis-server.js';
import { ask } from '../support/taker.js';

const PERIOD_MS = 2_000;
const LATENESS_MS = 1_000;
const POLICIES = ['skip', 'last', 'all'] as const;

const A_SECOND_MS = 1_000;
const DOWN_MS = rounds(5_000, 20_000);
const ATTEMPT_TIMEOUT_MS = 500;

/** How long it is since the last tick of the period. */
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
  const options = { url: server.url, namespace, jobs, attemptTimeout: ATTEMPT_TIMEOUT_MS };
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

/** What a process said in its log, without what differs between two runs of this test. */
function linesOf(child: Child): readonly string[] {
  const lines = child.messages.filter(({ event }) => event === 'log').map(({ message }) => String(message));
  return lines.map((line) =>
    line.replace(/ redis:\S+?(?=:? )/, '').replace(/(is overdue|No connection to)\b.*/, '$1'),
  );
}

/** Waits until every policy has run a tick behind `lastMissed`, and tells what each of them made of those before. */
async function madeUpFor(observer: JobService, missed: readonly string[]) {
  const lastMissed = Number(missed.at(-1));
  const told = POLICIES.map(async (policy) => {
    const [runs, skips] = [await runsOf(observer, policy), await skipsOf(observer, policy)];
    const late = runs.filter(({ run }) => missed.includes(run)).map(({ run }) => run);
    const skipped = skips.filter(({ run }) => missed.includes(run)).map(({ run }) => run);
    const settled = late.length + skipped.length === missed.length;
    return runs.some(({ scheduledAt }) => scheduledAt > lastMissed) && settled
      ? { late, skipped }
      : undefined;
  });
  const [skip, last, all] = await Promise.all(told);
  return skip && last && all ? { skip, last, all } : undefined;
}

it('Redis is down during many ticks: no process ends, hangs or runs one twice, and each says one line for each change', async () => {
  const server = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
  onTestFinished(() => server.stop());
  const namespace = uniqueNamespace();
  const job = { cron: '* * * * * *', lateness: '800ms', overlap: 'queue-one', body: { workMs: 20 } } as const;
  const watched: TestJob = { ...job, name: 'watched', missed: 'skip', overdueAfter: '3s' };
  const jobs: readonly TestJob[] = [...POLICIES.map((missed) => ({ ...job, name: missed, missed })), watched];
  const options = { url: server.url, namespace, jobs, attemptTimeout: ATTEMPT_TIMEOUT_MS };
  const replicas = await Promise.all(
    ['r0', 'r1', 'r2'].map((replica) => startJobTaker({ ...options, replica })),
  );
  const { jobs: observer } = await openHoldfast(server.url, { namespace });
  for (const { name } of jobs) await eventually(async () => (await runsOf(observer, name)).length > 0);
  for (const replica of replicas) expect(linesOf(replica)).toEqual([]);

  // No run is under way: what it had to say would be lines of its own.
  await eventually(() => Date.now() % A_SECOND_MS > 400 && Date.now() % A_SECOND_MS < 600, {
    withinMs: 20_000,
  });
  await server.kill('SIGTERM');
  const downAt = Date.now();
  const firstMissed = downAt - (downAt % A_SECOND_MS) + A_SECOND_MS;
  await eventually(() => Date.now() > downAt + DOWN_MS / 2, { withinMs: DOWN_MS });
  const answers = replicas.map((replica) =>
    ask(replica, { do: 'runNow', name: 'skip' }, { event: 'broken' }),
  );
  for (const answer of await within(ATTEMPT_TIMEOUT_MS + 1_000, 'the answers', Promise.all(answers)))
    expect(answer).toMatchObject({ code: 'ERR_LOCK_UNAVAILABLE' });
  await eventually(() => Date.now() > downAt + DOWN_MS, { withinMs: DOWN_MS });
  await server.launch();

  // The last ones of the outage may still have been claimed in time.
  const missed = Array.from({ length: DOWN_MS / A_SECOND_MS - 1 }, (_, at) =>
    String(firstMissed + at * A_SECOND_MS),
  );
  const { skip, last, all } = await eventually(() => madeUpFor(observer, missed), { withinMs: 20_000 });
  expect(skip).toEqual({ late: [], skipped: missed });
  expect(last.late.length).toBeLessThanOrEqual(1);
  expect([...last.skipped, ...last.late]).toEqual(missed);
  expect(all.late.toSorted()).toEqual(missed);
  for (const { name } of jobs) {
    const bodies = replicas.flatMap(({ messages }) =>
      messages.filter(({ event, job: of }) => event === 'run' && of === name),
    );
    const ran = bodies.map(({ run }) => run);
    expect(ran).toEqual([...new Set(ran)]);
  }
  const runs = await runsOf(observer, 'all');
  expect([...byRun(runs).keys()].toSorted()).toEqual(ticksOf(runs, A_SECOND_MS));
  const changes = [
    'No connection to',
    'Job "watched" is overdue',
    'Connected to again',
    'Job "watched" is not overdue any more',
  ];
  for (const replica of replicas) {
    await eventually(() => linesOf(replica).length >= changes.length);
    expect(linesOf(replica)).toEqual(changes);
    await replica.kill('SIGTERM');
    expect(await replica.exited).toEqual({ code: 0, signal: null });
  }
}, 90_000);
