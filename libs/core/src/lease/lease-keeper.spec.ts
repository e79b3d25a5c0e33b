/** Renewals: when they are sent, in what company, and what their answers and their silence mean. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EngineBench } from '../../../../test/integration/protocol/support/engine-bench.js';
import { LOST, RENEWED } from '../../../../test/integration/protocol/support/scripted-store.js';
import { validityMs } from './deadline.js';
import { StoreError } from './store-error.js';

const fault = (condition: 'wrong-type' | 'no-permission') => ({
  outcome: 'failed' as const,
  error: new StoreError(condition, condition, { ambiguous: false }),
});

async function holding(count: number, ttlMs = 3_000) {
  const bench = new EngineBench();
  const leases = [];
  for (let one = 0; one < count; one += 1) {
    const name = `n${one}`;
    leases.push(await bench.hold({ identity: name, lockName: name, ttlMs }));
  }
  const [lease] = leases;
  if (lease === undefined) throw new Error('at least one');
  return { bench, leases, lease };
}

/** Goes on until something was sent. */
async function untilRenewal(bench: EngineBench): Promise<void> {
  const sent = bench.store.renewals.length;
  for (let ms = 0; bench.store.renewals.length === sent && ms < 100_000; ms += 5)
    await bench.clock.advance(5);
}

afterEach(() => vi.restoreAllMocks());

describe('a renewal', () => {
  it("is sent in the first third of the ttl and then once a third, from an unref'd timer", async () => {
    const { bench, lease } = await holding(1);
    bench.store.renewsAtOnce = RENEWED;
    await bench.clock.advance(30_000);
    expect(bench.clock.armed).toEqual({ ref: 0, unref: 1 });
    const start = bench.store.last.sentAt;
    const times = bench.store.renewals.map(({ sentAt }) => sentAt - start);
    expect(times[0]).toBeGreaterThanOrEqual(400);
    expect(times[0]).toBeLessThanOrEqual(1_000);
    for (const [index, at] of times.entries()) {
      const gap = at - (times[index - 1] ?? 0);
      expect(gap).toBeLessThanOrEqual(1_000);
      if (index > 0) expect(gap).toBeGreaterThan(900);
    }
    expect(lease.held).toBe(true);
  });

  it('has a random first phase, so that replicas that start together do not stay together', async () => {
    const first = new Set<number>();
    for (let replica = 0; replica < 40; replica += 1) {
      const { bench } = await holding(1);
      await untilRenewal(bench);
      first.add(Math.round((bench.store.renewals[0]?.sentAt ?? 0) / 10));
    }
    expect(first.size).toBeGreaterThanOrEqual(4);
  });

  it('P6.2 travels with all others that are due, at most 128 in one call: 10,000 leases are 100 calls a period', async () => {
    const { bench } = await holding(10_000, 30_000);
    bench.store.renewsAtOnce = RENEWED;
    await bench.clock.advance(10_000);
    for (let period = 0; period < 3; period += 1) {
      bench.store.renewals.length = 0;
      await bench.clock.advance(10_000);
      const sizes = bench.store.renewals.map(({ request }) => request.length);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(128);
      expect(sizes.length).toBeLessThanOrEqual(100);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThanOrEqual(9_900);
    }
    expect(bench.clock.armed).toEqual({ ref: 0, unref: 1 });
    expect(bench.engine.load.held).toBe(10_000);
  });

  it('is repeated after a sixth of the ttl beside the one without an answer, whose late reply still counts', async () => {
    const { bench, lease } = await holding(1);
    await untilRenewal(bench);
    const [first] = bench.store.renewals;
    await bench.clock.advance(505);
    expect(bench.store.renewals).toHaveLength(2);
    first?.say(RENEWED);
    await bench.clock.settle();
    expect(lease.remainingMs).toBe((first?.sentAt ?? 0) + validityMs(3_000) - bench.clock.now());
  });

  it('of a node that is slow or silent starves nobody else', async () => {
    const { bench, leases } = await holding(300);
    await untilRenewal(bench);
    const silent = new Set(bench.store.renewals[0]?.request.map(({ token }) => token));
    bench.store.renewsAtOnce = RENEWED;
    for (const call of bench.store.renewals.slice(1)) call.say(RENEWED);
    await bench.clock.advance(6_000);
    for (const lease of leases) expect(lease.held, lease.tenure.token).toBe(true);
    expect(silent.size).toBeGreaterThan(0);
  });

  it('that says lost is told at once', async () => {
    const { bench, lease } = await holding(1);
    const { signal } = lease;
    await untilRenewal(bench);
    bench.store.renewals[0]?.say(LOST);
    await bench.clock.settle();
    expect(signal.reason).toMatchObject({ code: 'ERR_LOCK_LOST', reason: 'taken' });
    expect(bench.events.at(-1)).toMatchObject({ type: 'lost', reason: 'taken' });
    expect(bench.engine.load).toEqual({ held: 0, waiting: 0 });
  });

  it('P5.4 that nobody answers is told before the deadline, by the timer and not by a look', async () => {
    const { bench, lease } = await holding(1);
    let toldAt = Infinity;
    lease.signal.addEventListener('abort', () => (toldAt = bench.clock.now()));
    await bench.clock.advance(10_000);
    const { deadline } = lease.tenure;
    // 3 % of what may be believed in of 3 s.
    expect(deadline - toldAt).toBeGreaterThanOrEqual(89);
    expect(deadline - toldAt).toBeLessThan(101);
    expect(lease.signal.reason).toMatchObject({ reason: 'expired' });
    expect(bench.store.renewals.length).toBeGreaterThanOrEqual(4);
  });

  it('that fails for a while is tried again inside the window', async () => {
    const { bench, lease } = await holding(1);
    for (let tries = 0; tries < 5; tries += 1) {
      await untilRenewal(bench);
      bench.store.renewals.at(-1)?.fail('loading');
    }
    await untilRenewal(bench);
    bench.store.renewals.at(-1)?.say(RENEWED);
    await bench.clock.advance(900);
    expect(lease.held).toBe(true);
  });

  it("P6.3 runs in nobody's async context", async () => {
    const request = new AsyncLocalStorage<string>();
    const bench = new EngineBench();
    await request.run('a request', () => bench.hold({ ttlMs: 3_000 }));
    const seen: (string | undefined)[] = [];
    const renew = bench.store.renew.bind(bench.store);
    bench.store.renew = (members) => {
      seen.push(request.getStore());
      return renew(members);
    };
    await bench.clock.advance(1_200);
    expect(seen).toEqual([undefined, undefined].slice(0, seen.length));
    expect(seen.length).toBeGreaterThan(0);
  });
});

describe('members of one call', () => {
  it('P6.1 have an answer each: the trouble of one says nothing about the others', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const { bench, leases } = await holding(3);
    await untilRenewal(bench);
    bench.store.renewals[0]?.say(fault('wrong-type'), fault('no-permission'), RENEWED);
    await bench.clock.settle();
    const tokens = bench.store.renewals[0]?.request.map(({ token }) => token) ?? [];
    const byToken = (token: string | undefined) => leases.find(({ tenure }) => tenure.token === token);
    expect(byToken(tokens[0])?.endError).toMatchObject({ reason: 'taken' });
    expect(byToken(tokens[1])?.held).toBe(true);
    expect(byToken(tokens[2])?.remainingMs).toBeGreaterThan(validityMs(3_000) - 10);
    await untilRenewal(bench);
    expect(bench.store.renewals[1]?.request.map(({ token }) => token)).toEqual([tokens[1]]);
  });

  it('P6.2 are asked for one by one with the same tokens when the whole call is refused', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const { bench, leases } = await holding(5);
    await untilRenewal(bench);
    const [whole] = bench.store.renewals;
    expect(whole?.request).toHaveLength(5);
    whole?.fail('no-permission');
    await bench.clock.settle();
    const alone = bench.store.renewals.slice(1);
    expect(alone.map(({ request }) => request.length)).toEqual([1, 1, 1, 1, 1]);
    expect(alone.flatMap(({ request }) => [...request])).toEqual(whole?.request);
    alone[0]?.fail('wrong-type');
    alone[1]?.say(RENEWED);
    await bench.clock.settle();
    const lost = leases.filter(({ endError }) => endError !== undefined);
    expect(lost.map(({ tenure }) => tenure.token)).toEqual([whole?.request[0]?.token]);
  });
});
