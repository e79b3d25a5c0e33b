/** What a process leaves behind that is told to end while it asks for a run, or has one. */
import type { JobBody, JobOptions } from '@holdfast/core';
import { expect, it, onTestFinished } from 'vitest';
import { always, eventually } from '../../support/eventually.js';
import { startFaultProxy } from '../../support/fault-proxy.js';
import { openHoldfast } from '../../support/holdfasts.js';
import { runsOf } from '../../support/job-taker.js';
import { uniqueNamespace } from '../../support/namespace.js';
import { sharedRedisUrl } from '../../support/shared-redis.js';

const JOB: JobOptions = { name: 'report', cron: '*/2 * * * * *', ttl: '20s', overlap: 'queue-one' };

async function slowReplica(namespace: string, body: JobBody) {
  const proxy = await startFaultProxy(Number(new URL(sharedRedisUrl()).port));
  onTestFinished(() => proxy.stop());
  const holdfast = await openHoldfast(proxy.url, { namespace, attemptTimeout: '2s' });
  holdfast.jobs.define(JOB, body);
  return { proxy, holdfast };
}

it('a tick that was claimed while its process ended is run by another one', async () => {
  const namespace = uniqueNamespace();
  const ran: string[] = [];
  const { proxy, holdfast } = await slowReplica(namespace, () => ran.push('slow'));
  const claims: number[] = [];
  await eventually(() => ran.length > 0);
  proxy.onRequest(([name = '', ...args]) => {
    // The claim of a tick: the only call whose first argument behind seven keys is a tick.
    if (name.toUpperCase() === 'EVALSHA' && args[1] === '7') claims.push(Number(args[9]));
  });
  proxy.delay(200);
  await eventually(() => claims.length > 0);
  const before = ran.length;
  await holdfast.close(1_000);
  expect(ran.length).toBe(before);

  const other = await openHoldfast(sharedRedisUrl(), { namespace });
  const taken: string[] = [];
  other.jobs.define(JOB, (run) => taken.push(run.id));
  await eventually(() => taken.length > 0);
  expect(taken[0]).toBe(String(claims[0]));
});

it('a run that does not end within the grace is tried again by another process, if it is to be', async () => {
  const namespace = uniqueNamespace();
  const job: JobOptions = { name: 'long', ttl: '20s', onCrash: 'rerun' };
  const first = await openHoldfast(sharedRedisUrl(), { namespace });
  const aborted: unknown[] = [];
  first.jobs.define(job, async (run) => {
    run.signal.addEventListener('abort', () => aborted.push(run.signal.reason));
    await run.saveCheckpoint('half');
    await new Promise(() => undefined);
  });
  await eventually(async () => (await first.jobs.runNow('long')).outcome === 'started');
  const second = await openHoldfast(sharedRedisUrl(), { namespace });
  const again: unknown[] = [];
  second.jobs.define(job, (run) => again.push([run.attempt, run.checkpoint]));
  await eventually(async () => (await second.jobs.inspect('long')).running.length === 1);
  await first.close(50);
  expect(aborted).toMatchObject([{ code: 'ERR_LOCK_LOST', reason: 'closed' }]);
  await eventually(() => again.length > 0);
  expect(again).toEqual([[2, 'half']]);
});

it('what runs when its process is told to end may come to its end, and counts', async () => {
  const namespace = uniqueNamespace();
  const first = await openHoldfast(sharedRedisUrl(), { namespace });
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  first.jobs.define({ name: 'long' }, () => gate);
  await eventually(async () => (await first.jobs.runNow('long')).outcome === 'started');
  const closing = first.close(5_000);
  const { jobs } = await openHoldfast(sharedRedisUrl(), { namespace });
  await always(async () => (await jobs.inspect('long')).running.length === 1, 200);
  open();
  await closing;
  expect((await runsOf(jobs, 'long')).map(({ outcome }) => outcome)).toEqual(['ok']);
});
