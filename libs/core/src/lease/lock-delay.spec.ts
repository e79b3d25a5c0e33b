/** A lock delay lengthens the key and nothing else: what its holder believes, and when it asks, stay as they are. */
import { describe, expect, it } from 'vitest';
import { cohort, giveBack, passTo } from '../../../../test/integration/protocol/support/cohort.js';
import { EngineBench, leaseOf } from '../../../../test/integration/protocol/support/engine-bench.js';
import { RENEWED } from '../../../../test/integration/protocol/support/scripted-store.js';
import { validityMs } from './deadline.js';

const TERMS = { ttlMs: 3_000, lockDelayMs: 60_000 };

describe('a lock delay', () => {
  it('is asked for with the lease and with each renewal, every third of the ttl', async () => {
    const bench = new EngineBench();
    const lease = await bench.hold(TERMS);
    expect(bench.store.last.request.ttlMs).toBe(63_000);
    bench.store.renewsAtOnce = RENEWED;
    await bench.clock.advance(10_000);
    const asked = bench.store.renewals.map(({ request }) => request[0]?.ttlMs);
    expect([asked.length >= 9, ...new Set(asked)]).toEqual([true, 63_000]);
    expect(lease.held).toBe(true);
  });

  it('is nothing that the holder may believe in', async () => {
    const bench = new EngineBench();
    const lease = await bench.hold(TERMS);
    expect(lease.remainingMs).toBe(validityMs(3_000));
    bench.clock.jump(validityMs(3_000));
    expect(lease.held).toBe(false);
  });

  it('leaves the key alone when the lease ran out, also when its holder gives it back after that', async () => {
    const bench = new EngineBench();
    const lease = await bench.hold(TERMS);
    bench.clock.jump(3_000);
    expect(lease.held).toBe(false);
    expect(await lease.release()).toBe('lost');
    await bench.clock.advance(1_000);
    expect(bench.store.wire).toEqual(['acquire .1']);
  });

  it('leaves the key alone when holdAtMost ends the holder, and when the instance closes under it', async () => {
    const bench = new EngineBench();
    const [limited, closed] = [
      await bench.hold({ ...TERMS, holdAtMostMs: 500 }),
      await bench.hold({ ...TERMS, identity: 'other' }),
    ];
    bench.clock.jump(500);
    expect(limited.held).toBe(false);
    const closing = bench.engine.close(0);
    await bench.clock.advance(1_000);
    await closing;
    expect([closed.held, await limited.release(), await closed.release()]).toEqual([false, 'lost', 'lost']);
    expect(bench.store.releases).toEqual([]);
  });

  it('of the next in line is as long or the lease is not passed on inside the process', async () => {
    const same = await cohort(1, TERMS);
    await passTo(same.bench, same.lease, same.waiters[0]);
    expect(same.bench.store.wire).toEqual(['acquire .1']);
    const longer = await cohort(1, { ...TERMS, lockDelayMs: 60_001 }, TERMS);
    await giveBack(longer.bench, longer.lease);
    expect(longer.bench.store.wire).toEqual(['acquire .1', 'release .1', 'acquire .2']);
  });

  it('is there from the first moment: a pushed grant, whose key is short, is confirmed before it is used', async () => {
    const pushes = async (terms: typeof TERMS | { ttlMs: number }) => {
      const bench = new EngineBench();
      const asked = await bench.wait(terms, { lastFence: 50 });
      bench.store.push({ kind: 'granted', token: bench.store.last.request.token, fence: 66, lastsMs: 2_000 });
      await bench.clock.settle();
      return { bench, asked };
    };
    expect((await pushes({ ttlMs: 3_000 })).asked.state).toBe('fulfilled');
    const { bench, asked } = await pushes(TERMS);
    expect([asked.state, bench.store.last.request.ttlMs]).toEqual(['open', 63_000]);
    bench.store.last.grant(66);
    await bench.clock.settle();
    expect(leaseOf(asked).fence).toBe(66);
  });
});
