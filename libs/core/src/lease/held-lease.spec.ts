import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loneLease } from '../../../../test/integration/protocol/support/lone-lease.js';
import { WatchedClock } from '../../../../test/integration/protocol/support/watched-clock.js';
import { LeaseLostError, LockHoldLimitError } from '../index.js';
import { abortMarginMs, validityMs } from './deadline.js';
import type { LeaseTerms } from './demand.js';

function setUp(terms: Partial<LeaseTerms> = {}) {
  const clock = new WatchedClock();
  return { clock, ...loneLease(clock, terms) };
}

describe('the margins', () => {
  it('P5.4 tell the holder 3 % of the ttl before the deadline, at least 25 ms', () => {
    expect([abortMarginMs(100), abortMarginMs(833), abortMarginMs(10_000)]).toEqual([25, 25, 300]);
    const { clock, lease } = setUp({ ttlMs: 10_000 });
    const { deadline } = lease.tenure;
    expect(lease.tenure.abortAt).toBe(deadline - abortMarginMs(validityMs(10_000)));
    expect(lease.tenure.abortAt).toBeGreaterThan(clock.now());
  });

  it('P5.4 leave 1 % of the ttl and 2 ms to clocks that drift', () => {
    expect([validityMs(100), validityMs(1_000), validityMs(30_000)]).toEqual([97, 988, 29_698]);
  });
});

describe('a lease', () => {
  it('is held until its deadline and lost from that very instant, before any timer has fired', () => {
    const { clock, lease, told } = setUp();
    clock.jump(987);
    expect([lease.held, lease.remainingMs, lease.signal.aborted]).toEqual([true, 1, false]);
    lease.assertHeld();
    clock.jump(1);
    expect(() => lease.assertHeld()).toThrow(LeaseLostError);
    expect([lease.held, lease.remainingMs, lease.signal.aborted]).toEqual([false, 0, true]);
    expect(lease.signal.reason).toMatchObject({ code: 'ERR_LOCK_LOST', reason: 'expired', fence: 7 });
    expect(told).toEqual(['lost expired']);
  });

  it('finds its signal aborted by reading it alone', () => {
    const { clock, lease } = setUp();
    const { signal } = lease;
    clock.jump(5_000);
    expect(lease.signal).toBe(signal);
    expect(signal.aborted).toBe(true);
  });

  it('lasts from when a confirmed renewal was sent, and moves its abort with it', () => {
    const { clock, lease } = setUp();
    const before = lease.tenure.abortAt;
    clock.jump(300);
    lease.renewed(clock.now() - 100);
    expect(lease.remainingMs).toBe(validityMs(1_000) - 100);
    expect(lease.tenure.abortAt - before).toBeCloseTo(200, 0);
  });

  it('is never shortened by the late answer to an earlier renewal, whatever order they come in', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(900), { minLength: 1 }), (sent) => {
        const { clock, lease } = setUp();
        const start = clock.now();
        clock.jump(900);
        for (const ago of sent) lease.renewed(start + ago);
        return lease.remainingMs === validityMs(1_000) + Math.max(0, ...sent) - 900;
      }),
    );
  });

  it('is not brought back by a renewal that is answered after the deadline', () => {
    const { clock, lease } = setUp();
    clock.jump(990);
    lease.renewed(clock.now());
    expect(lease.held).toBe(false);
    expect(() => lease.assertHeld()).toThrow('no renewal was confirmed before it ended');
  });

  it('keeps the first reason for its end', () => {
    const { lease, told } = setUp();
    lease.lose('taken');
    lease.lose('expired');
    lease.lose('hold-limit');
    expect(lease.endError).toMatchObject({ reason: 'taken' });
    expect(told).toEqual(['lost taken']);
  });

  it('tells its holder once and with an error of its own when it was held too long', () => {
    const { lease } = setUp({ holdAtMostMs: 400 });
    let aborts = 0;
    lease.signal.addEventListener('abort', () => (aborts += 1));
    lease.lose('hold-limit');
    lease.lose('hold-limit');
    expect(lease.signal.reason).toBeInstanceOf(LockHoldLimitError);
    expect(() => lease.assertHeld()).toThrow('longer than its holdAtMost of 400 ms');
    expect(aborts).toBe(1);
  });

  it('is released once, however often that is asked for, and aborts nobody', async () => {
    const { lease, told } = setUp();
    const { signal } = lease;
    expect(lease.release()).toBe(lease.release());
    expect(await lease.release()).toBe('released');
    lease.lose('taken');
    expect([signal.aborted, lease.held, lease.remainingMs, lease.endError]).toEqual([
      false,
      false,
      0,
      undefined,
    ]);
    expect(told).toEqual(['release']);
    expect(() => lease.assertHeld()).toThrow('it was released before');
  });

  it('gives itself back at the end of a block', async () => {
    const { lease, told } = setUp();
    {
      await using used = lease;
      expect(used.held).toBe(true);
    }
    expect(told).toEqual(['release']);
  });
});
