import { describe, expect, it } from 'vitest';
import { WatchedClock } from '../../../../test/integration/protocol/support/watched-clock.js';
import type { Details } from '../event-channel.js';
import type { JobEvent } from '../job-events.js';
import type { JobOptions } from './job-options.js';
import { OverdueWatch } from './overdue-watch.js';
import { resolveJob } from './resolve-job.js';
import { ServerTime } from './server-time.js';

const MINUTE_MS = 60_000;
/** At the full minute. */
const EPOCH = 1_800_000_000_000;

/** A watch over `report`, the server's clock, and what was told. */
function watching() {
  const clock = new WatchedClock();
  const time = new ServerTime(clock);
  const told: Details<JobEvent>[] = [];
  const lines: string[] = [];
  const watch = new OverdueWatch('report', {
    time,
    log: (level, line) => lines.push(`${level}: ${line}`),
    publish: (details) => told.push(details()),
  });
  /** The server's clock shows this, as an answer without delay says, and the watch looks. */
  const lookAt = (serverMs: number): void => {
    time.observe({ serverMs, sentAt: clock.now() });
    watch.look();
  };
  return { clock, watch, told, lines, lookAt };
}

const every = (cron: string, options: Partial<JobOptions> = {}) =>
  resolveJob({ name: 'report', cron, overdueAfter: '30s', ...options }).own;
const minutely = every('* * * * *');

describe('a job', () => {
  it('is overdue when its next tick did not end well in time: told once, with tick and time', () => {
    const { watch, told, lines, lookAt } = watching();
    watch.expect(minutely, EPOCH);
    const due = EPOCH + MINUTE_MS;
    lookAt(due + 30_000);
    expect([watch.since, told]).toEqual([undefined, []]);
    for (const later of [1, 2, 60_000, 3_600_000]) lookAt(due + 30_000 + later);
    expect(watch.since).toBe(due);
    expect(told).toEqual([{ type: 'overdue', job: 'report', scheduledAt: due, expectedBy: due + 30_000 }]);
    expect(lines).toEqual([
      'warn: Job "report" is overdue: its run of 2027-01-15T08:01:00.000Z should have ended well by 2027-01-15T08:01:30.000Z',
    ]);
  });

  it('is overdue while nothing but time passes: no answer of the server is needed for that', async () => {
    const { clock, watch, lookAt } = watching();
    watch.expect(minutely, EPOCH);
    lookAt(EPOCH);
    await clock.advance(2 * MINUTE_MS);
    watch.look();
    expect(watch.since).toBe(EPOCH + MINUTE_MS);
  });

  it('is not overdue any more when that tick is accounted for: told once', () => {
    const { watch, told, lines, lookAt } = watching();
    watch.expect(minutely, EPOCH);
    const now = EPOCH + 2 * MINUTE_MS;
    lookAt(now);
    watch.expect(minutely, EPOCH + MINUTE_MS);
    for (const later of [0, 500, 1_000]) lookAt(now + later);
    expect([watch.since, told.length, lines.length]).toEqual([undefined, 2, 2]);
    expect(told[1]).toEqual({ type: 'recovered', job: 'report' });
    expect(lines[1]).toBe('log: Job "report" is not overdue any more');
  });

  it('that catches up and is still behind stays overdue, with the tick that it waits for now, and tells nothing', () => {
    const { watch, told, lookAt } = watching();
    watch.expect(minutely, EPOCH);
    const now = EPOCH + 5 * MINUTE_MS;
    lookAt(now);
    watch.expect(minutely, EPOCH + 2 * MINUTE_MS);
    lookAt(now);
    expect(watch.since).toBe(EPOCH + 3 * MINUTE_MS);
    expect(told.map(({ type }) => type)).toEqual(['overdue']);
  });

  it('may be overdue again after it recovered', () => {
    const { watch, told, lookAt } = watching();
    for (const accounted of [EPOCH, EPOCH + 10 * MINUTE_MS]) {
      watch.expect(minutely, accounted);
      lookAt(accounted);
      lookAt(accounted + 2 * MINUTE_MS);
    }
    expect(told.map(({ type }) => type)).toEqual(['overdue', 'recovered', 'overdue']);
  });

  it('that is paused or cannot be read here is waited for no longer, and afresh when that is over', () => {
    const { watch, told, lookAt } = watching();
    watch.expect(minutely, EPOCH);
    lookAt(EPOCH + 2 * MINUTE_MS);
    watch.rest();
    lookAt(EPOCH + 10 * MINUTE_MS);
    expect([watch.since, told.map(({ type }) => type)]).toEqual([undefined, ['overdue', 'recovered']]);
    // The same definition, accounted for up to the same tick as before.
    watch.expect(minutely, EPOCH);
    lookAt(EPOCH + 10 * MINUTE_MS);
    expect(watch.since).toBe(EPOCH + MINUTE_MS);
  });

  it('has its whole jitter on top', () => {
    const { watch, lookAt } = watching();
    watch.expect(every('* * * * *', { jitter: '20s' }), EPOCH);
    lookAt(EPOCH + MINUTE_MS + 50_000);
    expect(watch.since).toBeUndefined();
    lookAt(EPOCH + MINUTE_MS + 50_001);
    expect(watch.since).toBe(EPOCH + MINUTE_MS);
  });

  it('that is defined anew is waited for by its new schedule', () => {
    const { watch, told, lookAt } = watching();
    watch.expect(minutely, EPOCH);
    const now = EPOCH + 2 * MINUTE_MS;
    lookAt(now);
    watch.expect(every('*/10 * * * *'), EPOCH);
    lookAt(now);
    expect([watch.since, told.map(({ type }) => type)]).toEqual([undefined, ['overdue', 'recovered']]);
    lookAt(EPOCH + 11 * MINUTE_MS);
    expect(watch.since).toBe(EPOCH + 10 * MINUTE_MS);
  });

  it('without a schedule is never overdue', () => {
    const { watch, told, lookAt } = watching();
    watch.expect(resolveJob({ name: 'report' }).own, EPOCH);
    lookAt(EPOCH + 1_000 * MINUTE_MS);
    expect([watch.since, told]).toEqual([undefined, []]);
  });

  it("is not judged before the server's clock is known", async () => {
    const { clock, watch, told, lines } = watching();
    watch.expect(minutely, EPOCH);
    await clock.advance(60 * MINUTE_MS);
    watch.look();
    expect([watch.since, told, lines]).toEqual([undefined, [], []]);
  });
});
