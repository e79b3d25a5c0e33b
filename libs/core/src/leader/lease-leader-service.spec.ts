/** Several parties of a process in one election, and how it all ends. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import { ElectionBench, inShort } from '../../../../test/integration/protocol/support/election-bench.js';
import { watch } from '../../../../test/integration/protocol/support/engine-bench.js';
import type { CampaignOptions } from './leader-service.js';

describe('several campaigns of one process in an election', () => {
  it('are one candidate and share its terms', async () => {
    const bench = new ElectionBench();
    const [one, other] = [bench.leaders.campaign('billing'), bench.leaders.campaign('billing')];
    expect(bench.store.wire).toEqual(['acquire .1']);
    await bench.elect();
    expect([one.term, other.term]).toEqual([100, 100]);
    expect(one.signal).toBe(other.signal);
  });

  it('end one by one, and the candidate leaves with the last', async () => {
    const bench = new ElectionBench();
    const [one, other] = [bench.leaders.campaign('billing'), bench.leaders.campaign('billing')];
    const told: string[] = [];
    one.onChange((now) => told.push(`one ${inShort(now)}`));
    other.onChange((now) => told.push(`other ${inShort(now)}`));
    await bench.elect();
    await one.stop();
    expect([one.isLeader(), one.signal.aborted, one.state]).toEqual([
      false,
      true,
      { leader: false, why: 'stopped' },
    ]);
    expect(other.isLeader()).toBe(true);
    await one.stop();
    expect(bench.store.releases).toEqual([]);
    await other.stop();
    expect(bench.store.releases).toHaveLength(1);
    expect(told).toEqual(['one leads 100', 'other leads 100', 'one stopped', 'other stopped']);
    await bench.clock.advance('1m');
    expect(bench.store.acquires).toHaveLength(1);
    expect(bench.clock.pendingTimers).toBe(0);
  });

  it('may begin anew after that', async () => {
    const bench = new ElectionBench();
    await bench.leaders.campaign('billing').stop();
    const again = bench.leaders.campaign('billing', { ttl: '1s' });
    await bench.elect();
    expect(again.isLeader()).toBe(true);
  });

  it.each<[string, CampaignOptions, string]>([
    ['another ttl', { ttl: '5s' }, 'ttl: 5000 ms is not what this process campaigns with already (10000 ms)'],
    ['another preference', { preferred: true }, 'preferred: true is not what this process campaigns with'],
  ])('agree: %s is refused', (_, options, fault) => {
    const { leaders } = new ElectionBench();
    leaders.campaign('billing');
    expect(() => leaders.campaign('billing', options)).toThrow(fault);
    expect(() => leaders.campaign('shipping', options)).not.toThrow();
  });

  it('agree when they say the same, or nothing', () => {
    const { leaders } = new ElectionBench();
    leaders.campaign('billing', { ttl: '5s', preferred: true });
    expect(() => leaders.campaign('billing', { ttl: 5_000, preferred: true })).not.toThrow();
    expect(() => leaders.campaign('billing')).not.toThrow();
  });
});

it('faults are told together, before anything is asked', () => {
  const { leaders, store } = new ElectionBench();
  const wrong = { ttl: 5, preferred: 'yes', signal: 7, tll: 1 };
  const campaign = (): unknown => Reflect.apply(leaders.campaign, leaders, ['', wrong]);
  expect(campaign).toThrow(
    expect.objectContaining({
      code: 'ERR_LOCK_CONFIG',
      faults: [
        'election: "" must not be empty',
        'tll: unknown option; there are ttl, preferred, signal',
        'preferred: "yes" must be true or false',
        'signal: 7 must be an AbortSignal',
        'ttl: 5 must be at least 100 ms',
      ],
    }),
  );
  expect(store.wire).toEqual([]);
});

describe('a campaign ends', () => {
  it('when its signal aborts', async () => {
    const bench = new ElectionBench();
    const caller = new AbortController();
    const campaign = bench.leaders.campaign('billing', { signal: caller.signal });
    await bench.elect();
    caller.abort();
    expect(campaign.state).toEqual({ leader: false, why: 'stopped' });
    expect(bench.store.releases).toHaveLength(1);
    const late = bench.leaders.campaign('billing', { signal: caller.signal });
    expect(late.state).toEqual({ leader: false, why: 'stopped' });
    expect(bench.store.acquires).toHaveLength(1);
  });

  it('when the service is stopped, which is for good', async () => {
    const bench = new ElectionBench();
    const campaign = bench.leaders.campaign('billing');
    const standby = bench.leaders.campaign('shipping');
    await bench.leaders.stop();
    expect([campaign.state, standby.state]).toEqual([
      { leader: false, why: 'stopped' },
      { leader: false, why: 'stopped' },
    ]);
    expect(bench.leaders.campaign('billing').state).toEqual({ leader: false, why: 'stopped' });
    await bench.clock.advance('1m');
    expect(bench.store.acquires).toHaveLength(2);
  });

  it('when the engine is closed under it', async () => {
    const bench = new ElectionBench();
    const campaign = bench.leaders.campaign('billing');
    await bench.engine.close(0);
    expect(campaign.state).toEqual({ leader: false, why: 'stopped' });
  });
});

describe('whenLeader()', () => {
  it('resolves with the term, at once when it leads already', async () => {
    const bench = new ElectionBench();
    const campaign = bench.leaders.campaign('billing');
    const waiting = watch(campaign.whenLeader());
    await bench.elect();
    expect(waiting.value).toEqual({ leader: true, term: 100, signal: campaign.signal });
    expect(await campaign.whenLeader()).toEqual(waiting.value);
  });

  it.each(['the signal aborts', 'the campaign is stopped'])('rejects when %s', async (what) => {
    const bench = new ElectionBench();
    const campaign = bench.leaders.campaign('billing');
    const caller = new AbortController();
    const waiting = watch(campaign.whenLeader(caller.signal));
    if (what === 'the signal aborts') caller.abort('enough');
    else await campaign.stop();
    await bench.clock.settle();
    expect(waiting).toMatchObject({ state: 'rejected', error: { code: 'ERR_LOCK_ABORTED' } });
    await expect(campaign.whenLeader(caller.signal)).rejects.toMatchObject({ code: 'ERR_LOCK_ABORTED' });
  });
});

describe('listeners', () => {
  it('that throw are told of in the log, and hold nobody up', async () => {
    const bench = new ElectionBench();
    const campaign = bench.leaders.campaign('billing');
    const told: string[] = [];
    campaign.onChange(() => {
      throw new Error('no idea');
    });
    const unlisten = campaign.onChange((now) => told.push(inShort(now)));
    await bench.elect();
    await campaign.stepDown();
    unlisten();
    await bench.clock.settle();
    await bench.elect(200);
    expect(told).toEqual(['leads 100', 'stepped-down']);
    expect(campaign.term).toBe(200);
    expect(bench.logged).toEqual(
      Array.from({ length: 3 }, () => 'A listener of the election "billing" threw: Error: no idea'),
    );
  });

  it('hear everything in one order, also what one of them causes', async () => {
    const bench = new ElectionBench();
    const campaign = bench.leaders.campaign('billing');
    const told: string[] = [];
    campaign.onChange(({ leader }) => {
      if (leader) void campaign.stepDown();
    });
    campaign.onChange((now) => told.push(inShort(now)));
    await bench.elect();
    expect(told).toEqual(['leads 100', 'stepped-down']);
  });

  it('hear of later terms outside of the context in which the campaign began', async () => {
    const bench = new ElectionBench();
    const storage = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    storage.run('a request', () =>
      bench.leaders.campaign('billing').onChange(() => seen.push(storage.getStore())),
    );
    await bench.elect();
    expect(seen).toEqual([undefined]);
  });
});
