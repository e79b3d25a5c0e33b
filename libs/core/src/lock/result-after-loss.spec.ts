/** Who asked to be told of a result after the loss is told once, also when the body answers the abort. */
import { expect, it } from 'vitest';
import { EngineBench, watch } from '../../../../test/integration/protocol/support/engine-bench.js';
import { locksOn } from '../../../../test/integration/protocol/support/locks-on.js';
import { RENEWED } from '../../../../test/integration/protocol/support/scripted-store.js';
import { deferred } from '../lease/deferred.js';
import type { Lease } from '../lease/lease.js';
import type { RunOptions } from './lock-service.js';

const LIMITED: RunOptions = { holdAtMost: 100, whenLost: 'report' };

async function running(options: RunOptions, body: (lease: Lease) => Promise<string>) {
  const bench = new EngineBench();
  bench.store.renewsAtOnce = RENEWED;
  const locks = locksOn(bench);
  const run = watch(locks.run('order', options, body));
  bench.store.last.grant();
  await bench.clock.settle();
  const told = () => bench.events.filter(({ type }) => type === 'result-after-loss');
  return { bench, run, told };
}

const untilAborted = ({ signal }: Lease): Promise<string> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve('done')));

it('a body that returns on the abort of holdAtMost is told of exactly once', async () => {
  const { bench, run, told } = await running(LIMITED, untilAborted);
  await bench.clock.advance(200);
  expect(run.value).toBe('done');
  expect(told()).toEqual([expect.objectContaining({ lockName: 'order', reason: 'hold-limit' })]);
});

it('a body that returns long after holdAtMost is told of exactly once', async () => {
  const gate = deferred<string>();
  const { bench, run, told } = await running(LIMITED, () => gate.promise);
  await bench.clock.advance(200);
  expect(run.error).toMatchObject({ code: 'ERR_LOCK_HOLD_LIMIT' });
  expect(told()).toEqual([]);
  gate.resolve('late');
  await bench.clock.settle();
  expect(told()).toHaveLength(1);
});
