import { LeaseLostError, LockBusyError } from '@holdfast/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LockTesting } from './lock-testing.js';

async function setUp() {
  const testing = new LockTesting();
  onTestFinished(() => testing.close());
  const app = await testing.open();
  return { testing, app };
}

describe('LockTesting', () => {
  it('holds a lock elsewhere, until its lease is released', async () => {
    const { testing, app } = await setUp();
    const lease = await testing.holdElsewhere('order', '1042');
    await expect(app.locks.acquire('order', { key: '1042', wait: 0 })).rejects.toThrow(LockBusyError);
    expect((await app.locks.tryAcquire('order', { key: '7' }))?.held).toBe(true);
    await testing.clock.advance('10m');
    expect(await testing.isHeld('order', '1042')).toBe(true);
    expect((await app.locks.inspect('order', '1042')).heldBy?.replica).toBe('elsewhere');
    await lease.release();
    expect(await testing.isHeld('order', '1042')).toBe(false);
  });

  it('does not take a lock that the application holds', async () => {
    const { testing, app } = await setUp();
    await app.locks.run('job', async () => {
      await expect(testing.holdElsewhere('job')).rejects.toThrow(LockBusyError);
    });
  });

  it('takes a lock away, and the holder is told at the next renewal', async () => {
    const { testing, app } = await setUp();
    const [lost, kept] = [await app.locks.acquire('a{b}', { key: 1 }), await app.locks.acquire('a{b}')];
    await testing.lose('a{b}', 1);
    expect(lost.held).toBe(true);
    await testing.clock.advance('10s');
    expect(lost.signal.reason).toBeInstanceOf(LeaseLostError);
    expect(kept.held).toBe(true);
  });

  it('says so when there is nothing to take away', async () => {
    const { testing } = await setUp();
    await expect(testing.lose('order', ['de', 7])).rejects.toThrow('Nobody holds "order" with key de, 7');
  });

  it('shows what is kept', async () => {
    const { testing, app } = await setUp();
    await app.locks.acquire('job');
    expect(Object.keys(testing.dump())).toContain('hf1:test:{job}:lock');
  });

  it('lets time pass while an instance waits for its holders to end', async () => {
    const { testing, app } = await setUp();
    const lease = await app.locks.acquire('job');
    expect(await app.drain(30)).toBe(1);
    await app.close(30);
    expect(lease.signal.reason).toMatchObject({ reason: 'closed' });
    await testing.close();
    expect(testing.connection.controls.connections).toEqual([]);
    expect(Object.keys(testing.dump()).filter((key) => !key.endsWith(':fence'))).toEqual([]);
  });
});
