/** A body that blocks the event loop lets no timer fire: `holdAtMost` is then over all the same. */
import { expect, it } from 'vitest';
import { LockHoldLimitError } from '../index.js';
import { EngineBench } from '../../../../test/integration/protocol/support/engine-bench.js';

async function heldTooLong() {
  const bench = new EngineBench();
  const lease = await bench.hold({ ttlMs: 10_000, holdAtMostMs: 1_000 });
  bench.clock.jump(999);
  expect(lease.held).toBe(true);
  lease.assertHeld();
  bench.clock.jump(2);
  return { bench, lease };
}

const LIMIT = { code: 'ERR_LOCK_HOLD_LIMIT', holdAtMostMs: 1_000 };

it('assertHeld() throws the error of the limit before any timer has fired', async () => {
  const { lease } = await heldTooLong();
  expect(() => lease.assertHeld()).toThrow(LockHoldLimitError);
});

it('held is false and no time remains before any timer has fired', async () => {
  const { lease } = await heldTooLong();
  expect([lease.held, lease.remainingMs]).toEqual([false, 0]);
  expect(lease.endError).toMatchObject(LIMIT);
});

it('the signal is aborted with the error of the limit before any timer has fired', async () => {
  const { lease } = await heldTooLong();
  expect(lease.signal.aborted).toBe(true);
  expect(lease.signal.reason).toMatchObject(LIMIT);
});

it('a signal that was read before is aborted by whoever looks first', async () => {
  const bench = new EngineBench();
  const lease = await bench.hold({ ttlMs: 10_000, holdAtMostMs: 1_000 });
  const { signal } = lease;
  bench.clock.jump(1_001);
  expect(lease.held).toBe(false);
  expect(signal.reason).toMatchObject(LIMIT);
});

it('whoever looks first gives the lock back, and the timer that comes late tells nothing twice', async () => {
  const { bench, lease } = await heldTooLong();
  expect(lease.held).toBe(false);
  expect(bench.store.wire).toEqual(['acquire .1', 'release .1']);
  await bench.clock.advance(60_000);
  expect(bench.store.wire).toEqual(['acquire .1', 'release .1']);
  expect(bench.events.filter(({ type }) => type === 'lost')).toEqual([
    expect.objectContaining({ reason: 'hold-limit' }),
  ]);
  expect(bench.clock.pendingTimers).toBe(0);
});

it('a lease that ended by its own deadline before the limit is called expired', async () => {
  const bench = new EngineBench();
  const lease = await bench.hold({ ttlMs: 1_000, holdAtMostMs: 5_000 });
  bench.clock.jump(10_000);
  expect(lease.endError).toMatchObject({ code: 'ERR_LOCK_LOST', reason: 'expired' });
});
