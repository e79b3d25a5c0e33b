/** Giving back, limits, shutdown: what the engine does with a lease that is held. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  ATTEMPT_MS,
  EngineBench,
  watch,
} from '../../../../test/integration/protocol/support/engine-bench.js';
import { RENEWED } from '../../../../test/integration/protocol/support/scripted-store.js';

afterEach(() => vi.restoreAllMocks());

describe('a release', () => {
  it('P5.1 is the last word: no renewal is sent for its token any more', async () => {
    const bench = new EngineBench();
    const lease = await bench.hold({ ttlMs: 3_000 });
    bench.store.answersReleases = false;
    const released = watch(lease.release());
    await bench.clock.advance(10_000);
    expect(bench.store.wire).toEqual(['acquire .1', 'release .1']);
    expect(released.value).toBe('unknown');
  });

  it('P5.1 stands behind the renewals in flight, whose answers mean nothing any more', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.9);
    const bench = new EngineBench();
    const lease = await bench.hold({ ttlMs: 3_000 });
    await bench.clock.advance(1_000);
    const released = watch(lease.release());
    expect(bench.store.wire).toEqual(['acquire .1', 'renew .1', 'release .1']);
    bench.store.renewals[0]?.say({ outcome: 'lost' });
    await bench.clock.settle();
    expect(released.value).toBe('released');
    expect(bench.events.map(({ type }) => type)).toEqual(['granted', 'released']);
    expect(bench.clock.pendingTimers).toBe(0);
  });

  it.each([
    ['released', (bench: EngineBench) => bench.store.releases[0]?.answer(true)],
    ['lost', (bench: EngineBench) => bench.store.releases[0]?.answer(false)],
    ['unknown', (bench: EngineBench) => bench.store.releases[0]?.fail('disconnected')],
    ['unknown', () => undefined],
  ] as const)('P5.5 never rejects: %s', async (outcome, answer) => {
    const bench = new EngineBench();
    const lease = await bench.hold();
    bench.store.answersReleases = false;
    const released = watch(lease.release());
    answer(bench);
    await bench.clock.advance(ATTEMPT_MS);
    expect(released).toMatchObject({ state: 'fulfilled', value: outcome });
    expect(bench.store.releases).toHaveLength(1);
    expect(bench.events.at(-1)).toMatchObject({ type: 'released', outcome });
  });

  it('of a lease that ran out is still sent, for the key may be there, and says lost', async () => {
    const bench = new EngineBench();
    const lease = await bench.hold({ ttlMs: 1_000 });
    bench.clock.jump(2_000);
    expect(await lease.release()).toBe('lost');
    expect(bench.store.wire).toEqual(['acquire .1', 'release .1']);
  });

  it('of a lease that the server called lost is not sent', async () => {
    const bench = new EngineBench();
    const lease = await bench.hold({ ttlMs: 3_000 });
    await bench.clock.advance(1_000);
    bench.store.renewals[0]?.say({ outcome: 'lost' });
    await bench.clock.settle();
    expect(await lease.release()).toBe('lost');
    expect(bench.store.releases).toEqual([]);
  });

  it('P5.2 keeps the lock taken for the rest of holdAtLeast, rounded up', async () => {
    const bench = new EngineBench();
    const lease = await bench.hold({ holdAtLeastMs: 5_000 });
    await bench.clock.advance(1_200);
    await lease.release();
    expect(bench.store.releases[0]?.request.holdMs).toBe(3_800);
    const over = await bench.hold({ holdAtLeastMs: 100 });
    await bench.clock.advance(101);
    await over.release();
    expect(bench.store.releases[1]?.request.holdMs).toBe(0);
  });
});

describe('limits', () => {
  it('holdAtMost gives the lock back and aborts the holder with an error of its own', async () => {
    const bench = new EngineBench();
    bench.store.renewsAtOnce = RENEWED;
    const lease = await bench.hold({ ttlMs: 3_000, holdAtMostMs: 7_000 });
    const { signal } = lease;
    await bench.clock.advance(6_990);
    expect(signal.aborted).toBe(false);
    await bench.clock.advance(20);
    expect(signal.reason).toMatchObject({ code: 'ERR_LOCK_HOLD_LIMIT', holdAtMostMs: 7_000 });
    expect(bench.store.wire.at(-1)).toBe('release .1');
    expect(await lease.release()).toBe('lost');
    expect(bench.store.releases).toHaveLength(1);
    expect(bench.engine.load).toEqual({ held: 0, waiting: 0 });
  });

  it('one warning and one event say that a lease is held for ten times its ttl', async () => {
    const bench = new EngineBench();
    bench.store.renewsAtOnce = RENEWED;
    const lease = await bench.hold({ ttlMs: 3_000 });
    await bench.clock.advance(29_990);
    expect(bench.logged).toEqual([]);
    await bench.clock.advance(60_000);
    expect(bench.logged).toEqual([expect.stringContaining('has no holdAtMost')]);
    expect(bench.events.filter(({ type }) => type === 'held-long')).toHaveLength(1);
    expect(lease.held).toBe(true);
  });
});

describe('a drain', () => {
  it('waits for those who hold now, not for those who come, and says how many are left', async () => {
    const bench = new EngineBench();
    bench.store.renewsAtOnce = RENEWED;
    const [first, second] = [await bench.hold(), await bench.hold({ identity: 'b' })];
    const drained = watch(bench.engine.drain(5_000));
    await bench.hold({ identity: 'c' });
    await first.release();
    await bench.clock.settle();
    expect(drained.state).toBe('open');
    second.lose('taken');
    await bench.clock.settle();
    expect(drained.value).toBe(0);
    const stubborn = watch(bench.engine.drain(5_000));
    await bench.clock.advance(5_000);
    expect(stubborn.value).toBe(1);
  });

  it('of nobody is over at once and leaves no timer', async () => {
    const bench = new EngineBench();
    expect(await bench.engine.drain(5_000)).toBe(0);
    expect(bench.clock.pendingTimers).toBe(0);
  });
});

describe('a close', () => {
  it('lets holders finish in the grace, and ends and releases what is left', async () => {
    const bench = new EngineBench();
    bench.store.renewsAtOnce = RENEWED;
    const [quick, slow] = [await bench.hold(), await bench.hold({ identity: 'b' })];
    const { signal } = slow;
    const closed = watch(bench.engine.close(2_000));
    await bench.clock.advance(1_000);
    await quick.release();
    expect([signal.aborted, closed.state]).toEqual([false, 'open']);
    await bench.clock.advance(1_000);
    expect(signal.reason).toMatchObject({ code: 'ERR_LOCK_LOST', reason: 'closed' });
    expect([closed.state, bench.store.wire.at(-1)]).toEqual(['fulfilled', 'release .2']);
    expect(bench.clock.pendingTimers).toBe(0);
  });

  it('waits for an answer to its releases, but not so long that a shutdown hangs', async () => {
    const bench = new EngineBench();
    await bench.hold();
    bench.store.answersReleases = false;
    const closed = watch(bench.engine.close(0));
    await bench.clock.advance(399);
    expect(closed.state).toBe('open');
    await bench.clock.advance(2);
    expect(closed.state).toBe('fulfilled');
  });

  it('P1.4 in the tick of a grant wins, and the lease is released', async () => {
    const bench = new EngineBench();
    const asked = bench.ask();
    bench.store.last.grant();
    await Promise.resolve();
    const closed = watch(bench.engine.close(1_000));
    await bench.clock.advance(1_000);
    expect(asked.error).toMatchObject({ code: 'ERR_LOCK_CLOSED' });
    expect(bench.store.wire).toEqual(['acquire .1', 'release .1']);
    expect([closed.state, bench.engine.load.held]).toEqual(['fulfilled', 0]);
  });

  it('leaves nothing held, however few microtasks lie between a grant and it', async () => {
    for (let gap = 0; gap < 8; gap += 1) {
      const bench = new EngineBench();
      bench.ask();
      bench.store.last.grant();
      for (let turn = 0; turn < gap; turn += 1) await Promise.resolve();
      const closed = watch(bench.engine.close(0));
      await bench.clock.advance(ATTEMPT_MS);
      expect([closed.state, bench.engine.load.held]).toEqual(['fulfilled', 0]);
      // Twice when the grant came after the end.
      expect([...new Set(bench.store.wire)]).toEqual(['acquire .1', 'release .1']);
      expect(bench.clock.pendingTimers).toBe(0);
    }
  });
});
