/** P2 on this side of the wire: what a waiter asks, when, and what it does with what it is told. */
import { describe, expect, it } from 'vitest';
import {
  ATTEMPT_MS,
  EngineBench,
  leaseOf,
} from '../../../../test/integration/protocol/support/engine-bench.js';
import { MAX_PASSING_MS } from './tenure.js';

/** How long after the taken reply the next attempt was sent. */
async function nextPollAfter(bench: EngineBench): Promise<number> {
  const sent = bench.store.acquires.length;
  const from = bench.clock.now();
  while (bench.store.acquires.length === sent && bench.clock.now() - from < 5_000)
    await bench.clock.advance(1);
  return bench.clock.now() - from;
}

describe('asking', () => {
  it('P2.2 joining the line, polling and acquiring are the same call with the same token', async () => {
    const bench = new EngineBench();
    await bench.wait({}, { position: 2 });
    await nextPollAfter(bench);
    const [join, poll] = bench.store.acquires.map(({ request: { token, ttlMs, queueing, grantMs } }) => ({
      token,
      ttlMs,
      queueing,
      grantMs,
    }));
    expect(poll).toEqual(join);
    expect(join).toMatchObject({ queueing: true, ttlMs: 10_000 });
  });

  it('P2.2 a token is never used again once it was cancelled', async () => {
    const bench = new EngineBench();
    for (let round = 1; round <= 3; round += 1) {
      const caller = new AbortController();
      await bench.wait({ signal: caller.signal });
      caller.abort();
      await bench.clock.settle();
    }
    expect(bench.store.wire).toEqual([
      ...['acquire .1', 'release .1'],
      ...['acquire .2', 'release .2'],
      ...['acquire .3', 'release .3'],
    ]);
  });

  it('P2.6 the first in line asks when the lease of the holder should be over', async () => {
    const bench = new EngineBench();
    await bench.wait({}, { position: 1, remainingMs: 400 });
    expect(await nextPollAfter(bench)).toBe(401);
  });

  it('P2.6 everybody behind the first asks once a second, however soon the holder expires', async () => {
    const bench = new EngineBench();
    await bench.wait({}, { position: 2, remainingMs: 400 });
    expect(await nextPollAfter(bench)).toBe(1_000);
    bench.store.last.taken({ position: 1, remainingMs: 9_000 });
    await bench.clock.settle();
    expect(await nextPollAfter(bench)).toBe(1_000);
  });

  it('P2.6 a key without expiry is polled for, not hammered', async () => {
    const bench = new EngineBench();
    await bench.wait({}, { position: 1, remainingMs: -1 });
    expect(await nextPollAfter(bench)).toBe(1_000);
  });

  it('P2.6 without a place in the queue it waits by polling', async () => {
    const bench = new EngineBench();
    const asked = await bench.wait({}, { position: 0, joined: false, remainingMs: 300 });
    expect(await nextPollAfter(bench)).toBe(1_000);
    bench.store.last.grant();
    await bench.clock.settle();
    expect(asked.state).toBe('fulfilled');
  });

  it('P2.6 a missed grant doubles the time of the next one, up to the ttl', async () => {
    const bench = new EngineBench();
    const asked = await bench.wait({ ttlMs: 10_000 });
    const asks = [];
    for (let miss = 0; miss < 4; miss += 1) {
      await nextPollAfter(bench);
      asks.push(bench.store.last.request.grantMs);
      bench.store.last.taken({ joined: true });
      await bench.clock.settle();
    }
    await nextPollAfter(bench);
    expect([...asks, bench.store.last.request.grantMs]).toEqual([2_000, 4_000, 8_000, 10_000, 10_000]);
    expect(asked.state).toBe('open');
  });

  it('P2.6 a poll that kept its place has missed nothing', async () => {
    const bench = new EngineBench();
    await bench.wait();
    await nextPollAfter(bench);
    bench.store.last.taken({ joined: false });
    await bench.clock.settle();
    await nextPollAfter(bench);
    expect(bench.store.last.request.grantMs).toBe(2_000);
  });

  it('P2.6 the time of a grant is never longer than the ttl', async () => {
    const bench = new EngineBench();
    bench.ask({ ttlMs: 700 });
    expect(bench.store.last.request.grantMs).toBe(700);
  });
});

describe('being told', () => {
  it('P2.6 a grant for a token that nobody here waits with is answered by a release', async () => {
    const bench = new EngineBench();
    bench.store.push({ token: 'somebody'.padEnd(22, '-') + '.9' });
    expect(bench.store.wire).toEqual(['release .9']);
  });

  it('P2.6 a late push for a lease that is held here is old news', async () => {
    const bench = new EngineBench();
    const lease = await bench.hold();
    bench.store.push({ token: lease.tenure.token });
    expect(bench.store.releases).toEqual([]);
  });

  it('P2.6 a mere wake-up for a token that nobody waits with is answered by nothing', () => {
    const bench = new EngineBench();
    bench.store.push({ kind: 'wake', token: 'x' });
    bench.store.push({ kind: 'held', token: 'x' });
    expect(bench.store.wire).toEqual([]);
  });

  it('P2.7 a hint makes the waiter ask at once', async () => {
    const bench = new EngineBench();
    const asked = await bench.wait();
    bench.store.push({ kind: 'wake', token: bench.store.last.request.token, fence: 0, lastsMs: 0 });
    expect(bench.store.acquires).toHaveLength(2);
    bench.store.last.grant();
    await bench.clock.settle();
    expect(leaseOf(asked).held).toBe(true);
  });

  it('P2.7 a hint that comes while a poll is under way makes it ask once more', async () => {
    const bench = new EngineBench();
    await bench.wait();
    await nextPollAfter(bench);
    bench.store.push({ kind: 'wake', token: bench.store.last.request.token, fence: 0, lastsMs: 0 });
    expect(bench.store.acquires).toHaveLength(2);
    bench.store.last.taken();
    await bench.clock.settle();
    expect(bench.store.acquires).toHaveLength(3);
  });

  it('P5.2 the head asks when the time is over for which the lock stays taken', async () => {
    const bench = new EngineBench();
    await bench.wait({}, { remainingMs: 30_000 });
    bench.store.push({ kind: 'held', token: bench.store.last.request.token, fence: 0, lastsMs: 250 });
    expect(await nextPollAfter(bench)).toBe(251);
  });
});

describe('the line inside a process', () => {
  it('P2.2 has one entry in the queue outside, and is served in order', async () => {
    const bench = new EngineBench();
    const first = await bench.wait();
    const [second, third] = [bench.ask(), bench.ask()];
    await bench.clock.advance(500);
    expect(bench.store.acquires).toHaveLength(1);
    bench.store.push({ token: bench.store.last.request.token });
    await bench.clock.settle();
    expect([first.state, second.state, third.state]).toEqual(['fulfilled', 'open', 'open']);
    await bench.clock.advance(MAX_PASSING_MS);
    expect(bench.store.last.request.token).toMatch(/\.2$/);
    bench.store.last.grant();
    await bench.clock.advance(MAX_PASSING_MS);
    expect([second.state, third.state]).toEqual(['fulfilled', 'open']);
    expect(bench.store.last.request.token).toMatch(/\.3$/);
  });

  it('lets somebody in the middle leave without a call', async () => {
    const bench = new EngineBench();
    await bench.wait();
    const caller = new AbortController();
    const middle = bench.ask({ signal: caller.signal });
    const last = bench.ask();
    caller.abort();
    await bench.clock.settle();
    expect([middle.state, last.state]).toEqual(['rejected', 'open']);
    expect(bench.store.wire).toEqual(['acquire .1']);
    expect(bench.engine.load.waiting).toBe(2);
  });

  it('tells somebody behind the front what the front knows when the time is over', async () => {
    const bench = new EngineBench();
    await bench.wait({}, { holder: 'h', remainingMs: 30_000, position: 2 });
    const behind = bench.ask({ waitMs: 800 });
    await bench.clock.advance(800);
    expect(behind.value).toEqual({ outcome: 'busy', holder: 'h', remainingMs: 30_000, waitedMs: 800 });
  });

  it('says unavailable behind a front that knows nothing', async () => {
    const bench = new EngineBench();
    bench.ask();
    const behind = bench.ask({ waitMs: ATTEMPT_MS / 2 });
    await bench.clock.advance(ATTEMPT_MS);
    expect(behind.error).toMatchObject({ code: 'ERR_LOCK_UNAVAILABLE', condition: 'timeout' });
  });

  it('P2.1 is passed by nobody of the same process that only tries', async () => {
    const bench = new EngineBench();
    await bench.wait();
    const tries = bench.ask({ waitMs: 0 });
    expect(bench.store.last.request).toMatchObject({ queueing: false });
    bench.store.last.taken({ position: 0 });
    await bench.clock.settle();
    expect(tries.value).toMatchObject({ outcome: 'busy' });
  });

  it('does not mix names', async () => {
    const bench = new EngineBench();
    await bench.wait();
    bench.ask({ lockName: 'other', identity: 'other' });
    expect(bench.store.acquires).toHaveLength(2);
  });
});

describe('an engine that closes', () => {
  it('ends every wait and refuses what comes', async () => {
    const bench = new EngineBench();
    const [front, tries] = [await bench.wait(), bench.ask({ waitMs: 0 })];
    const behind = bench.ask();
    const closed = bench.engine.close(0);
    await bench.clock.advance(1);
    await closed;
    const late = bench.ask();
    await bench.clock.settle();
    for (const { error } of [front, tries, behind, late])
      expect(error).toMatchObject({ code: 'ERR_LOCK_CLOSED' });
    expect(bench.store.wire).toEqual(['acquire .1', 'acquire .2', 'release .2', 'release .1']);
  });
});
