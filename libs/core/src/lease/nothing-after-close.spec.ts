/** Clean-ups that nobody answered end with the engine: after `close` nothing more is sent. */
import { expect, it } from 'vitest';
import { EngineBench } from '../../../../test/integration/protocol/support/engine-bench.js';

it('a clean-up without an answer is not tried again once the engine is closed', async () => {
  const bench = new EngineBench();
  bench.store.answersReleases = false;
  const caller = new AbortController();
  await bench.wait({ ttlMs: 60_000, signal: caller.signal });
  caller.abort();
  await bench.clock.advance(1_200);
  const closed = bench.engine.close(0);
  await bench.clock.advance(500);
  await closed;
  const sent = [...bench.store.wire];
  await bench.clock.advance(120_000);
  expect(bench.store.wire).toEqual(sent);
  expect(bench.clock.pendingTimers).toBe(0);
});

it('a clean-up that the server turned away is not tried again once the engine is closed', async () => {
  const bench = new EngineBench();
  bench.store.answersReleases = false;
  const caller = new AbortController();
  await bench.wait({ ttlMs: 60_000, signal: caller.signal });
  caller.abort();
  bench.store.releases[0]?.fail('loading');
  const closed = bench.engine.close(0);
  await bench.clock.advance(500);
  await closed;
  const sent = [...bench.store.wire];
  for (const release of bench.store.releases) release.fail('disconnected');
  await bench.clock.advance(120_000);
  expect(bench.store.wire).toEqual(sent);
});
