/** P5.1 where one lease ends another: what was about to be renewed is given back in the same turn of the keeper. */
import { afterEach, expect, it, vi } from 'vitest';
import { EngineBench } from '../../../../test/integration/protocol/support/engine-bench.js';
import { RENEWED } from '../../../../test/integration/protocol/support/scripted-store.js';

afterEach(() => vi.restoreAllMocks());

it('P5.1 a lease that is given back because another one ended is not renewed behind its release', async () => {
  // Both are due in the same turn, the one to be renewed before the one to be ended.
  vi.spyOn(Math, 'random').mockReturnValue(0);
  for (let holdAtMostMs = 400; holdAtMostMs <= 520; holdAtMostMs += 1) {
    const bench = new EngineBench();
    bench.store.renewsAtOnce = RENEWED;
    const renewed = await bench.hold({ ttlMs: 3_000, identity: 'renewed' });
    const ended = await bench.hold({ ttlMs: 3_000, identity: 'ended', holdAtMostMs });
    ended.signal.addEventListener('abort', () => void renewed.release());
    await bench.clock.advance(3_000);
    const behind = bench.store.wire.slice(bench.store.wire.indexOf('release .1'));
    expect(behind.filter((call) => /^renew.*\.1/.test(call))).toEqual([]);
  }
});
