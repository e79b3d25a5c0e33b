/** P4.1 and P4.2: which fences the leases of one tenure have, and when a tenure has served enough. */
import { describe, expect, it } from 'vitest';
import {
  cohort,
  FIRST_FENCE,
  giveBack,
  passTo,
} from '../../../../test/integration/protocol/support/cohort.js';
import { EngineBench, leaseOf } from '../../../../test/integration/protocol/support/engine-bench.js';
import type { HeldLease } from './held-lease.js';
import { MAX_PASSES, MAX_PASSING_MS } from './tenure.js';

const BLOCK = MAX_PASSES + 1;

/** `count` fences from `first` on. */
const block = (first: number, count = BLOCK): number[] =>
  Array.from({ length: count }, (_, index) => first + index);

/** A tenure that was passed as often as may be, and a waiter who comes too late for it. */
async function exhausted() {
  const { bench, lease, waiters } = await cohort(MAX_PASSES);
  let last: HeldLease = lease;
  for (const waiter of waiters) last = await passTo(bench, last, waiter);
  return { bench, last };
}

describe('fences', () => {
  it('P4.1 of one tenure are consecutive and sixteen at most; the next tenure has the next block of the server', async () => {
    const { bench, lease, waiters } = await cohort(2 * BLOCK);
    const fences = [lease.fence];
    let [last, sent] = [lease, 1];
    for (const waiter of waiters) {
      await giveBack(bench, last);
      if (bench.store.acquires.length > sent) bench.store.last.grant(1_000 * sent);
      sent = bench.store.acquires.length;
      await bench.clock.settle();
      last = leaseOf(waiter);
      fences.push(last.fence);
    }
    expect(fences).toEqual([...block(FIRST_FENCE), ...block(1_000), 2_000]);
    const turn = ['release .1', 'acquire .2', 'release .2', 'acquire .3'];
    expect(bench.store.wire).toEqual(['acquire .1', ...turn]);
  });

  it('P4.1 that a tenure did not use die with it', async () => {
    const { bench, lease, waiters } = await cohort(2);
    const second = await passTo(bench, lease, waiters[0]);
    bench.clock.jump(MAX_PASSING_MS);
    await giveBack(bench, second);
    bench.store.last.grant(FIRST_FENCE + BLOCK);
    await bench.clock.settle();
    expect(waiters.map((waiter) => leaseOf(waiter).fence)).toEqual([FIRST_FENCE + 1, FIRST_FENCE + BLOCK]);
  });

  it('P4.1 are told in events as they are given out, each end before the next beginning', async () => {
    const { bench, lease, waiters } = await cohort(2);
    const second = await passTo(bench, lease, waiters[0]);
    await passTo(bench, second, waiters[1]);
    expect(bench.events.map((event) => [event.type, 'fence' in event ? event.fence : 0])).toEqual([
      ['granted', FIRST_FENCE],
      ['released', FIRST_FENCE],
      ['granted', FIRST_FENCE + 1],
      ['released', FIRST_FENCE + 1],
      ['granted', FIRST_FENCE + 2],
    ]);
  });
});

describe('a tenure ends after fifteen passes', () => {
  it('P4.2 and its release stands before the next acquire, in the same tick', async () => {
    const { bench, last } = await exhausted();
    const late = bench.ask();
    expect(bench.store.wire).toEqual(['acquire .1']);
    void last.release();
    expect(bench.store.wire).toEqual(['acquire .1', 'release .1', 'acquire .2']);
    await bench.clock.settle();
    expect(late.state).toBe('open');
    bench.store.last.grant(500);
    await bench.clock.settle();
    expect(leaseOf(late).fence).toBe(500);
  });

  it('P4.2 also when nobody waits', async () => {
    const { bench, last } = await exhausted();
    await giveBack(bench, last);
    expect(bench.store.wire).toEqual(['acquire .1', 'release .1']);
    expect(bench.engine.load).toEqual({ held: 0, waiting: 0 });
    bench.ask();
    expect(bench.store.wire.at(-1)).toBe('acquire .2');
  });

  it('P4.2 also when its waiters came one at a time', async () => {
    const bench = new EngineBench();
    let lease = await bench.hold();
    for (let pass = 0; pass < MAX_PASSES; pass += 1) lease = await passTo(bench, lease, bench.ask());
    expect(lease.fence).toBe(FIRST_FENCE + MAX_PASSES);
    const late = bench.ask();
    await giveBack(bench, lease);
    expect([late.state, ...bench.store.wire]).toEqual(['open', 'acquire .1', 'release .1', 'acquire .2']);
  });

  it('P4.2 and without a release of the last one the next in line asks when its time is over', async () => {
    const { bench } = await exhausted();
    const late = bench.ask();
    await bench.clock.advance(MAX_PASSING_MS - 1);
    expect(bench.store.wire).toEqual(['acquire .1']);
    await bench.clock.advance(2);
    expect(bench.store.wire).toEqual(['acquire .1', 'acquire .2']);
    expect(late.state).toBe('open');
  });
});

describe('a tenure ends after 20 ms', () => {
  it('P4.2 up to then it is passed on', async () => {
    const { bench, lease, waiters } = await cohort(1);
    await bench.clock.advance(MAX_PASSING_MS - 1);
    await passTo(bench, lease, waiters[0]);
    expect(bench.store.wire).toEqual(['acquire .1']);
  });

  it('P4.2 and the first release after it goes to the server, the next acquire behind it in the same tick', async () => {
    const { bench, lease, waiters } = await cohort(2);
    bench.clock.jump(MAX_PASSING_MS);
    void lease.release();
    expect(bench.store.wire).toEqual(['acquire .1', 'release .1', 'acquire .2']);
    bench.store.last.grant(500);
    await bench.clock.settle();
    expect(waiters.map(({ state }) => state)).toEqual(['fulfilled', 'open']);
  });

  it('P4.2 counted from its grant and not from its last pass', async () => {
    const { bench, lease, waiters } = await cohort(2);
    bench.clock.jump(MAX_PASSING_MS - 1);
    const second = await passTo(bench, lease, waiters[0]);
    bench.clock.jump(1);
    await giveBack(bench, second);
    expect(bench.store.wire).toEqual(['acquire .1', 'release .1', 'acquire .2']);
    expect(waiters[1]?.state).toBe('open');
  });

  it('P4.2 while the lease is held, the next in line asks then and stands in the queue outside', async () => {
    const { bench, lease, waiters } = await cohort(2);
    await bench.clock.advance(MAX_PASSING_MS - 1);
    expect(bench.store.acquires).toHaveLength(1);
    await bench.clock.advance(2);
    expect(bench.store.wire).toEqual(['acquire .1', 'acquire .2']);
    bench.store.last.taken({ joined: true });
    await giveBack(bench, lease);
    expect(bench.store.wire).toEqual(['acquire .1', 'acquire .2', 'release .1']);
    expect(waiters[0]?.state).toBe('open');
    bench.store.push({ token: bench.store.last.request.token });
    await bench.clock.settle();
    expect(waiters.map(({ state }) => state)).toEqual(['fulfilled', 'open']);
  });

  it('P4.2 who comes after that asks at once', async () => {
    const { bench } = await cohort(0);
    await bench.clock.advance(MAX_PASSING_MS);
    bench.ask();
    expect(bench.store.wire).toEqual(['acquire .1', 'acquire .2']);
  });
});
