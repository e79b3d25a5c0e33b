/** P4.3: a tenure that may not be passed on is released for good, and whoever hoped for it asks the store. */
import { describe, expect, it } from 'vitest';
import {
  cohort,
  giveBack,
  passTo,
  releasedTokens,
} from '../../../../test/integration/protocol/support/cohort.js';
import { EngineBench, leaseOf, watch } from '../../../../test/integration/protocol/support/engine-bench.js';
import { LOST } from '../../../../test/integration/protocol/support/scripted-store.js';
import type { Cohort } from '../../../../test/integration/protocol/support/cohort.js';
import { abortMarginMs, validityMs } from './deadline.js';
import { MAX_PASSING_MS } from './tenure.js';

/** A tenure that was granted when only `leftMs` of its validity were left, and somebody who hopes for it. */
async function grantedLate(ttlMs: number, leftMs: number): Promise<Cohort> {
  const bench = new EngineBench();
  const asked = bench.ask({ ttlMs });
  const waiters = [bench.ask({ ttlMs })];
  bench.clock.jump(validityMs(ttlMs) - leftMs);
  bench.store.last.grant();
  await bench.clock.settle();
  return { bench, lease: leaseOf(asked), waiters };
}

/** The lock is given back for good, and the next in line asks for it with a token of its own. */
async function expectRelease({ bench, lease, waiters }: Cohort): Promise<void> {
  const before = bench.store.wire.length;
  void lease.release();
  expect(bench.store.wire.slice(before)).toEqual(['release .1', 'acquire .2']);
  await expectServed({ bench, lease, waiters });
}

/** Everybody in line is granted what the server gives, one after the other. */
async function expectServed({ bench, waiters }: Cohort): Promise<void> {
  for (const [index, waiter] of waiters.entries()) {
    expect(waiter.state).toBe('open');
    if (bench.store.last.outcome === 'open') bench.store.last.grant(500 + 100 * index);
    await bench.clock.settle();
    expect(leaseOf(waiter).held).toBe(true);
    await giveBack(bench, leaseOf(waiter));
  }
  expect(bench.engine.load).toEqual({ held: 0, waiting: 0 });
  expect(new Set(releasedTokens(bench)).size).toBe(bench.store.releases.length);
}

describe('a tenure is not passed on', () => {
  it('P4.3 inside the margin before its deadline, but up to it', async () => {
    // So short a ttl that the margin is longer than the third which has to be left.
    const ttlMs = 70;
    const marginMs = abortMarginMs(validityMs(ttlMs));
    await expectRelease(await grantedLate(ttlMs, marginMs - 0.5));
    const { bench, lease, waiters } = await grantedLate(ttlMs, marginMs + 0.5);
    await passTo(bench, lease, waiters[0]);
    expect(bench.store.wire).toEqual(['acquire .1']);
  });

  it('P4.3 with less than a third of it left, but with more', async () => {
    const third = validityMs(900) / 3;
    await expectRelease(await grantedLate(900, third - 1));
    const { bench, lease, waiters } = await grantedLate(900, third + 1);
    await passTo(bench, lease, waiters[0]);
    expect(bench.store.wire).toEqual(['acquire .1']);
  });

  it.each([9_999, 10_001])(
    'P4.3 to somebody who asks for another ttl: %i ms instead of 10,000',
    async (ttlMs) => {
      await expectRelease(await cohort(1, { ttlMs }, { ttlMs: 10_000 }));
    },
  );

  it('P4.3 to somebody behind the one who asks for another ttl: nobody is passed over', async () => {
    const { bench, lease, waiters } = await cohort(1, { ttlMs: 5_000 }, { ttlMs: 10_000 });
    const behind = bench.ask({ ttlMs: 10_000 });
    void lease.release();
    expect(bench.store.wire).toEqual(['acquire .1', 'release .1', 'acquire .2']);
    await expectServed({ bench, lease, waiters: [...waiters, behind] });
  });

  it('P4.3 while holdAtLeast is outstanding: the lock stays taken, and the next in line stands behind it', async () => {
    const { bench, lease, waiters } = await cohort(1, {}, { holdAtLeastMs: 50 });
    bench.clock.jump(10);
    void lease.release();
    expect(bench.store.wire).toEqual(['acquire .1', 'release .1', 'acquire .2']);
    expect(bench.store.releases[0]?.request.holdMs).toBe(40);
    bench.store.last.taken({ joined: true, remainingMs: 40 });
    await bench.clock.advance(50);
    await expectServed({ bench, lease, waiters });
  });

  it('P4.3 but with holdAtLeast over it is, and the next one owes its own', async () => {
    const { bench, lease, waiters } = await cohort(1, { holdAtLeastMs: 5 });
    bench.clock.jump(5);
    const second = await passTo(bench, lease, waiters[0]);
    bench.clock.jump(2);
    await giveBack(bench, second);
    expect(bench.store.releases.map(({ request }) => request.holdMs)).toEqual([3]);
  });

  it('P4.3 after the server said that it is lost; there is nothing to release then', async () => {
    const { bench, lease, waiters } = await cohort(1, { ttlMs: 3_000 });
    await bench.clock.advance(1_000);
    bench.store.last.taken({ joined: true });
    bench.store.renewals[0]?.say(LOST);
    await bench.clock.settle();
    await giveBack(bench, lease);
    expect([waiters[0]?.state, ...releasedTokens(bench)]).toEqual(['open']);
    await bench.clock.advance(1_000);
    bench.store.last.grant(500);
    await bench.clock.settle();
    expect(leaseOf(waiters[0] ?? bench.ask()).fence).toBe(500);
  });
});

describe('a process that was frozen', () => {
  it('P4.3 past the ttl passes no dead lease on: who hoped for it asks the store', async () => {
    const { bench, lease, waiters } = await cohort(2, { ttlMs: 5_000 });
    bench.clock.jump(5_000);
    void lease.release();
    expect(bench.store.wire.toSorted()).toEqual(['acquire .1', 'acquire .2', 'release .1']);
    await bench.clock.settle();
    expect(waiters.map(({ state }) => state)).toEqual(['open', 'open']);
    bench.store.last.grant(500);
    await bench.clock.settle();
    expect(leaseOf(waiters[0] ?? bench.ask()).fence).toBe(500);
  });

  it('P4.3 between a pass and the next one keeps nothing that the first pass gave', async () => {
    const { bench, lease, waiters } = await cohort(2, { ttlMs: 5_000 });
    const second = await passTo(bench, lease, waiters[0]);
    const { signal } = second;
    bench.clock.jump(5_000);
    expect([second.held, signal.aborted]).toEqual([false, true]);
    await giveBack(bench, second);
    expect(waiters[1]?.state).toBe('open');
    expect(bench.store.wire.toSorted()).toEqual(['acquire .1', 'acquire .2', 'release .1']);
  });

  it('P4.3 in the tick of a pass leaves a lease that knows it is over', async () => {
    const { bench, lease, waiters } = await cohort(2, { ttlMs: 5_000 });
    void lease.release();
    bench.clock.jump(5_000);
    await bench.clock.advance(MAX_PASSING_MS);
    expect(leaseOf(waiters[0] ?? bench.ask()).held).toBe(false);
    expect(waiters[1]?.state).toBe('open');
    expect(bench.store.wire).toEqual(['acquire .1', 'acquire .2']);
  });
});

describe('when nobody can take it over', () => {
  it('P4.3 because the only waiter was aborted, the release is for good', async () => {
    const { bench, lease } = await cohort(0);
    const caller = new AbortController();
    const waiter = bench.ask({ signal: caller.signal });
    caller.abort();
    void lease.release();
    expect(bench.store.wire).toEqual(['acquire .1', 'release .1']);
    await bench.clock.settle();
    expect(waiter.error).toMatchObject({ code: 'ERR_LOCK_ABORTED' });
  });

  it('P4.3 because the patience of the only waiter ended, the release is for good', async () => {
    const { bench, lease } = await cohort(0);
    const waiter = bench.ask({ waitMs: 5 });
    await bench.clock.advance(6);
    expect(waiter.value).toMatchObject({ outcome: 'busy', holder: lease.tenure.token });
    void lease.release();
    expect(bench.store.wire).toEqual(['acquire .1', 'release .1']);
  });

  it('P4.3 because the engine is closed, the release is for good, and nobody is granted anything', async () => {
    const { bench, lease, waiters } = await cohort(2);
    const closed = watch(bench.engine.close(10_000));
    void lease.release();
    expect(bench.store.wire).toEqual(['acquire .1', 'release .1']);
    await bench.clock.advance(1);
    for (const { error } of waiters) expect(error).toMatchObject({ code: 'ERR_LOCK_CLOSED' });
    expect([closed.state, bench.engine.load.held]).toEqual(['fulfilled', 0]);
  });
});
