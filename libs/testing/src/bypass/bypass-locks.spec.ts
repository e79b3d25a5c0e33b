import { currentLease, LeaseLostError, LockConfigError } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { bypassLocks } from './bypass-locks.js';

describe('bypassLocks()', () => {
  it('runs bodies under a lease that is held, one inside the other and side by side', async () => {
    const locks = bypassLocks();
    const value = await locks.run('job', async (outer) => {
      outer.assertHeld();
      expect(currentLease()).toBe(outer);
      const inner = await locks.run('job', async (lease) => lease.fence);
      expect(inner).toBeGreaterThan(outer.fence);
      expect(outer.signal.aborted).toBe(false);
      return 'done';
    });
    expect(value).toBe('done');
    expect(currentLease()).toBeUndefined();
    await expect(locks.tryRun('job', () => 7)).resolves.toEqual({ ran: true, value: 7 });
  });

  it('passes on what the body throws, and ends its lease', async () => {
    const locks = bypassLocks();
    const mine = new Error('mine');
    await expect(locks.run('job', () => Promise.reject(mine))).rejects.toBe(mine);
    await expect(locks.inspect('job')).resolves.toMatchObject({ held: false, lastFence: 1 });
  });

  it('gives every lease a higher fence, and ends each with its release', async () => {
    const locks = bypassLocks();
    const first = await locks.acquire('job', { key: 1 });
    const second = await locks.tryAcquire('job', { key: '1' });
    expect(second.fence).toBeGreaterThan(first.fence);
    await first.release();
    await expect(locks.inspect('job', 1)).resolves.toMatchObject({ held: true });
    await second.release();
    await second.release();
    await expect(locks.inspect('job', 1)).resolves.toMatchObject({ held: false });
    expect(() => first.assertHeld()).toThrow(LeaseLostError);
  });

  it('writes down what was asked for', async () => {
    const locks = bypassLocks();
    await locks.run('order', { key: ['de', 7], ttl: '5s' }, () => undefined);
    const signal = new AbortController().signal;
    await locks.prepare('report', { wait: 0 }).tryRun('daily', signal, () => undefined);
    await locks.tryAcquire('job');
    expect(locks.calls).toEqual([
      { method: 'run', lockName: 'order', key: ['de', 7], options: { ttl: '5s' } },
      { method: 'tryRun', lockName: 'report', key: 'daily', options: { wait: 0, signal } },
      { method: 'tryAcquire', lockName: 'job', key: undefined, options: {} },
    ]);
  });

  it('refuses what the real service would refuse, without running the body', async () => {
    const locks = bypassLocks();
    const body = (): never => expect.fail('ran');
    await expect(locks.run('job', { ttl: 1 }, body)).rejects.toThrow(/ttl: 1 must be at least 100 ms/);
    await expect(locks.run('', body)).rejects.toThrow(LockConfigError);
    await expect(locks.run('job', { key: [] }, body)).rejects.toThrow(/key: an empty array/);
    expect(() => locks.prepare('job', { holdAtLeast: '2s', holdAtMost: '1s' })).toThrow(LockConfigError);
    expect(locks.calls).toEqual([]);
  });
});
