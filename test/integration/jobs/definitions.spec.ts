/** P8.5: replicas of several versions of an application go by one definition, also while they are being replaced. */
import type { JobOptions, JobService } from '@holdfast/core';
import { expect, it } from 'vitest';
import { always, eventually } from '../../support/eventually.js';
import { openHoldfast } from '../../support/holdfasts.js';
import { uniqueNamespace } from '../../support/namespace.js';
import { sharedRedisUrl } from '../../support/shared-redis.js';

const NAME = 'report';
const YEARLY = '0 0 1 1 *';
const NIGHTLY = '0 3 * * *';
const HOURLY = '0 * * * *';

function replicaOf(namespace: string) {
  return async (options: Partial<JobOptions>): Promise<JobService> => {
    const { jobs } = await openHoldfast(sharedRedisUrl(), { namespace });
    jobs.define({ name: NAME, ...options }, () => undefined);
    return jobs;
  };
}

const cronOf = (jobs: JobService): string | undefined => jobs.list()[0]?.cron;
/** Polls come twice a second. */
const TWO_POLLS_MS = 1_100;

it('P8.5: the definition that was registered last holds for all, and that an old replica starts again changes nothing', async () => {
  const replica = replicaOf(uniqueNamespace());
  const old = await replica({ cron: NIGHTLY });
  await eventually(() => old.list()[0]?.nextRunAt !== undefined);
  // Registered by the next poll at the latest.
  await eventually(async () => (await old.runNow(NAME)).outcome === 'started');
  const newer = await replica({ cron: HOURLY });
  await eventually(() => cronOf(old) === HOURLY);
  const again = await replica({ cron: NIGHTLY });
  await eventually(() => cronOf(again) === HOURLY);
  await always(() => cronOf(newer) === HOURLY && cronOf(old) === HOURLY, TWO_POLLS_MS, 50);
  expect([cronOf(old), cronOf(newer), cronOf(again)]).toEqual([HOURLY, HOURLY, HOURLY]);
});

it('P8.5: an explicit version wins over one that was registered later', async () => {
  const replica = replicaOf(uniqueNamespace());
  const two = await replica({ cron: NIGHTLY, version: 2 });
  await eventually(async () => (await two.runNow(NAME)).outcome === 'started');
  const one = await replica({ cron: HOURLY, version: 1 });
  await eventually(() => cronOf(one) === NIGHTLY);
  const three = await replica({ cron: YEARLY, version: 3 });
  await eventually(() => [one, two, three].every((jobs) => cronOf(jobs) === YEARLY));
  expect(cronOf(two)).toBe(YEARLY);
});

it('P8.5: options make another definition, not only the expression: the server goes by those that hold', async () => {
  const namespace = uniqueNamespace();
  const gate = new Promise<void>(() => undefined);
  const replica = async (options: Partial<JobOptions>): Promise<JobService> => {
    const { jobs } = await openHoldfast(sharedRedisUrl(), { namespace });
    jobs.define({ name: NAME, cron: YEARLY, ...options }, () => gate);
    return jobs;
  };
  const skipping = await replica({ overlap: 'skip' });
  await eventually(async () => (await skipping.runNow(NAME)).outcome === 'started');
  expect(await skipping.runNow(NAME)).toEqual({ outcome: 'skipped', reason: 'overlap' });
  await replica({ overlap: 'queue-one' });
  await eventually(async () => (await skipping.runNow(NAME)).outcome === 'queued');
  expect((await skipping.inspect(NAME)).waiting).toMatch(/^manual-/);
});
