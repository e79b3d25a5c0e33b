/** Where it is remembered what came of something, a request may be answered by that in place of a grant. */
import { describe, expect, it } from 'vitest';
import { EngineBench } from '../../../../test/integration/protocol/support/engine-bench.js';

/** The heartbeat in line. */
const POLL_MS = 1_000;

describe('a request that is told what came of it', () => {
  it('is over, and leaves nothing behind', async () => {
    const bench = new EngineBench();
    const asked = bench.ask({ outcomeOf: 'anybody' });
    expect(bench.store.last.request.outcomeSince).toBe(0);
    bench.store.last.taken({ told: 'seven', position: 0 });
    await bench.clock.settle();
    expect(asked.value).toMatchObject({ outcome: 'busy', told: 'seven' });
    await bench.clock.advance(2 * POLL_MS);
    expect(bench.store.wire).toEqual(['acquire .1']);
  });

  it('while it stands in line gives up its place', async () => {
    const bench = new EngineBench();
    const asked = bench.ask({ outcomeOf: 'anybody' });
    bench.store.last.taken();
    await bench.clock.advance(POLL_MS);
    bench.store.last.taken({ told: 'seven' });
    await bench.clock.settle();
    expect(asked.value).toMatchObject({ outcome: 'busy', told: 'seven' });
    expect(bench.store.wire).toEqual(['acquire .1', 'acquire .1', 'release .1']);
  });
});

describe('a request for what comes of who is at it', () => {
  /** What is asked for at first, and with each of the next two polls. */
  async function asksFor(holder: string): Promise<readonly (number | undefined)[]> {
    const bench = new EngineBench();
    bench.ask({ outcomeOf: 'who-holds-it-now' });
    bench.store.last.taken({ holder, lastFence: 50 });
    await bench.clock.advance(POLL_MS);
    bench.store.last.taken({ holder: 'y', lastFence: 66 });
    await bench.clock.advance(POLL_MS);
    return bench.store.acquires.map(({ request }) => request.outcomeSince);
  }

  it('is answered by whoever held the lock when it was first asked, or had it later', async () => {
    expect(await asksFor('x')).toEqual([undefined, 50, 50]);
  });

  it('is not answered by who was done by then', async () => {
    expect(await asksFor('')).toEqual([undefined, 51, 51]);
  });
});
