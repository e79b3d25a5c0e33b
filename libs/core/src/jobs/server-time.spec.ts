import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WatchedClock } from '../../../../test/integration/protocol/support/watched-clock.js';
import { ServerTime } from './server-time.js';

const EPOCH = 1_800_000_000_000;

/** A server whose clock shows `EPOCH` when ours shows `from`, asked over a line that takes its time there and back. */
async function ask(
  clock: WatchedClock,
  time: ServerTime,
  line: { there: number; back: number; epoch?: number },
) {
  const sentAt = clock.now();
  await clock.advance(line.there);
  const serverMs = (line.epoch ?? EPOCH) + clock.now();
  await clock.advance(line.back);
  time.observe({ serverMs, sentAt });
}

describe("the server's clock", () => {
  it('is not known before the server has answered', () => {
    expect(new ServerTime(new WatchedClock()).now()).toBeUndefined();
  });

  it('P8.2: is known to half of a round trip, whatever the way there and back took', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(500), fc.nat(500), fc.nat(100_000), async (there, back, later) => {
        const clock = new WatchedClock();
        const time = new ServerTime(clock);
        await ask(clock, time, { there, back });
        await clock.advance(later);
        const errorMs = Math.abs((time.now() ?? NaN) - (EPOCH + clock.now()));
        expect(errorMs).toBeLessThanOrEqual((there + back) / 2 + 1e-6);
      }),
      { numRuns: 200 },
    );
  });

  it('is not made worse by a slow answer', async () => {
    const clock = new WatchedClock();
    const time = new ServerTime(clock);
    await ask(clock, time, { there: 1, back: 1 });
    await ask(clock, time, { there: 900, back: 0 });
    expect(Math.abs((time.now() ?? NaN) - (EPOCH + clock.now()))).toBeLessThanOrEqual(1);
  });

  it.each([-60_000, -200, 200, 60_000])('is followed at once when it is set by %i ms', async (jumpMs) => {
    const clock = new WatchedClock();
    const time = new ServerTime(clock);
    await ask(clock, time, { there: 1, back: 1 });
    await ask(clock, time, { there: 20, back: 20, epoch: EPOCH + jumpMs });
    expect(Math.abs((time.now() ?? NaN) - (EPOCH + jumpMs + clock.now()))).toBeLessThanOrEqual(20);
  });

  it('is looked at anew when what is known has grown old', async () => {
    const clock = new WatchedClock();
    const time = new ServerTime(clock);
    await ask(clock, time, { there: 1, back: 1 });
    await clock.advance(3_600_000);
    // Drifted by a second in an hour; an answer that is worse than the first one was, and better than it is now.
    await ask(clock, time, { there: 50, back: 50, epoch: EPOCH + 1_000 });
    expect(Math.abs((time.now() ?? NaN) - (EPOCH + 1_000 + clock.now()))).toBeLessThanOrEqual(50);
  });
});
