/** P1: order, clean-up, "yours", and aborts, as far as they are decided on this side of the wire. */
import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import {
  ATTEMPT_MS,
  EngineBench,
  leaseOf,
} from '../../../../test/integration/protocol/support/engine-bench.js';
import { validityMs } from './deadline.js';

describe('clean-up', () => {
  it('P1.2 clean-up is sent at once behind the attempt that was given up', async () => {
    const bench = new EngineBench();
    const caller = new AbortController();
    bench.ask({ signal: caller.signal });
    caller.abort();
    expect(bench.store.wire).toEqual(['acquire .1', 'release .1']);
  });

  it('P1.2 clean-up is sent again when the attempt that was given up is granted later', async () => {
    const bench = new EngineBench();
    const caller = new AbortController();
    bench.ask({ signal: caller.signal });
    caller.abort();
    await bench.clock.settle();
    bench.store.last.grant();
    await bench.clock.settle();
    expect(bench.store.wire).toEqual(['acquire .1', 'release .1', 'release .1']);
  });

  it('P1.2 clean-up is not sent between the attempts of a request that goes on', async () => {
    const bench = new EngineBench();
    const asked = bench.ask();
    await bench.clock.advance(3 * ATTEMPT_MS);
    expect(bench.store.wire).toEqual(['acquire .1', 'acquire .1', 'acquire .1', 'acquire .1']);
    bench.store.acquires[1]?.grant();
    await bench.clock.settle();
    expect(asked.state).toBe('fulfilled');
    bench.store.acquires[0]?.grant();
    bench.store.acquires[2]?.taken();
    bench.store.acquires[3]?.grant();
    await bench.clock.advance(1);
    expect(bench.store.releases).toEqual([]);
  });

  it('P1.2 clean-up is not sent for a refusal that can have left nothing', async () => {
    const bench = new EngineBench();
    const asked = bench.ask({ waitMs: 0 });
    bench.store.last.taken({ position: 0 });
    await bench.clock.settle();
    expect(asked.value).toMatchObject({ outcome: 'busy', holder: 'x', remainingMs: 9_000 });
    expect(bench.store.releases).toEqual([]);
  });

  it('P1.2 clean-up is sent for a refusal when an earlier attempt stayed without an answer', async () => {
    const bench = new EngineBench();
    const asked = bench.ask({ waitMs: 0 });
    bench.store.last.fail('loading');
    await bench.clock.advance(30);
    bench.store.last.taken({ position: 0 });
    await bench.clock.settle();
    expect(asked.value).toMatchObject({ outcome: 'busy' });
    expect(bench.store.wire).toEqual(['acquire .1', 'acquire .1', 'release .1']);
  });

  it('P1.2 clean-up is tried until it is answered', async () => {
    const bench = new EngineBench();
    bench.store.answersReleases = false;
    const caller = new AbortController();
    bench.ask({ signal: caller.signal });
    caller.abort();
    bench.store.releases[0]?.fail('disconnected');
    await bench.clock.advance(2 * ATTEMPT_MS);
    expect(bench.store.releases.length).toBeGreaterThanOrEqual(2);
    bench.store.releases.at(-1)?.answer(false);
    const sent = bench.store.releases.length;
    await bench.clock.advance(20_000);
    expect(bench.store.releases).toHaveLength(sent);
  });

  it('P1.1 an attempt that was given up is not wanted a second time, nor is one whose lease is over', async () => {
    const bench = new EngineBench();
    const caller = new AbortController();
    bench.ask({ signal: caller.signal });
    expect(bench.store.last.request.stillWanted()).toBe(true);
    caller.abort();
    expect(bench.store.last.request.stillWanted()).toBe(false);
    const lease = await bench.hold();
    expect(bench.store.last.request.stillWanted()).toBe(true);
    await lease.release();
    expect(bench.store.last.request.stillWanted()).toBe(false);
  });
});

describe('the deadline', () => {
  it('P1.3 counts from when the attempt was sent whose reply is used', async () => {
    const bench = new EngineBench();
    const asked = bench.ask({ ttlMs: 10_000 });
    await bench.clock.advance(ATTEMPT_MS + 200);
    bench.store.acquires[1]?.grant();
    await bench.clock.settle();
    expect(leaseOf(asked).remainingMs).toBe(validityMs(10_000) - 200);
  });

  it('P1.3 counts from the first attempt when its late reply is the one that is used', async () => {
    const bench = new EngineBench();
    const asked = bench.ask({ ttlMs: 10_000 });
    await bench.clock.advance(ATTEMPT_MS + 200);
    bench.store.acquires[0]?.grant();
    await bench.clock.settle();
    expect(leaseOf(asked).remainingMs).toBe(validityMs(10_000) - ATTEMPT_MS - 200);
  });

  it('P1.3 of a grant that took longer than it lasts: the lock is given back and asked for with a new token', async () => {
    const bench = new EngineBench();
    const asked = bench.ask({ ttlMs: 500 });
    bench.clock.jump(600);
    bench.store.last.grant();
    await bench.clock.settle();
    expect(bench.store.wire).toEqual(['acquire .1', 'release .1', 'acquire .2']);
    expect(bench.store.acquires[0]?.request.stillWanted()).toBe(false);
    bench.store.last.grant(200);
    await bench.clock.settle();
    expect(leaseOf(asked).fence).toBe(200);
  });
});

describe('an abort', () => {
  it('P1.4 before anything was sent sends nothing and says why', async () => {
    const bench = new EngineBench();
    const reason = new Error('user left');
    const asked = bench.ask({ signal: AbortSignal.abort(reason) });
    await bench.clock.settle();
    expect(asked.error).toMatchObject({ code: 'ERR_LOCK_ABORTED', cause: reason, lockName: 'order' });
    expect(bench.store.wire).toEqual([]);
  });

  it('P1.4 in the tick of the grant wins, and the lease is released', async () => {
    const bench = new EngineBench();
    const caller = new AbortController();
    const reason = new Error('too late');
    const asked = bench.ask({ signal: caller.signal });
    bench.store.last.grant();
    await Promise.resolve();
    caller.abort(reason);
    await bench.clock.settle();
    expect(asked.error).toMatchObject({ code: 'ERR_LOCK_ABORTED', cause: reason });
    expect(bench.store.wire).toEqual(['acquire .1', 'release .1']);
    expect(bench.engine.load).toEqual({ held: 0, waiting: 0 });
    expect(bench.events).not.toContainEqual(expect.objectContaining({ type: 'granted' }));
  });

  it('P1.4 wins over the grant however few microtasks lie between them', async () => {
    for (let gap = 0; gap < 6; gap += 1) {
      const bench = new EngineBench();
      const caller = new AbortController();
      const asked = bench.ask({ signal: caller.signal });
      bench.store.last.grant();
      for (let turn = 0; turn < gap; turn += 1) await Promise.resolve();
      const wasOver = asked.state !== 'open' || bench.engine.load.held === 1;
      caller.abort();
      await bench.clock.settle();
      expect(asked.state).toBe(wasOver ? 'fulfilled' : 'rejected');
      expect(bench.store.releases.length > 0).toBe(!wasOver);
    }
  });

  it('P1.4 leaves no listener on the signal, whichever way the request ends', async () => {
    const bench = new EngineBench();
    const caller = new AbortController();
    const listeners = (): number => getEventListeners(caller.signal, 'abort').length;
    bench.ask({ signal: caller.signal, waitMs: 0 });
    expect(listeners()).toBe(1);
    bench.store.last.taken();
    await bench.clock.settle();
    expect(listeners()).toBe(0);
    await bench.hold({ signal: caller.signal });
    expect(listeners()).toBe(0);
  });
});

describe('trouble', () => {
  it.each(['disconnected', 'loading', 'readonly', 'out-of-memory', 'busy-script', 'not-persisting'] as const)(
    'is retried and told as unavailable, never as busy: %s',
    async (condition) => {
      const bench = new EngineBench();
      const asked = await bench.wait({ waitMs: 3_000 });
      await bench.clock.advance(1_000);
      for (let tries = 0; tries < 40; tries += 1) {
        bench.store.last.fail(condition);
        await bench.clock.advance(50);
      }
      await bench.clock.advance(3_000);
      const { error } = asked;
      expect(error).toMatchObject({ code: 'ERR_LOCK_UNAVAILABLE', condition, waitedMs: 3_000 });
      expect(bench.store.acquires.length).toBeGreaterThan(5);
    },
  );

  it('that a person has to change is told at once', async () => {
    const bench = new EngineBench();
    const asked = bench.ask({ waitMs: Infinity });
    bench.store.last.fail('no-permission');
    await bench.clock.settle();
    expect(asked.error).toMatchObject({ code: 'ERR_LOCK_REFUSED', condition: 'no-permission' });
    expect(bench.store.wire).toEqual(['acquire .1', 'release .1']);
  });

  it('without any answer is unavailable when the patience is over', async () => {
    const bench = new EngineBench();
    const asked = bench.ask({ waitMs: 0 });
    await bench.clock.advance(ATTEMPT_MS);
    expect(asked.error).toMatchObject({ code: 'ERR_LOCK_UNAVAILABLE', condition: 'timeout' });
  });

  it('of an attempt that was given up for lost says nothing about the ones behind it', async () => {
    const bench = new EngineBench();
    const asked = bench.ask();
    await bench.clock.advance(ATTEMPT_MS);
    bench.store.acquires[0]?.fail('no-permission');
    await bench.clock.settle();
    expect(asked.state).toBe('open');
  });

  it('that is over when somebody is known to hold ends as busy', async () => {
    const bench = new EngineBench();
    const asked = bench.ask({ waitMs: 1_500 });
    bench.store.last.fail('loading');
    await bench.clock.advance(100);
    bench.store.last.taken({ holder: 'somebody', remainingMs: 700, position: 2 });
    await bench.clock.advance(1_500);
    expect(asked.value).toEqual({ outcome: 'busy', holder: 'somebody', remainingMs: 700, waitedMs: 1_500 });
  });
});
