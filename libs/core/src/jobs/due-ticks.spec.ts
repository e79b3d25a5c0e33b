import { describe, expect, it } from 'vitest';
import { DueTicks } from './due-ticks.js';
import { resolveJob } from './resolve-job.js';
import type { JobOptions } from './job-options.js';

const NOON = Date.UTC(2026, 5, 1, 12);
const MINUTE = 60_000;

function ticksOf(options: Partial<JobOptions> = {}, floorMs = NOON): DueTicks {
  const { own, escapedName } = resolveJob({ name: 'report', cron: '* * * * *', ...options });
  if (own.schedule === undefined) throw new Error('a job without a schedule');
  return new DueTicks(own.schedule, { held: own, job: escapedName, floorMs });
}

/** Everything that is due at `now`, settled one by one. */
function settleAll(ticks: DueTicks, now: number): number[] {
  const settled: number[] = [];
  for (let tick = ticks.first(now); tick !== undefined; tick = ticks.first(now)) {
    settled.push(tick.at);
    ticks.settled(tick);
  }
  return settled;
}

describe('due ticks', () => {
  it('come in order, each until it is settled, none at the floor or before', () => {
    const ticks = ticksOf();
    const now = NOON + 2 * MINUTE;
    expect(ticks.first(NOON + MINUTE - 1)).toBeUndefined();
    expect(ticks.first(now)).toEqual({ at: NOON + MINUTE, delayMs: 0, nextAt: now });
    expect(ticks.first(now)?.at).toBe(NOON + MINUTE);
    expect(settleAll(ticks, now)).toEqual([NOON + MINUTE, now]);
    expect(ticks.first(now)).toBeUndefined();
  });

  it('tell when the next one comes', () => {
    const ticks = ticksOf();
    expect(ticks.nextDueAt()).toBe(NOON + MINUTE);
    settleAll(ticks, NOON + MINUTE);
    expect(ticks.nextDueAt()).toBe(NOON + 2 * MINUTE);
  });

  it('that were missed are the newest 100 at most', () => {
    const ticks = ticksOf();
    const settled = settleAll(ticks, NOON + 500 * MINUTE);
    expect([settled.length, settled[0], settled.at(-1)]).toEqual([
      100,
      NOON + 401 * MINUTE,
      NOON + 500 * MINUTE,
    ]);
  });

  it('P8.7: are delayed by the same jitter in every process, and by different ones from tick to tick', () => {
    const options = { jitter: '20s' } as const;
    const delays = [ticksOf(options), ticksOf(options)].map((ticks) =>
      Array.from({ length: 20 }, () => {
        const dueAt = ticks.nextDueAt();
        const tick = ticks.first(dueAt);
        if (tick === undefined) throw new Error('not due when it said it would be');
        ticks.settled(tick);
        return tick.delayMs;
      }),
    );
    expect(delays[0]).toEqual(delays[1]);
    expect(new Set(delays[0]).size).toBeGreaterThan(10);
    expect(Math.max(...(delays[0] ?? []))).toBeLessThanOrEqual(20_000);
  });

  it('forget the token of a claim with the tick that it was for', () => {
    const ticks = ticksOf();
    ticks.token = 'proof';
    settleAll(ticks, NOON + MINUTE);
    expect(ticks.token).toBeUndefined();
  });
});
