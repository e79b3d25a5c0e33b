/** A primary under sentinels dies or freezes, and whoever holds by the word of its replicas holds still, or was told. */
import { expect, it, onTestFinished } from 'vitest';
import { always, eventually } from '../support/eventually.js';
import { startFaultProxy } from '../support/fault-proxy.js';
import { openHoldfast, rejectionOf } from '../support/holdfasts.js';
import { keysOfLock } from '../support/lock-keys.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startReplicated } from '../support/redis-replicas.js';
import { startSentinels } from '../support/redis-sentinel.js';

const ONE = { replicas: { atLeast: 1, within: 150 } } as const;
const LONG = { ttl: 20_000, wait: 0 } as const;

it('F28: what the replicas never got is refused, so that nobody holds when the primary dies; without them two do', async () => {
  const set = await startSentinels();
  onTestFinished(() => set.stop());
  const namespace = uniqueNamespace();
  const asking = await openHoldfast(set.connection, { namespace, ...ONE });
  const trusting = await openHoldfast(set.connection, { namespace });
  const kept = await asking.locks.acquire('kept', LONG);
  const primary = await set.primary();
  set.linkTo(primary).silence();
  const refusal = await rejectionOf(asking.locks.acquire('order', LONG));
  expect(refusal).toMatchObject({ code: 'ERR_LOCK_UNAVAILABLE', condition: 'not-replicated' });
  const forgotten = await trusting.locks.acquire('page', { ttl: 60_000, wait: 0 });
  await primary.kill('SIGKILL');
  await eventually(async () => (await set.primary()) !== primary, { withinMs: 15_000 });
  const contender = await openHoldfast(set.connection, { namespace, ...ONE });
  const order = await contender.locks.acquire('order', { wait: 10_000 });
  const page = await contender.locks.acquire('page', { wait: 10_000 });
  expect(await contender.locks.tryAcquire('kept')).toBeUndefined();
  expect([kept.held, order.held]).toEqual([true, true]);
  // Two believe, until the next renewal of the first; a resource refuses that one by its fence.
  expect([forgotten.held, page.held]).toEqual([true, true]);
  expect(page.fence).toBeGreaterThan(forgotten.fence);
}, 40_000);

it('F29: an answer that a failover overtook does not count: the lock is asked for at the new primary', async () => {
  const [before, after] = await Promise.all([startReplicated(), startReplicated()]);
  onTestFinished(async () => void (await Promise.all([before.stop(), after.stop()])));
  const proxy = await startFaultProxy(before.primary.port);
  onTestFinished(() => proxy.stop());
  const namespace = uniqueNamespace();
  const { locks } = await openHoldfast(proxy.url, { namespace, replicas: { atLeast: 1, within: 300 } });
  await (await locks.acquire('warm-up')).release();
  before.cutOff();
  let asked = 0;
  proxy.onRequest(([name = '']) => void (asked += Number(name.toUpperCase() === 'WAIT')));
  const { lock } = keysOfLock(namespace, 'order');
  const acquiring = locks.acquire('order', { ttl: 20_000, wait: 10_000 });
  // The grant is there, and its answer is back; the replicas are asked still.
  await eventually(() => before.admin.exists(lock));
  await always(() => asked === 1, 50);
  proxy.retarget(after.primary.port);
  proxy.reset();
  const lease = await acquiring;
  expect([await before.admin.exists(lock), await after.admin.exists(lock)]).toEqual([1, 1]);
  expect(asked).toBeGreaterThan(1);
  expect(await lease.release()).toBe('released');
});

it('F30: a holder whose primary is frozen is told by its deadline, and the old primary grants nothing when it wakes', async () => {
  const set = await startSentinels();
  onTestFinished(() => set.stop());
  const namespace = uniqueNamespace();
  const holder = await openHoldfast(set.connection, { namespace, ...ONE });
  const old = await set.primary();
  const besides = await openHoldfast(old.url, { namespace, ...ONE });
  const lease = await holder.locks.acquire('order', { ttl: 1_000 });
  let toldAt = Infinity;
  lease.signal.addEventListener('abort', () => (toldAt = performance.now()));
  const frozenAt = performance.now();
  await old.kill('SIGSTOP');
  await eventually(() => toldAt < Infinity);
  expect(toldAt - frozenAt).toBeLessThan(1_000);
  await eventually(async () => (await set.primary()) !== old, { withinMs: 15_000 });
  const next = await holder.locks.acquire('order', { ttl: 20_000, wait: 10_000 });
  await old.kill('SIGCONT');
  const refusals: unknown[] = [];
  for (let asked = 0; asked < 5; asked += 1)
    refusals.push(await besides.locks.tryAcquire('order').catch(String));
  expect(refusals.filter((one) => typeof one !== 'string' && one !== undefined)).toEqual([]);
  expect(next.held).toBe(true);
}, 40_000);
