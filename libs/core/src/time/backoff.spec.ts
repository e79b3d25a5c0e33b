import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WatchedClock } from '../../../../test/integration/protocol/support/watched-clock.js';
import { backoffMs } from './backoff.js';
import { within } from './within.js';

describe('a back-off', () => {
  it('grows up to its ceiling, less up to a quarter, however often it failed', () => {
    const policy = fc.record({
      firstMs: fc.integer({ min: 1, max: 500 }),
      mostMs: fc.integer({ min: 1, max: 60_000 }),
    });
    fc.assert(
      fc.property(
        policy,
        fc.nat(10_000),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (p, n, r) => {
          const full = Math.min(p.mostMs, p.firstMs * 2 ** Math.min(n, 30));
          const delay = backoffMs(p, n, r);
          return delay <= full && delay >= full * 0.75 && backoffMs(p, n + 1, r) >= delay;
        },
      ),
    );
  });

  it('differs from time to time, so that replicas do not come back together', () => {
    const delays = Array.from({ length: 50 }, () => backoffMs({ firstMs: 1_000, mostMs: 9_000 }, 2));
    expect(new Set(delays).size).toBeGreaterThan(40);
  });
});

describe('a limit on work', () => {
  it('gives what the work gives in time and leaves no timer', async () => {
    const clock = new WatchedClock();
    expect(await within(clock, 100, Promise.resolve('done'))).toBe('done');
    await expect(within(clock, 100, Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(clock.pendingTimers).toBe(0);
  });

  it('P9 gives nothing when the time is over, by a timer that keeps the process alive meanwhile', async () => {
    const clock = new WatchedClock();
    const late = within(clock, 100, new Promise(() => undefined));
    expect(clock.armed).toEqual({ ref: 1, unref: 0 });
    await clock.advance(100);
    expect(await late).toBeUndefined();
  });
});
