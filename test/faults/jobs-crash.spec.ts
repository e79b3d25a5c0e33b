/** P8.6: a run whose process died or froze goes on in another one, and the first can do nothing about it any more. */
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.js';
import { openHoldfast } from '../support/holdfasts.js';
import { runsOf, startJobTaker, type TestJob } from '../support/job-taker.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { numberIn } from '../support/taker.js';

const TTL_MS = 1_000;
const NAME = 'close-books';
const STEPS = { workMs: 100, steps: 8 };

let server: RedisServer;
let namespace: string;
beforeEach(async () => {
  server = await startRedis();
  namespace = uniqueNamespace();
  onTestFinished(() => server.stop());
});

function start(replica: string, job: Partial<TestJob> = {}) {
  const jobs = [{ name: NAME, ttl: TTL_MS, onCrash: 'rerun', body: STEPS, ...job } as const];
  return startJobTaker({ url: server.url, namespace, replica, jobs });
}

it('a run whose process is killed goes on in another one within ttl + 1 s, from the last checkpoint', async () => {
  const [first, second] = await Promise.all([start('first'), start('second')]);
  first.send({ do: 'runNow', name: NAME });
  await first.message({ event: 'run' });
  const { jobs } = await openHoldfast(server.url, { namespace });
  // After the third checkpoint.
  await eventually(async () => ((await jobs.inspect(NAME)).running[0]?.progress ?? 0) >= 3 / 8);
  await first.kill('SIGKILL');
  const killedAt = performance.now();
  const again = await second.message({ event: 'run' }, TTL_MS + 1_000);
  expect(performance.now() - killedAt).toBeLessThanOrEqual(TTL_MS + 1_000);
  expect(again).toMatchObject({ attempt: 2 });
  expect(numberIn(again, 'from')).toBeGreaterThanOrEqual(3);
  await second.message({ event: 'ran' });
  const runs = await eventually(async () => {
    const all = await runsOf(jobs, NAME);
    return all.length === 2 ? all : undefined;
  });
  expect(runs.map(({ outcome, replica, attempt }) => [outcome, replica, attempt])).toEqual([
    ['lost', 'first', 1],
    ['ok', 'second', 2],
  ]);
  expect(runs[1]?.fence).toBeGreaterThan(runs[0]?.fence ?? Infinity);
});

it('a run whose process was frozen is lost, and when it wakes it can save nothing, say nothing and end nothing', async () => {
  const first = await start('first', { body: { ...STEPS, freezeAt: 3 } });
  first.send({ do: 'runNow', name: NAME });
  const frozen = await first.message({ event: 'freezing' });
  const second = await start('second');
  await second.message({ event: 'ran' }, 10_000);
  first.thaw();
  expect(await first.message({ event: 'woke' })).toMatchObject({
    aborted: true,
    saved: { code: 'ERR_LOCK_LOST' },
    progress: false,
  });
  const { jobs } = await openHoldfast(server.url, { namespace });
  await eventually(async () => (await jobs.inspect(NAME)).running.length === 0);
  const runs = await runsOf(jobs, NAME);
  expect(runs.map(({ outcome, replica }) => [outcome, replica])).toEqual([
    ['lost', 'first'],
    ['ok', 'second'],
  ]);
  expect(runs[0]?.fence).toBe(numberIn(frozen, 'fence'));
});

it('a run that is only written down as lost is not tried again', async () => {
  const onCrash = 'record';
  const [first, second] = await Promise.all([start('first', { onCrash }), start('second', { onCrash })]);
  first.send({ do: 'runNow', name: NAME });
  await first.message({ event: 'run' });
  await first.kill('SIGKILL');
  const { jobs } = await openHoldfast(server.url, { namespace });
  await eventually(async () => (await runsOf(jobs, NAME)).length === 1);
  expect((await runsOf(jobs, NAME)).map(({ outcome }) => outcome)).toEqual(['lost']);
  expect(second.messages.filter(({ event }) => event === 'run')).toEqual([]);
});

it('a process that is told to end leaves its run to another one at once, not after the ttl', async () => {
  const long = { ttl: 30_000, body: { workMs: 200, steps: 100, deaf: true } };
  const first = await start('first', long);
  first.send({ do: 'runNow', name: NAME });
  await first.message({ event: 'run' });
  const second = await start('second', long);
  first.send({ do: 'close', graceMs: 300 });
  const again = await second.message({ event: 'run' }, 5_000);
  expect(again).toMatchObject({ attempt: 2 });
});
