/** An abort that comes a few promises after the grant: the caller has the lease, or nobody has it. */
import { expect, it } from 'vitest';
import { EngineBench, leaseOf } from '../../../../test/integration/protocol/support/engine-bench.js';

const PROMISES = Array.from({ length: 15 }, (_, count) => count);

async function abortAfter(promises: number, pushed: boolean) {
  const bench = new EngineBench();
  const caller = new AbortController();
  const demand = { signal: caller.signal, holdAtLeastMs: 3_600_000 };
  const asked = pushed ? await bench.wait(demand) : bench.ask({ ...demand, waitMs: 0 });
  if (pushed) bench.store.push({ token: bench.store.last.request.token });
  else bench.store.last.grant();
  for (let passed = 0; passed < promises; passed += 1) await Promise.resolve();
  caller.abort();
  await bench.clock.settle();
  return { bench, asked };
}

it.each(['an answer', 'a push'])(
  'a grant by %s that loses against an abort frees the lock at once, whatever holdAtLeast is',
  async (by) => {
    let lost = 0;
    for (const promises of PROMISES) {
      const { bench, asked } = await abortAfter(promises, by === 'a push');
      if (asked.state === 'fulfilled') {
        expect(leaseOf(asked).held).toBe(true);
        expect(bench.store.releases).toEqual([]);
        continue;
      }
      lost += 1;
      expect(asked.error).toMatchObject({ code: 'ERR_LOCK_ABORTED' });
      // Twice where the abort came before the answer: behind the attempt, and again when that was granted (P1.2).
      expect(new Set(bench.store.releases.map(({ request }) => request.holdMs))).toEqual(new Set([0]));
      expect(bench.engine.load).toEqual({ held: 0, waiting: 0 });
      expect(bench.events.map(({ type }) => type)).not.toContain('granted');
    }
    expect(lost).toBeGreaterThan(0);
  },
);
