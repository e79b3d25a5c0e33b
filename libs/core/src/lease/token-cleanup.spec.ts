import { describe, expect, it } from 'vitest';
import { watch } from '../../../../test/integration/protocol/support/engine-bench.js';
import { ScriptedStore } from '../../../../test/integration/protocol/support/scripted-store.js';
import { WatchedClock } from '../../../../test/integration/protocol/support/watched-clock.js';
import { TokenCleanup } from './token-cleanup.js';

const ref = { identity: 'order', token: 'p'.padEnd(22, '-') + '.1' };

function setUp({ answers = false } = {}) {
  const clock = new WatchedClock();
  const store = new ScriptedStore(clock);
  store.answersReleases = answers;
  return { clock, store, cleanup: new TokenCleanup(store, clock, 1_000) };
}

describe('cleaning up', () => {
  it('sends a release for the token at once and frees the lock now, whatever holdAtLeast was', () => {
    const { store, cleanup } = setUp();
    cleanup.giveBack(ref, 30_000);
    expect(store.releases.map(({ request }) => request)).toMatchObject([{ ...ref, holdMs: 0 }]);
  });

  it('is done with the first answer, whether or not the token held, and leaves no timer behind', async () => {
    const { clock, store, cleanup } = setUp();
    cleanup.giveBack(ref, 30_000);
    const settled = watch(cleanup.settled());
    store.releases[0]?.answer(false);
    await clock.settle();
    expect([settled.state, store.releases.length, clock.pendingTimers]).toEqual(['fulfilled', 1, 0]);
  });

  it('tries again until there is an answer', async () => {
    const { clock, store, cleanup } = setUp();
    cleanup.giveBack(ref, 30_000);
    await clock.advance(1_500);
    expect(store.releases).toHaveLength(2);
    store.releases[1]?.fail('loading');
    await clock.advance(100);
    expect(store.releases).toHaveLength(3);
    store.releases[2]?.answer(true);
    await clock.advance(30_000);
    expect([store.releases.length, clock.pendingTimers]).toEqual([3, 0]);
  });

  it('gives up when whatever was left has expired by itself', async () => {
    const { clock, store, cleanup } = setUp();
    cleanup.giveBack(ref, 3_000);
    const settled = watch(cleanup.settled());
    await clock.advance(6_000);
    expect(settled.state).toBe('fulfilled');
    const sent = store.releases.length;
    expect(sent).toBeGreaterThanOrEqual(3);
    await clock.advance(60_000);
    expect([store.releases.length, clock.pendingTimers]).toEqual([sent, 0]);
  });

  it('P9 keeps no process alive: nobody awaits it', () => {
    const { clock, cleanup } = setUp();
    cleanup.giveBack(ref, 3_000);
    expect(clock.armed).toEqual({ ref: 0, unref: 1 });
  });

  it('has settled only when everything has, also what came meanwhile', async () => {
    const { clock, store, cleanup } = setUp();
    cleanup.giveBack(ref, 3_000);
    const settled = watch(cleanup.settled());
    cleanup.giveBack({ ...ref, identity: 'b' }, 3_000);
    store.releases[0]?.answer(true);
    await clock.settle();
    expect(settled.state).toBe('open');
    store.releases[1]?.answer(true);
    await clock.settle();
    expect(settled.state).toBe('fulfilled');
  });
});
