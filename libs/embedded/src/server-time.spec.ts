import type { Clock } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { ServerTime } from './server-time.js';
import { SettableClock } from './settable-clock.js';

describe('ServerTime', () => {
  it('never tells the same instant twice, and leaves room for a block of fences in between', () => {
    const time = new ServerTime(new SettableClock());
    const first = time.nextUs();
    expect([time.nextUs(), time.nextUs()]).toEqual([first + 16, first + 32]);
  });

  it('follows the wall clock forwards, and back when somebody set it back', () => {
    let wallMs = 1_000_000;
    const clock: Clock = {
      now: () => 0,
      wallNow: () => wallMs,
      nowAfterSuspendCheck: () => 0,
      setTimer: () => () => undefined,
      keepAlive: () => undefined,
    };
    const time = new ServerTime(clock);
    expect(time.nextUs()).toBe(1_000_000_000);
    wallMs += 5;
    expect(time.nextUs()).toBe(1_000_005_000);
    wallMs -= 500_000;
    expect(time.nextUs()).toBe(500_005_000);
  });
});
