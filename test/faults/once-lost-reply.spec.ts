/** The answers to the two calls of something that is done once get lost: it is not done again, and what came of it counts. */
import { onLeaseEvent, type Holdfast } from '@holdfast/core';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { always, eventually, within } from '../support/eventually.js';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.js';
import { openHoldfast, rejectionOf } from '../support/holdfasts.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';

const TTL_MS = 900;
const OPTIONS = { remember: '1h', ttl: TTL_MS, wait: 5_000 } as const;

let server: RedisServer;
let proxy: FaultProxy;
let holdfast: Holdfast;
/** Another process, with nothing in its way. */
let other: Holdfast;
let namespace: string;
let told: string[];

beforeEach(async () => {
  server = await startRedis();
  onTestFinished(() => server.stop());
  proxy = await startFaultProxy(server.port);
  onTestFinished(() => proxy.stop());
  namespace = uniqueNamespace();
  holdfast = await openHoldfast(proxy.url, { namespace, attemptTimeout: 200, replica: 'here' });
  other = await openHoldfast(server.url, { namespace });
  told = [];
  onTestFinished(
    onLeaseEvent(({ type, replica, ...event }) => {
      if (replica === 'here') told.push('outcome' in event ? `${type}: ${event.outcome}` : type);
    }),
  );
});

/** Begins it, with a body that is over when it is told so. */
async function begun() {
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  let runs = 0;
  const result = holdfast.once.run('invoice', OPTIONS, async () => {
    runs += 1;
    await finished;
    return { number: 7 };
  });
  await eventually(() => runs === 1);
  return { result, finish };
}

const asOthersSeeIt = () =>
  within(
    3_000,
    'the outcome',
    other.once.run<unknown>('invoice', OPTIONS, () => 'again'),
  );

it('the reply to the first: it is done once, by who asked', async () => {
  proxy.dropNextReply({ command: 'EVALSHA', thenCut: true });
  const { result, finish } = await begun();
  finish();
  expect(await within(2_000, 'the result', result)).toEqual({ number: 7 });
  expect(await asOthersSeeIt()).toEqual({ number: 7 });
  expect(told).toEqual(['granted', 'released: released']);
});

it('the reply to the second, with its connection: it is written down once, and nobody hears of a loss', async () => {
  const { result, finish } = await begun();
  proxy.dropNextReply({ command: 'EVALSHA', thenCut: true });
  finish();
  expect(await within(2_000, 'the result', result)).toEqual({ number: 7 });
  expect(await asOthersSeeIt()).toEqual({ number: 7 });
  expect(told).toEqual(['granted', 'released: released']);
});

it('all of them, while the lease runs out, and nobody is in line: it is written down all the same', async () => {
  const { result, finish } = await begun();
  proxy.silence({ direction: 'to-server' });
  finish();
  const [redis, lock] = [server.client(), `hf1:${namespace}:{#once#invoice}:lock`];
  // Sooner than it would, for it has to be over before nobody asks any more.
  expect(await redis.pexpire(lock, 1)).toBe(1);
  await eventually(async () => (await redis.exists(lock)) === 0);
  await proxy.heal();
  expect(await within(3_000, 'the result', result)).toEqual({ number: 7 });
  expect(await asOthersSeeIt()).toEqual({ number: 7 });
  expect(told).toEqual(['granted', 'released: released']);
});

it('all of them, for longer than the lease may last: its caller hears that nobody knows', async () => {
  const { result, finish } = await begun();
  proxy.silence();
  finish();
  const error = await within(TTL_MS + 2_000, 'the error', rejectionOf(result));
  expect(error).toMatchObject({ code: 'ERR_LOCK_UNAVAILABLE' });
  expect(told).toEqual(['granted', 'released: unknown']);
  // The lock is free by then, and it is done again, by somebody who can say so.
  expect(await asOthersSeeIt()).toBe('again');
});

it('a shutdown waits until it is written down', async () => {
  const { result, finish } = await begun();
  proxy.silence({ direction: 'to-client' });
  finish();
  const closed = holdfast.close(5_000);
  let isClosed = false;
  void closed.then(() => (isClosed = true));
  await always(() => !isClosed, 250);
  await proxy.heal();
  await within(3_000, 'the end', closed);
  expect(await result).toEqual({ number: 7 });
  expect(await asOthersSeeIt()).toEqual({ number: 7 });
});
