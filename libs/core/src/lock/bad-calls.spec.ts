/** Calls that no compiler has seen: refused before anything is sent, in words that name what is wrong. */
import { expect, it } from 'vitest';
import { EngineBench, watch } from '../../../../test/integration/protocol/support/engine-bench.js';
import { locksOn } from '../../../../test/integration/protocol/support/locks-on.js';

function setUp() {
  const bench = new EngineBench();
  const locks = locksOn(bench);
  const call = (method: 'run' | 'tryRun', args: readonly unknown[]): Promise<unknown> =>
    Promise.resolve(Reflect.apply(locks[method], locks, args));
  return { bench, locks, call };
}

it.each([
  ['run', ['order', { ttl: 500 }]],
  ['run', ['order']],
  ['run', ['order', undefined, 'text']],
  ['run', ['order', { ttl: 500 }, undefined]],
  ['tryRun', ['order', { ttl: 500 }]],
  ['tryRun', ['order', {}, 5]],
] as const)('%s without a body to run is refused before anything is sent: %j', async (method, args) => {
  const { bench, call } = setUp();
  const ended = watch(call(method, args));
  await bench.clock.settle();
  expect(ended.error).toMatchObject({ code: 'ERR_LOCK_CONFIG' });
  expect(String(ended.error)).toMatch(/body/);
  expect([bench.store.wire, bench.clock.pendingTimers]).toEqual([[], 0]);
});

it('options that are undefined are no options', async () => {
  const { bench, call } = setUp();
  const ended = watch(call('run', ['order', undefined, () => 'done']));
  await bench.clock.settle();
  bench.store.last.grant();
  await bench.clock.settle();
  expect(ended.value).toBe('done');
  expect(bench.store.wire).toEqual(['acquire .1', 'release .1']);
});

it('tryRun takes options that are undefined as none', async () => {
  const { bench, call } = setUp();
  const ended = watch(call('tryRun', ['order', undefined, () => 'done']));
  await bench.clock.settle();
  bench.store.last.grant();
  await bench.clock.settle();
  expect(ended.value).toEqual({ ran: true, value: 'done' });
});

it.each([10n ** 5_000n, -(10n ** 600n)])('a key that is a huge number is refused: case %#', async (key) => {
  const { bench, locks } = setUp();
  const calls = [
    locks.run('order', { key }, () => 'done'),
    locks.tryAcquire('order', { key }),
    locks.acquire('order', { key: [1, key] }),
    locks.inspect('order', key),
  ].map((call) => watch<unknown>(call));
  await bench.clock.settle();
  for (const { error } of calls) expect(error).toMatchObject({ code: 'ERR_LOCK_CONFIG' });
  expect(bench.store.wire).toEqual([]);
});
