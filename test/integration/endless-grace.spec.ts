/** Waiting for holders without an end, and what is no time to wait. */
import { describe, expect, it } from 'vitest';
import { watch } from './protocol/support/engine-bench.js';
import { always, within } from '../support/eventually.js';
import { openHoldfast, rejectionOf } from '../support/holdfasts.js';
import { sharedRedisUrl } from '../support/shared-redis.js';

describe('without an end', () => {
  it('drain(Infinity) lasts until the holder has given back', async () => {
    const holdfast = await openHoldfast(sharedRedisUrl());
    const lease = await holdfast.locks.acquire('order');
    const draining = holdfast.drain(Infinity);
    const drained = watch(draining);
    await always(() => drained.state === 'open', 300);
    await lease.release();
    expect(await within(1_000, 'the end of the drain', draining)).toBe(0);
  });

  it('close(Infinity) lasts until the holder has given back, and ends nobody', async () => {
    const holdfast = await openHoldfast(sharedRedisUrl());
    const lease = await holdfast.locks.acquire('order');
    const closing = holdfast.close(Infinity);
    const closed = watch(closing);
    await always(() => closed.state === 'open' && lease.held, 300);
    expect(await lease.release()).toBe('released');
    await within(2_000, 'the end of the close', closing);
    expect(lease.signal.aborted).toBe(false);
  });
});

describe.each([Number.NaN, -1, -Infinity])('a time of %d', (time) => {
  it('is refused by drain, which names its argument', async () => {
    const holdfast = await openHoldfast(sharedRedisUrl());
    const lease = await holdfast.locks.acquire('order');
    const error = await rejectionOf(holdfast.drain(time));
    expect(error).toMatchObject({ code: 'ERR_LOCK_CONFIG' });
    expect(String(error)).toContain('withinMs');
    expect(lease.held).toBe(true);
  });

  it('is refused by close, which names its argument and closes nothing', async () => {
    const holdfast = await openHoldfast(sharedRedisUrl());
    const lease = await holdfast.locks.acquire('order');
    const error = await rejectionOf(holdfast.close(time));
    expect(error).toMatchObject({ code: 'ERR_LOCK_CONFIG' });
    expect(String(error)).toContain('graceMs');
    expect(lease.held).toBe(true);
    expect(await (await holdfast.locks.acquire('other')).release()).toBe('released');
    await holdfast.close(0);
    expect(await rejectionOf(holdfast.locks.acquire('order'))).toMatchObject({ code: 'ERR_LOCK_CLOSED' });
  });
});
