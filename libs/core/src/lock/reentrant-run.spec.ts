/** A body inside the lease that its chain of calls holds ends as one with a lease of its own would. */
import { expect, it, onTestFinished } from 'vitest';
import {
  EngineBench,
  watch,
  type Ended,
} from '../../../../test/integration/protocol/support/engine-bench.js';
import { locksOn } from '../../../../test/integration/protocol/support/locks-on.js';
import { LOST } from '../../../../test/integration/protocol/support/scripted-store.js';
import { deferred } from '../lease/deferred.js';
import type { RunOptions } from './lock-service.js';

function setUp() {
  const bench = new EngineBench();
  onTestFinished(() => expect(bench.clock.pendingTimers).toBe(0));
  const locks = locksOn(bench);
  return { bench, locks };
}

/** Runs one body inside another; the inner one ends when the test says so. */
async function nested(options: RunOptions = {}) {
  const { bench, locks } = setUp();
  const gate = deferred<string>();
  const bodies: string[] = [];
  let inner: Ended<string> = { state: 'open', times: 0 };
  const outer = watch(
    locks.run('order', async () => {
      const run = locks.run('order', { ...options, reentrant: true }, (lease) => {
        bodies.push(`inner ${lease.fence}`);
        return gate.promise;
      });
      inner = watch(run);
      await run.catch(() => undefined);
      return 'outer';
    }),
  );
  bench.store.last.grant(7);
  await bench.clock.settle();
  return { bench, gate, bodies, outer, inner: () => inner };
}

async function lose(bench: EngineBench): Promise<void> {
  bench.store.renewsAtOnce = LOST;
  await bench.clock.advance(3_000);
}

it('gives back what it returns while the lease is held, without a call for it', async () => {
  const { bench, gate, bodies, inner, outer } = await nested();
  gate.resolve('inner');
  await bench.clock.settle();
  expect([inner().value, outer.value, bodies]).toEqual(['inner', 'outer', ['inner 7']]);
  expect(bench.store.wire).toEqual(['acquire .1', 'release .1']);
});

it('that returns after the loss of the lease rejects with LeaseLostError, its result inside', async () => {
  const { bench, gate, inner, outer } = await nested();
  await lose(bench);
  gate.resolve('inner');
  await bench.clock.settle();
  expect(inner().error).toMatchObject({ code: 'ERR_LOCK_LOST', reason: 'taken', fence: 7, result: 'inner' });
  expect(outer.error).toMatchObject({ code: 'ERR_LOCK_LOST', result: 'outer' });
});

it("that returns after the loss gives back its result when it asked to be told ('report')", async () => {
  const { bench, gate, inner } = await nested({ whenLost: 'report' });
  await lose(bench);
  gate.resolve('inner');
  await bench.clock.settle();
  expect(inner()).toMatchObject({ state: 'fulfilled', value: 'inner' });
  expect(bench.events.filter(({ type }) => type === 'result-after-loss')).toHaveLength(1);
});

it('that throws after the loss rejects with its own error', async () => {
  const { bench, gate, inner } = await nested();
  await lose(bench);
  const own = new Error('of the body');
  gate.reject(own);
  await bench.clock.settle();
  expect(inner().error).toBe(own);
});

it('is not begun when its signal is aborted already', async () => {
  const { bench, bodies, inner, outer } = await nested({ signal: AbortSignal.abort('no more') });
  await bench.clock.settle();
  expect(inner().error).toMatchObject({ code: 'ERR_LOCK_ABORTED', cause: 'no more' });
  expect([bodies, outer.value]).toEqual([[], 'outer']);
  expect(bench.store.wire).toEqual(['acquire .1', 'release .1']);
});
