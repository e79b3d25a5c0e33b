/** What a process leaves behind that is told to end while it asks for a run, over a line that takes its time. */
import type { JobBody, JobOptions } from '@holdfast/core';
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { startFaultProxy } from '../../support/fault-proxy.js';
import { openHoldfast } from '../../support/holdfasts.js';
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
