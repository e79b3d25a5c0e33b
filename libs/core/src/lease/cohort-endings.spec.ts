/** P4.4 and P1.4: what is left of a lease that was passed on, and how everything comes to an end. */
import { describe, expect, it } from 'vitest';
import {
  cohort,
  FIRST_FENCE,
  giveBack,
  passTo,
  releasedTokens,
} from '../../../../test/integration/protocol/support/cohort.js';
import { EngineBench, leaseOf, watch } from '../../../../test/integration/protocol/support/engine-bench.js';
import { MAX_PASSES, MAX_PASSING_MS } from './tenure.js';

/** How many promises later something happens: enough for everything that hangs on a grant. */
const GAPS = Array.from({ length: 12 }, (_, count) => count);

describe('a lease that was passed on', () => {
  it('P4.4 is over for its holder: assertHeld says released, and its signal is not aborted', async () => {
    const { bench, lease, waiters } = await cohort(1);
    const { signal } = lease;
    void lease.release();
    expect([lease.held, lease.remainingMs]).toEqual([false, 0]);
    expect(() => lease.assertHeld()).toThrow(
      expect.objectContaining({ code: 'ERR_LOCK_LOST', reason: 'released', fence: FIRST_FENCE }),
    );
    await bench.clock.settle();
    expect(leaseOf(waiters[0] ?? bench.ask()).held).toBe(true);
    bench.clock.jump(60_000);
    expect([signal.aborted, lease.endError]).toEqual([false, undefined]);
  });

  it('P4.4 and its successor are never held at the same instant', async () => {
    const { bench, lease, waiters } = await cohort(1);
    void lease.release();
    for (let turn = 0; turn < GAPS.length; turn += 1) {
      expect(lease.held).toBe(false);
      await Promise.resolve();
    }
    expect(leaseOf(waiters[0] ?? bench.ask()).held).toBe(true);
  });

  it('P4.4 can be released again, at any time, and that is nobody else’s end', async () => {
    const { bench, lease, waiters } = await cohort(2);
    const first = lease.release();
    expect(lease.release()).toBe(first);
    await bench.clock.settle();
    const second = leaseOf(waiters[0] ?? bench.ask());
    expect(await lease.release()).toBe('released');
    expect(second.held).toBe(true);
    const third = await passTo(bench, second, waiters[1]);
    expect([await lease.release(), await second.release()]).toEqual(['released', 'released']);
    await lease[Symbol.asyncDispose]();
    expect([third.held, bench.store.releases.length]).toEqual([true, 0]);
    await giveBack(bench, third);
    expect([await lease.release(), await second.release()]).toEqual(['released', 'released']);
    expect(bench.store.wire).toEqual(['acquire .1', 'release .1']);
  });

  it('P4.4 cannot lose what its successor has', async () => {
    const { bench, lease, waiters } = await cohort(1);
    const second = await passTo(bench, lease, waiters[0]);
    lease.lose('taken');
    expect([second.held, lease.signal.aborted, bench.engine.load.held]).toEqual([true, false, 1]);
    expect(bench.events.map(({ type }) => type)).not.toContain('lost');
  });

  it.each(['released', 'granted'])(
    'P4.4 may be released again by whoever hears that it was %s',
    async (type) => {
      const { bench, lease, waiters } = await cohort(3);
      const seen: boolean[] = [];
      bench.heard = (event) => {
        if (event.type !== type || !('fence' in event) || event.fence > FIRST_FENCE + 1) return;
        seen.push(lease.held);
        void lease.release();
      };
      await giveBack(bench, lease);
      expect(seen).toEqual([false]);
      expect(waiters.map(({ state }) => state)).toEqual(['fulfilled', 'open', 'open']);
      expect(leaseOf(waiters[0] ?? bench.ask()).held).toBe(true);
      expect(bench.store.releases).toEqual([]);
    },
  );
});

describe('releases', () => {
  it('P4.4 are sent once for each token, however often and by whomever leases are released', async () => {
    const { bench, lease, waiters } = await cohort(3 * (MAX_PASSES + 1));
    let last = lease;
    for (const waiter of waiters) {
      void last.release();
      void lease.release();
      await giveBack(bench, last);
      if (bench.store.last.outcome === 'open') bench.store.last.grant();
      await bench.clock.settle();
      last = leaseOf(waiter);
    }
    await giveBack(bench, last);
    const tokens = releasedTokens(bench);
    expect(tokens).toEqual(bench.store.acquires.map(({ request }) => request.token));
    expect(new Set(tokens).size).toBe(4);
  });

  it('P4.4 who only tries joins no tenure: it asks the store, and nothing is passed to it', async () => {
    const { bench, lease } = await cohort(0);
    const tries = bench.ask({ waitMs: 0 });
    expect(bench.store.wire).toEqual(['acquire .1', 'acquire .2']);
    void lease.release();
    expect(bench.store.wire).toEqual(['acquire .1', 'acquire .2', 'release .1']);
    await bench.clock.settle();
    expect(tries.state).toBe('open');
    bench.store.last.taken({ position: 0 });
    await bench.clock.settle();
    expect(tries.value).toMatchObject({ outcome: 'busy' });
  });

  it('P4.4 who only tries takes nothing from those who stand in line', async () => {
    const { bench, lease, waiters } = await cohort(1);
    const tries = bench.ask({ waitMs: 0 });
    await passTo(bench, lease, waiters[0]);
    expect(tries.state).toBe('open');
    bench.store.last.taken({ position: 0 });
    await bench.clock.settle();
    expect([tries.value?.outcome, ...bench.store.wire]).toEqual(['busy', 'acquire .1', 'acquire .2']);
  });
});

describe('who asks the store itself', () => {
  it('P4.4 is passed nothing any more, for it may stand in the queue outside', async () => {
    const { bench, lease, waiters } = await cohort(1);
    bench.clock.jump(MAX_PASSING_MS);
    await giveBack(bench, lease);
    bench.store.last.fail('loading');
    await bench.clock.settle();
    const tries = await bench.hold();
    await giveBack(bench, tries);
    expect([waiters[0]?.state, bench.store.wire.at(-1)]).toEqual(['open', 'release .3']);
    await bench.clock.advance(100);
    bench.store.last.grant(500);
    await bench.clock.settle();
    expect(leaseOf(waiters[0] ?? bench.ask()).fence).toBe(500);
  });
});

describe('an abort after the pass', () => {
  it.each(GAPS)('P1.4 by %i promises: the caller has it, or the next in line', async (gap) => {
    const { bench, lease } = await cohort(0);
    const caller = new AbortController();
    const [asked, next] = [bench.ask({ signal: caller.signal, holdAtLeastMs: 9_000 }), bench.ask()];
    void lease.release();
    for (let passed = 0; passed < gap; passed += 1) await Promise.resolve();
    caller.abort();
    await bench.clock.settle();
    expect(bench.store.wire).toEqual(['acquire .1']);
    const granted = asked.state === 'fulfilled';
    expect([granted, next.state]).toEqual(granted ? [true, 'open'] : [false, 'fulfilled']);
    if (granted) return;
    expect(asked.error).toMatchObject({ code: 'ERR_LOCK_ABORTED' });
    expect([leaseOf(next).fence, bench.engine.load]).toEqual([FIRST_FENCE + 2, { held: 1, waiting: 0 }]);
  });

  it.each(GAPS)(
    'P1.4 by %i promises, with nobody behind: the caller has it, or it is released',
    async (gap) => {
      const { bench, lease } = await cohort(0);
      const caller = new AbortController();
      const asked = bench.ask({ signal: caller.signal, holdAtLeastMs: 9_000 });
      void lease.release();
      for (let passed = 0; passed < gap; passed += 1) await Promise.resolve();
      caller.abort();
      await bench.clock.settle();
      if (asked.state === 'fulfilled') return expect(leaseOf(asked).held).toBe(true);
      expect(bench.store.releases.map(({ request }) => request.holdMs)).toEqual([0]);
      expect(bench.engine.load).toEqual({ held: 0, waiting: 0 });
      await bench.clock.advance(60_000);
      expect(bench.clock.armed).toEqual({ ref: 0, unref: 0 });
      expect(bench.store.wire).toEqual(['acquire .1', 'release .1']);
    },
  );

  it('P1.4 in the tick before it, by a listener that stands before ours, takes nothing along', async () => {
    const { bench, lease } = await cohort(0);
    const caller = new AbortController();
    caller.signal.addEventListener('abort', () => void lease.release());
    const [asked, next] = [bench.ask({ signal: caller.signal }), bench.ask()];
    caller.abort();
    await bench.clock.settle();
    expect(asked.error).toMatchObject({ code: 'ERR_LOCK_ABORTED' });
    expect([leaseOf(next).held, bench.store.wire.length]).toEqual([true, 1]);
  });
});

describe('an engine that ends while its tenure is passed along', () => {
  it('P4.4 drains those who hold now: a pass is the end of one of them', async () => {
    const { bench, lease, waiters } = await cohort(1);
    const drained = watch(bench.engine.drain(5_000));
    await passTo(bench, lease, waiters[0]);
    expect([drained.value, bench.engine.load.held]).toEqual([0, 1]);
    const again = watch(bench.engine.drain(5_000));
    await bench.clock.advance(5_000);
    expect(again.value).toBe(1);
  });

  it('P4.4 in the tick of a pass waits for nobody: one has ended, and the other is refused', async () => {
    const { bench, lease, waiters } = await cohort(1);
    void lease.release();
    const closed = watch(bench.engine.close(10_000));
    await bench.clock.advance(1);
    expect([closed.state, waiters[0]?.state]).toEqual(['fulfilled', 'rejected']);
  });

  it.each(GAPS)('P4.4 closes %i promises after a pass without leaving anything', async (gap) => {
    const { bench, lease, waiters } = await cohort(2);
    void lease.release();
    for (let passed = 0; passed < gap; passed += 1) await Promise.resolve();
    const closed = watch(bench.engine.close(0));
    await bench.clock.advance(1_000);
    expect([closed.state, bench.engine.load]).toEqual(['fulfilled', { held: 0, waiting: 0 }]);
    expect(waiters.map(({ state }) => state)).not.toContain('open');
    expect(bench.store.wire).toEqual(['acquire .1', 'release .1']);
    await bench.clock.advance(60_000);
    expect(bench.clock.armed).toEqual({ ref: 0, unref: 0 });
  });

  it('P4.4 in its grace the last lease of a tenure ends by a release, not by a pass', async () => {
    const bench = new EngineBench();
    const lease = await bench.hold();
    const second = await passTo(bench, lease, bench.ask());
    const waiting = bench.ask();
    const closed = watch(bench.engine.close(2_000));
    await bench.clock.advance(10);
    expect([closed.state, second.held]).toEqual(['open', true]);
    await giveBack(bench, second);
    expect([closed.state, ...bench.store.wire]).toEqual(['fulfilled', 'acquire .1', 'release .1']);
    expect(waiting.error).toMatchObject({ code: 'ERR_LOCK_CLOSED' });
  });

  it('P4.5 that the server forgot, for it grants the name again, is told so at once', async () => {
    const bench = new EngineBench();
    const forgotten = await bench.hold();
    const { signal } = forgotten;
    const successor = await bench.hold();
    expect([signal.aborted, forgotten.held, successor.held]).toEqual([true, false, true]);
    expect(signal.reason).toMatchObject({ code: 'ERR_LOCK_LOST', reason: 'taken' });
    expect(bench.engine.load).toEqual({ held: 1, waiting: 0 });
  });
});
