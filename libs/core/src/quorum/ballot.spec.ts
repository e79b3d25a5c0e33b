/** One attempt, answer by answer: when it is decided, and what becomes of its bids. */
import { beforeEach, describe, expect, it } from 'vitest';
import { WatchedClock } from '../../../../test/integration/protocol/support/watched-clock.js';
import { HandServer } from '../../../../test/quorum/support/hand-server.js';
import { StoreError } from '../lease/store-error.js';
import { QuorumLeaseStore } from './quorum-lease-store.js';

const tokenOf = (who: string): string => `${who.padEnd(22, '-')}.1`;
const [mine, before, behind] = [tokenOf('m'), tokenOf('a'), tokenOf('z')];

let clock: WatchedClock;
let servers: [HandServer, HandServer, HandServer];
let store: QuorumLeaseStore;
let told: unknown[];
beforeEach(() => {
  clock = new WatchedClock();
  servers = [new HandServer(), new HandServer(), new HandServer()];
  store = new QuorumLeaseStore(servers, clock);
  told = [];
});

function ask({ token = mine, queueing = false } = {}): void {
  store.acquire({
    ...{ operation: 'acquire', identity: 'job', token, ttlMs: 1_000, grantMs: 1_000, queueing },
    stillWanted: () => true,
    answered: (reply) => told.push(reply),
    failed: ({ condition }) => told.push(condition),
  });
}

const steppedBack = () => servers.map((server) => server.steppedBack.length);

describe('an attempt', () => {
  it('is granted with a block above all bids of the majority, from before the first of the votes that count', () => {
    ask();
    servers[0].grant(0, 1_000);
    servers[2].grant(0, 5_000);
    expect(servers.map(({ votes }) => votes.map(({ lastFence }) => lastFence))).toEqual([
      [5_031],
      [5_031],
      [5_031],
    ]);
    servers[0].say('voted', 70);
    expect(told).toEqual([]);
    servers[2].say('voted', 60);
    expect(told).toEqual([{ outcome: 'granted', fence: 5_016, sentAt: 60, epoch: 0 }]);
    servers[1].grant(0, 9_000);
    servers[1].say('outrun');
    expect([told.length, steppedBack()]).toEqual([1, [0, 0, 0]]);
  });

  it('steps back without a word where another has the majority, also from bids that are answered later', () => {
    ask({ queueing: true });
    servers[1].refuse(0, behind);
    servers[2].refuse(0, behind);
    expect(told).toMatchObject([{ outcome: 'taken', holder: behind, position: 1 }]);
    servers[0].grant(0, 1_000);
    expect(servers[0].steppedBack).toEqual([
      { identity: 'job', token: mine, fence: 1_000, queueing: true, wake: false },
    ]);
  });

  it('steps back from a split when it is not the lowest, and tells the first in line', () => {
    ask({ queueing: true });
    servers[0].grant(0, 1_000);
    servers[1].refuse(0, before);
    servers[2].refuse(0, behind);
    expect(servers[0].steppedBack).toMatchObject([{ fence: 1_000, queueing: true, wake: true }]);
    expect(told).toMatchObject([{ outcome: 'taken', holder: before }]);
  });

  it('tries once more after a split when it does not wait', async () => {
    ask();
    servers[0].grant(0, 1_000);
    servers[1].refuse(0, before);
    servers[2].refuse(0, behind);
    expect([told, steppedBack()]).toEqual([[], [1, 0, 0]]);
    await clock.advance(50);
    for (const server of servers) server.refuse(1, before);
    expect(told).toMatchObject([{ outcome: 'taken', holder: before }]);
  });

  it('stays in a split when it is the lowest, and asks again soon', async () => {
    ask();
    servers[0].grant(0, 1_000);
    servers[1].refuse(0, behind);
    servers[2].refuse(0, tokenOf('y'));
    await clock.advance(5);
    expect([told, steppedBack(), servers[1].bids.length]).toEqual([[], [0, 0, 0], 2]);
  });

  it('asks again when its fences were outrun, and for no more rounds than some', async () => {
    ask();
    for (let round = 0; round < 8; round += 1) {
      for (const server of servers) server.grant(round, 1_000 * (round + 1));
      expect(told).toEqual([]);
      for (const server of servers) server.say('outrun');
      await clock.advance(5);
    }
    expect([told, servers[0].bids.length]).toEqual([['no-quorum'], 8]);
    expect(servers.map((server) => server.steppedBack[0]?.fence)).toEqual([8_000, 8_000, 8_000]);
    expect(clock.armed).toEqual({ ref: 0, unref: 0 });
  });

  it('takes the fences of its vote back where it voted and did not win', () => {
    ask();
    for (const server of servers) server.grant(0, 1_000);
    servers[0].say('voted');
    servers[1].say('absent');
    servers[2].say('absent');
    expect(told).toEqual(['no-quorum']);
    expect(servers.map((server) => server.steppedBack.map(({ fence }) => fence))).toEqual([
      [1_016],
      [1_000],
      [1_000],
    ]);
  });

  it('does nothing more than win once another attempt of the same acquisition is under way', () => {
    ask();
    ask();
    servers[0].grant(0, 1_000);
    servers[1].refuse(0, behind);
    servers[2].refuse(0, behind);
    expect([told, steppedBack()]).toEqual([[], [0, 0, 0]]);
    for (const server of servers) server.grant(1, 2_000);
    for (const server of servers) server.say('voted');
    expect(told).toMatchObject([{ outcome: 'granted' }]);
  });

  it.each([
    ['what they say when that is for good', 'no-permission', 'no-permission'],
    ['no quorum when it may pass', 'out-of-memory', 'no-quorum'],
  ] as const)('is told %s, where too few take bids', (_what, condition, expected) => {
    ask();
    servers[0].grant(0, 1_000);
    for (const at of [1, 2] as const)
      servers[at].fail(0, new StoreError(condition, 'no', { ambiguous: false }));
    expect([told, steppedBack()]).toEqual([[expected], [1, 0, 0]]);
  });
});

describe('the turn of a waiter', () => {
  const wakes: string[] = [];
  beforeEach(() => {
    wakes.length = 0;
    store.onPush(({ kind, epoch }) => wakes.push(`${kind} ${epoch}`));
  });

  it('has come when a majority says so, at once, and is told once', async () => {
    servers[0].wake(mine, 'job');
    servers[0].wake(mine, 'job');
    expect(wakes).toEqual([]);
    servers[2].wake(mine, 'job');
    await clock.advance(100);
    expect(wakes).toEqual(['wake undefined']);
  });

  it('has come after a while when only one says so', async () => {
    servers[0].wake(mine, 'job');
    await clock.advance(14);
    expect(wakes).toEqual([]);
    await clock.advance(17);
    expect(wakes).toEqual(['wake undefined']);
  });

  it('is not told to one that asks already', async () => {
    servers[0].wake(mine, 'job');
    ask();
    await clock.advance(100);
    expect(wakes).toEqual([]);
  });
});
