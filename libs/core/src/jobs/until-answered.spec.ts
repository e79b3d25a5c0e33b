import { describe, expect, it } from 'vitest';
import { WatchedClock } from '../../../../test/integration/protocol/support/watched-clock.js';
import { StoreError } from '../lease/store-error.js';
import { untilAnswered } from './until-answered.js';

/** A server that is away, asked by a process until `gone` aborts. */
function asking(patienceMs: number) {
  const clock = new WatchedClock();
  const leaving = new AbortController();
  let calls = 0;
  const answer = untilAnswered({ clock, attemptTimeoutMs: 1_000, gone: leaving.signal }, patienceMs, () => {
    calls += 1;
    return Promise.reject(new StoreError('disconnected', 'away', { ambiguous: false }));
  });
  return { clock, leaving, answer, calls: () => calls };
}

describe('what has to be said', () => {
  it('is said again and again for as long as patience lasts', async () => {
    const { clock, answer, calls } = asking(10_000);
    await clock.advance('5s');
    expect(calls()).toBeGreaterThan(4);
    expect(clock.armed.ref).toBe(1);
    await clock.advance('10s');
    expect(await answer).toBeUndefined();
    expect(clock.armed).toEqual({ ref: 0, unref: 0 });
  });

  it('keeps no process alive that has left', async () => {
    const { clock, leaving, answer, calls } = asking(10_000);
    await clock.advance('1s');
    const before = calls();
    leaving.abort();
    await clock.settle();
    expect(await answer).toBeUndefined();
    expect([calls(), clock.armed]).toEqual([before, { ref: 0, unref: 0 }]);
  });
});
