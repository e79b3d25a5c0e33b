import { describe, expect, it } from 'vitest';
import { WatchedClock } from '../../../../test/integration/protocol/support/watched-clock.js';
import { MAX_TIMER_MS } from '../time/duration.js';
import { Countdown } from './countdown.js';

function setUp(lastsMs: number) {
  const clock = new WatchedClock();
  const fired: string[] = [];
  const countdown = new Countdown(clock, lastsMs);
  const arm = (delayMs: number, name = 'next'): void =>
    countdown.arm(
      delayMs,
      () => fired.push(name),
      () => fired.push('end'),
    );
  return { clock, fired, countdown, arm };
}

describe('a countdown', () => {
  it('fires for what comes next when that is before the end', async () => {
    const { clock, fired, arm, countdown } = setUp(1_000);
    await clock.advance(300);
    arm(500);
    await clock.advance(2_000);
    expect([fired, countdown.elapsedMs]).toEqual([['next'], 2_300]);
  });

  it.each([
    ['is sooner', 800],
    ['is at the same time', 700],
    ['is over already', 5_000],
  ])('fires for the end when that %s', async (_what, delayMs) => {
    const { clock, fired, arm } = setUp(1_000);
    await clock.advance(300);
    arm(delayMs);
    await clock.advance(700);
    expect(fired).toEqual(['end']);
  });

  it('fires for the end at once when it is armed behind it', async () => {
    const { clock, fired, arm } = setUp(1_000);
    await clock.advance(3_000);
    arm(500);
    await clock.advance(0);
    expect(fired).toEqual(['end']);
  });

  it("P9 has one timer, which is ref'd, for somebody awaits what stands behind it", async () => {
    const { clock, fired, arm, countdown } = setUp(1_000);
    for (const name of ['a', 'b', 'c']) arm(100, name);
    expect(clock.armed).toEqual({ ref: 1, unref: 0 });
    await clock.advance(500);
    expect(fired).toEqual(['c']);
    arm(100, 'd');
    countdown.cancel();
    countdown.cancel();
    await clock.advance(5_000);
    expect([fired, clock.pendingTimers]).toEqual([['c'], 0]);
  });

  it('has no end when it lasts for ever, and counts what is longer than a timer can', async () => {
    const { clock, fired, arm } = setUp(Infinity);
    arm(MAX_TIMER_MS + 500);
    await clock.advance(MAX_TIMER_MS);
    expect([fired, clock.armed.ref]).toEqual([[], 1]);
    await clock.advance(499);
    expect(fired).toEqual([]);
    await clock.advance(1);
    expect(fired).toEqual(['next']);
    arm(Infinity);
    for (let month = 0; month < 3; month += 1) await clock.advance(MAX_TIMER_MS);
    expect([fired, clock.armed.ref]).toEqual([['next'], 1]);
  });
});
