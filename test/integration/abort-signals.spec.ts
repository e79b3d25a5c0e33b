/** Callers give up by their own signals, one for each or one for all of them. */
import { getEventListeners } from 'node:events';
import { LockAbortedError } from '@holdfast/core';
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.js';
import { openHoldfast, rejectionOf } from '../support/holdfasts.js';
import { sharedRedisUrl } from '../support/shared-redis.js';

function collectWarnings(): readonly Error[] {
  const warnings: Error[] = [];
  const collect = (warning: Error): number => warnings.push(warning);
  process.on('warning', collect);
  onTestFinished(() => {
    process.off('warning', collect);
  });
  return warnings;
}

it('two hundred callers wait under one signal: no warning of a leak, all are told, no listener is left', async () => {
  const warnings = collectWarnings();
  const { locks } = await openHoldfast(sharedRedisUrl());
  const held = await locks.acquire('lock');
  const { signal, abort } = abortable();
  const waiting = Array.from({ length: 200 }, () => rejectionOf(locks.acquire('lock', { signal })));
  await eventually(async () => (await locks.inspect('lock')).waiting === 1);
  abort('enough');
  for (const error of await Promise.all(waiting)) {
    expect(LockAbortedError.is(error)).toBe(true);
    expect(error).toMatchObject({ cause: 'enough' });
  }
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  expect(warnings).toEqual([]);
  await eventually(async () => (await locks.inspect('lock')).waiting === 0);
  expect(await held.release()).toBe('released');
});

it('granted acquisitions take their listeners along, also when others still wait under the same signal', async () => {
  const warnings = collectWarnings();
  const { locks } = await openHoldfast(sharedRedisUrl());
  const { signal } = abortable();
  const free = await Promise.all(
    Array.from({ length: 50 }, (_, key) => locks.acquire('free', { key, signal })),
  );
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  expect(warnings).toEqual([]);
  await Promise.all(free.map((lease) => lease.release()));
});

it('a signal that is aborted already: nothing is sent', async () => {
  const { locks } = await openHoldfast(sharedRedisUrl());
  const reason = new Error('before it began');
  const error = await rejectionOf(locks.acquire('lock', { signal: AbortSignal.abort(reason) }));
  expect(error).toMatchObject({ code: 'ERR_LOCK_ABORTED', cause: reason });
  expect(await locks.inspect('lock')).toMatchObject({ held: false, lastFence: 0, waiting: 0 });
});

function abortable(): { signal: AbortSignal; abort: (reason: string) => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: (reason) => controller.abort(reason) };
}
