/** What is sent so that replicas are asked: one WAIT behind what needs it, and nothing behind what does not. */
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { always, eventually } from '../support/eventually.js';
import { startFaultProxy } from '../support/fault-proxy.js';
import { openHoldfast, rejectionOf } from '../support/holdfasts.js';
import { startReplicated, type ReplicatedRedis } from '../support/redis-replicas.js';

const REPLICAS = { atLeast: 1, within: 300 } as const;

let redis: ReplicatedRedis;
beforeAll(async () => {
  redis = await startReplicated();
});
afterAll(() => redis.stop());

/** An instance behind a proxy, and what it sends from now on: scripts and WAIT. */
async function watched(connection: { readonly protocol?: 2 | 3 } = {}) {
  const proxy = await startFaultProxy(redis.primary.port);
  onTestFinished(() => proxy.stop());
  const at = { host: '127.0.0.1', port: proxy.port, ...connection };
  const holdfast = await openHoldfast(at, { replicas: REPLICAS });
  const sent: string[] = [];
  await (await holdfast.locks.acquire('warm-up')).release();
  proxy.onRequest(([name = '', ...args]) => {
    const command = name.toUpperCase();
    if (command.startsWith('EVAL')) sent.push(command);
    if (command === 'WAIT') sent.push(`WAIT ${args.join(' ')}`);
  });
  return { ...holdfast, proxy, sent };
}

it('locks that are taken in one tick are asked about with one WAIT behind them, and given back without any', async () => {
  const { locks, sent } = await watched();
  const names = Array.from({ length: 10 }, (_, order) => `order-${order}`);
  const leases = await Promise.all(names.map((name) => locks.acquire(name)));
  expect(sent.splice(0)).toEqual(['EVALSHA', 'WAIT 1 300']);
  expect(await Promise.all(leases.map((lease) => lease.release()))).toEqual(names.map(() => 'released'));
  expect(sent).toEqual(['EVALSHA']);
});

it('a busy lock is told at once, whatever the replicas say of a free one in the same call', async () => {
  const { locks, namespace } = await watched();
  const { locks: others } = await openHoldfast(redis.primary.url, { namespace, replicas: REPLICAS });
  const lease = await others.acquire('busy');
  redis.cutOff();
  onTestFinished(() => redis.heal());
  let answered = false;
  const free = rejectionOf(locks.tryAcquire('free')).finally(() => (answered = true));
  expect(await locks.tryAcquire('busy')).toBeUndefined();
  expect(answered).toBe(false);
  expect(await free).toMatchObject({ condition: 'not-replicated' });
  expect(await lease.release()).toBe('released');
});

it('what is called while replicas are asked goes together, with the next WAIT', async () => {
  const { locks, sent } = await watched();
  redis.cutOff();
  onTestFinished(() => redis.heal());
  const first = locks.acquire('first', { wait: 5_000 });
  await eventually(() => sent.includes('WAIT 1 300'));
  const others = ['second', 'third'].map((name) => locks.acquire(name, { wait: 5_000 }));
  await always(() => sent.length === 2, 100);
  const more = locks.acquire('fourth', { wait: 5_000 });
  await eventually(() => sent.filter((command) => command.startsWith('WAIT')).length === 2);
  expect(sent.slice(0, 5)).toEqual(['EVALSHA', 'WAIT 1 300', 'EVALSHA', 'EVALSHA', 'WAIT 1 300']);
  await redis.heal();
  for (const lease of await Promise.all([first, more, ...others])) await lease.release();
});

it('a script that the server forgot is asked about again, behind its source', async () => {
  const { locks, sent } = await watched();
  await redis.admin.script('FLUSH');
  const lease = await locks.acquire('order');
  expect(sent).toEqual(['EVALSHA', 'WAIT 1 300', 'EVAL', 'WAIT 1 300']);
  redis.cutOff();
  onTestFinished(() => redis.heal());
  await lease.release();
  await redis.admin.script('FLUSH');
  const error = await rejectionOf(locks.tryAcquire('order'));
  expect(error).toMatchObject({ condition: 'not-replicated' });
});
