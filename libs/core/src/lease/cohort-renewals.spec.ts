/** P4.4 and P4.5: a tenure is renewed and lost as one thing, whoever of its leases is the one that has it. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  cohort,
  FIRST_FENCE,
  giveBack,
  passTo,
  releasedTokens,
  type Waiter,
} from '../../../../test/integration/protocol/support/cohort.js';
import { EngineBench, leaseOf } from '../../../../test/integration/protocol/support/engine-bench.js';
import { LOST, RENEWED } from '../../../../test/integration/protocol/support/scripted-store.js';
import { validityMs } from './deadline.js';
import type { HeldLease } from './held-lease.js';

const TTL_MS = 3_000;

// The first renewal is sent after half of the first third.
beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0));
afterEach(() => vi.restoreAllMocks());

/** A tenure whose answer came late, so that its first renewal is in flight while it may still be passed on. */
async function renewalInFlight(count: number, ttlMs = TTL_MS) {
  const bench = new EngineBench();
  const asked = bench.ask({ ttlMs });
  const waiters = Array.from({ length: count }, () => bench.ask({ ttlMs }));
  bench.clock.jump(ttlMs / 4);
  bench.store.last.grant();
  await bench.clock.advance(1);
  const [renewal] = bench.store.renewals;
  if (renewal === undefined) throw new Error('no renewal was sent');
  return { bench, lease: leaseOf(asked), waiters, renewal };
}

/** How long a lease lasts from now on if it was last renewed by what was sent at `sentAt`. */
const leftSince = (bench: EngineBench, sentAt: number): number =>
  sentAt + validityMs(TTL_MS) - bench.clock.now();

/** That of the first in line, who was granted something. */
function firstOf([first]: readonly Waiter[]): HeldLease {
  if (first === undefined) throw new Error('nobody stands there');
  return leaseOf(first);
}

describe('a tenure that was passed on', () => {
  it('P4.4 is renewed for its next lease as for the one before, with the same token', async () => {
    const { bench, lease, waiters } = await cohort(2, { ttlMs: TTL_MS });
    bench.store.renewsAtOnce = RENEWED;
    const third = await passTo(bench, await passTo(bench, lease, waiters[0]), waiters[1]);
    await bench.clock.advance(10 * TTL_MS);
    expect(third.held).toBe(true);
    expect(new Set(bench.store.wire)).toEqual(new Set(['acquire .1', 'renew .1']));
    expect(bench.store.renewals.length).toBeGreaterThanOrEqual(30);
    expect(bench.clock.armed.ref).toBe(0);
  });

  it('P4.4 has the same deadline as before: a pass is no renewal', async () => {
    const { bench, lease, waiters, renewal } = await renewalInFlight(1);
    const { deadline } = lease.tenure;
    bench.clock.jump(5);
    const second = await passTo(bench, lease, waiters[0]);
    expect(second.tenure.deadline).toBe(deadline);
    renewal.fail('timeout');
    await bench.clock.advance(TTL_MS);
    expect(second.held).toBe(false);
  });

  it('P4.4 is renewed by what was in flight when it was passed', async () => {
    const { bench, lease, waiters, renewal } = await renewalInFlight(1);
    const second = await passTo(bench, lease, waiters[0]);
    renewal.say(RENEWED);
    await bench.clock.settle();
    expect(second.remainingMs).toBe(leftSince(bench, renewal.sentAt));
  });

  it('P4.4 loses nothing by an answer that comes in the tick of a pass', async () => {
    const { bench, lease, waiters, renewal } = await renewalInFlight(1);
    renewal.say(RENEWED);
    const second = await passTo(bench, lease, waiters[0]);
    bench.store.renewsAtOnce = RENEWED;
    await bench.clock.advance(10 * TTL_MS);
    expect(second.held).toBe(true);
  });

  it('P4.4 starts a holdAtMost anew for each lease, and each is given back at its own', async () => {
    const { bench, lease, waiters } = await cohort(1, { holdAtMostMs: 1_000 });
    await bench.clock.advance(10);
    const second = await passTo(bench, lease, waiters[0]);
    const { signal } = second;
    await bench.clock.advance(990);
    expect(signal.aborted).toBe(false);
    await bench.clock.advance(20);
    expect(signal.reason).toMatchObject({ code: 'ERR_LOCK_HOLD_LIMIT', fence: FIRST_FENCE + 1 });
    await giveBack(bench, second);
    expect(releasedTokens(bench)).toEqual([lease.tenure.token]);
  });

  it('P4.4 is looked at when its next lease needs it, sooner than the one before did', async () => {
    const { bench, lease } = await cohort(0);
    const waiter = bench.ask({ holdAtMostMs: 500 });
    const second = await passTo(bench, lease, waiter);
    const { signal } = second;
    await bench.clock.advance(510);
    expect(signal.reason).toMatchObject({ code: 'ERR_LOCK_HOLD_LIMIT' });
    expect(bench.store.wire).toEqual(['acquire .1', 'release .1']);
  });

  it('P2.6 is not given back for a late push of its token', async () => {
    const { bench, lease, waiters } = await cohort(1);
    void lease.release();
    bench.store.push({ token: lease.tenure.token });
    await bench.clock.settle();
    expect([firstOf(waiters).held, bench.store.releases.length]).toEqual([true, 0]);
  });
});

describe('a pushed grant', () => {
  it('P4.3 is passed on before it is confirmed, and its confirmation counts for whoever has it then', async () => {
    const bench = new EngineBench();
    const asked = await bench.wait();
    const waiters = [bench.ask()];
    const pollSentAt = bench.store.last.sentAt;
    bench.store.push({ token: bench.store.last.request.token });
    await bench.clock.settle();
    const [confirmation] = bench.store.renewals;
    const second = await passTo(bench, leaseOf(asked), waiters[0]);
    expect(bench.store.wire).toEqual(['acquire .1', 'renew .1']);
    expect(second.tenure.deadline).toBe(pollSentAt + validityMs(2_000));
    confirmation?.say(RENEWED);
    await bench.clock.settle();
    expect(second.tenure.deadline).toBe((confirmation?.sentAt ?? 0) + validityMs(10_000));
  });

  it('P4.3 is confirmed also when who was pushed it aborts before it has it', async () => {
    const bench = new EngineBench();
    const caller = new AbortController();
    await bench.wait({ signal: caller.signal });
    const waiters = [bench.ask()];
    bench.store.push({ token: bench.store.last.request.token });
    caller.abort();
    await bench.clock.settle();
    expect([firstOf(waiters).fence, ...bench.store.wire]).toEqual([67, 'acquire .1', 'renew .1']);
  });
});

describe('a lost tenure', () => {
  it('P4.5 aborts the lease that has it; those in line stay there and ask with a token of their own', async () => {
    const { bench, lease, waiters, renewal } = await renewalInFlight(3);
    const second = await passTo(bench, lease, waiters[0]);
    renewal.say(LOST);
    await bench.clock.settle();
    expect(second.signal.reason).toMatchObject({ reason: 'taken', fence: FIRST_FENCE + 1 });
    expect([lease.signal.aborted, lease.endError]).toEqual([false, undefined]);
    expect(bench.store.wire).toEqual(['acquire .1', 'renew .1', 'acquire .2']);
    await giveBack(bench, second);
    expect(waiters.map(({ state }) => state)).toEqual(['fulfilled', 'open', 'open']);
    bench.store.last.grant(500);
    await bench.clock.settle();
    const third = firstOf(waiters.slice(1));
    const last = await passTo(bench, third, waiters[2]);
    expect([third.fence, last.fence, ...releasedTokens(bench)]).toEqual([500, 501]);
  });

  it('P4.4 in the tick of a pass is told to the next lease with the next renewal', async () => {
    const { bench, lease, waiters, renewal } = await renewalInFlight(1);
    renewal.say(LOST);
    const second = await passTo(bench, lease, waiters[0]);
    expect(second.held).toBe(true);
    await bench.clock.advance(TTL_MS / 3);
    bench.store.renewals[1]?.say(LOST);
    await bench.clock.settle();
    expect(second.signal.reason).toMatchObject({ code: 'ERR_LOCK_LOST', reason: 'taken' });
    expect(bench.engine.load).toEqual({ held: 0, waiting: 0 });
  });

  it('P4.5 by silence is told just before its deadline, and those in line ask then', async () => {
    const { bench, lease } = await cohort(0, { ttlMs: TTL_MS });
    let toldAt = Infinity;
    const waiters = [bench.ask({ ttlMs: TTL_MS }), bench.ask({ ttlMs: TTL_MS })];
    const second = await passTo(bench, lease, waiters[0]);
    second.signal.addEventListener('abort', () => (toldAt = bench.clock.now()));
    await bench.clock.advance(2 * TTL_MS);
    expect(toldAt).toBeLessThan(second.tenure.deadline);
    expect([second.signal.reason, waiters[1]?.state]).toEqual([
      expect.objectContaining({ reason: 'expired' }),
      'open',
    ]);
  });

  it('P4.5 that expired is released when its holder comes back, once, and not the one that came after it', async () => {
    const { bench, lease, waiters } = await cohort(2, { ttlMs: TTL_MS });
    const second = await passTo(bench, lease, waiters[0]);
    bench.clock.jump(TTL_MS);
    expect(second.held).toBe(false);
    bench.store.last.grant(500);
    await bench.clock.settle();
    const third = firstOf(waiters.slice(1));
    expect([await lease.release(), await second.release(), await second.release()]).toEqual([
      'released',
      'lost',
      'lost',
    ]);
    expect([third.held, ...bench.store.wire]).toEqual([true, 'acquire .1', 'acquire .2', 'release .1']);
  });
});
