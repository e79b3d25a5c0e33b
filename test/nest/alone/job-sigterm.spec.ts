import * as common from '@nestjs/common';
import type { Holdfast, JobRun } from '@holdfast/core';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { startChild, type Child } from '../../support/child.js';
import { always, eventually } from '../../support/eventually.js';
import { openHoldfast } from '../../support/holdfasts.js';
import { keysBelow } from '../../support/keyspace.js';
import { sharedRedisUrl } from '../../support/shared-redis.js';

// The child runs on the Nest of this project; only Nest 12 has that pipe.
const NEST = 'StandardSchemaValidationPipe' in common ? 12 : 11;
const NEST_11 = ['--import', new URL('../../nest-11/load.mjs', import.meta.url).href];

/** The poll of the process that takes over, and some air. */
const TAKEN_OVER_WITHIN_MS = 1_000;

/** A process in the middle of a run, and another one of the same service that has no jobs yet. */
async function inMidRun(graceMs: number): Promise<{ office: Child; other: Holdfast; url: string }> {
  const other = await openHoldfast(sharedRedisUrl(), { preflight: 'off' });
  const office = startChild('test/nest/child/job-office.mjs', {
    args: [sharedRedisUrl(), other.namespace, String(graceMs)],
    execArgv: NEST === 11 ? NEST_11 : [],
  });
  onTestFinished(async () => void (await office.kill()));
  const url = String((await office.message({ said: 'ready', nest: NEST }))['url']);
  await office.message({ said: 'tick' });
  await eventually(async () => (await other.jobs.runNow('close-books')).outcome === 'queued');
  await office.message({ said: 'closing books' });
  return { office, other, url };
}

async function outcomesOf({ jobs }: Holdfast, name: string): Promise<string[]> {
  return (await jobs.history(name)).flatMap((entry) => (entry.kind === 'run' ? [entry.outcome] : []));
}

/** It ended by the signal, without a word of complaint, and of its runs only what is remembered is left. */
async function expectCleanEnd(office: Child, { namespace }: Holdfast): Promise<void> {
  expect(await office.exited).toEqual({ code: null, signal: 'SIGTERM' });
  expect(office.stderr).toBe('');
  const client = new Redis(sharedRedisUrl());
  onTestFinished(() => client.disconnect());
  const keys = await keysBelow(client, `hf1:${namespace}:`);
  expect(keys.filter((key) => key.includes(':process:'))).toHaveLength(2);
  expect(keys.filter((key) => key.endsWith(':running'))).toEqual([]);
  expect(await Promise.all(keys.map((key) => client.pttl(key)))).not.toContain(-1);
}

const said = (office: Child): unknown[] => office.messages.map((message) => message['said']);

it('SIGTERM in mid-run: no more ticks, requests are served, the run ends, then HTTP, then the process', async () => {
  const { office, other, url } = await inMidRun(10_000);
  process.kill(office.pid, 'SIGTERM');
  await office.message({ said: 'terminating' });
  // A tick that was claimed by then may still run.
  await eventually(async () => (await other.jobs.runNow('tick')).outcome === 'queued');
  const ticks = said(office).filter((text) => text === 'tick').length;
  await always(() => said(office).filter((text) => text === 'tick').length <= ticks + 1, 2_500);
  const order = await fetch(`${url}/order`, { headers: { connection: 'close' } });
  expect(await order.json()).toEqual({ served: true });
  expect(await outcomesOf(other, 'close-books')).toEqual([]);

  office.send({ go: 'books' });
  await office.message({ said: 'books closed', held: true });
  await expectCleanEnd(office, other);
  const steps = said(office).filter((text) => text !== 'tick');
  expect(steps).toEqual(['ready', 'closing books', 'terminating', 'books closed', 'HTTP is closed']);
  expect(await outcomesOf(other, 'close-books')).toEqual(['ok']);
}, 60_000);

it('SIGTERM in a run that takes too long: another process has it at once, from its checkpoint', async () => {
  const { office, other } = await inMidRun(300);
  const runs: JobRun[] = [];
  other.jobs.define({ name: 'close-books', cron: '0 0 1 1 *', onCrash: 'rerun' }, (run) => runs.push(run));
  process.kill(office.pid, 'SIGTERM');
  await office.message({ said: 'abandoned', reason: 'closed' });
  const again = await eventually(() => runs[0], { withinMs: TAKEN_OVER_WITHIN_MS });
  expect(again).toMatchObject({ attempt: 2, checkpoint: { pages: 12 } });
  await expectCleanEnd(office, other);
  expect(said(office).filter((text) => text !== 'tick')).toEqual([
    'ready',
    'closing books',
    'terminating',
    'HTTP is closed',
    'abandoned',
  ]);
  await eventually(async () => (await outcomesOf(other, 'close-books')).length === 2);
  expect(await outcomesOf(other, 'close-books')).toEqual(['ok', 'lost']);
}, 60_000);
