/** A run of a job that its replicas do not know of does not begin. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { always, eventually } from '../support/eventually.js';
import { openHoldfast, rejectionOf } from '../support/holdfasts.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startReplicated, type ReplicatedRedis } from '../support/redis-replicas.js';

const REPLICAS = { replicas: { atLeast: 1, within: 200 } } as const;

let redis: ReplicatedRedis;
beforeEach(async () => {
  redis = await startReplicated();
});
afterEach(() => redis.stop());

it('a tick is not run while no replica has its claim, and is run once when one has', async () => {
  const namespace = uniqueNamespace();
  const instances = await Promise.all(
    [0, 1].map(() => openHoldfast(redis.primary.url, { namespace, ...REPLICAS })),
  );
  const ran: number[] = [];
  const define = { name: 'report', cron: '* * * * * *', missed: 'all', ttl: '10s' } as const;
  for (const { jobs } of instances) jobs.define(define, ({ scheduledAt }) => void ran.push(scheduledAt));
  await eventually(() => ran.length >= 2, { withinMs: 10_000 });
  redis.cutOff();
  // A claim whose replica answered before the cut may begin still.
  await eventually(async () => {
    const before = ran.length;
    await always(() => true, 300);
    return ran.length === before;
  });
  const before = ran.length;
  await always(() => ran.length === before, 2_200);
  await redis.heal();
  await eventually(() => ran.length >= before + 3, { withinMs: 10_000 });
  expect(ran).toHaveLength(new Set(ran).size);
});

it('who asks for a run that no replica has hears so, and the run is left to its lease', async () => {
  const { jobs } = await openHoldfast(redis.primary.url, REPLICAS);
  let runs = 0;
  jobs.define({ name: 'report', ttl: '2s' }, () => void (runs += 1));
  // A replica that has only just come may be late; what it was late with stands in the way until its lease is over.
  await eventually(
    async () => {
      await jobs.runNow('report').catch(() => undefined);
      return runs > 0;
    },
    { withinMs: 15_000 },
  );
  await eventually(async () => (await jobs.inspect('report')).running.length === 0);
  const before = runs;
  redis.cutOff();
  const error = await rejectionOf(jobs.runNow('report'));
  expect(error).toMatchObject({ code: 'ERR_LOCK_UNAVAILABLE', condition: 'not-replicated' });
  await always(() => runs === before, 500);
});
