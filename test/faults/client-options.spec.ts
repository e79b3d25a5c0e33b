/** However the user configured ioredis, and whichever way the configuration came, a lock behaves the same. */
import type { HoldfastConnection } from '@holdfast/core';
import { Redis, type RedisOptions } from 'ioredis';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { eventually, within } from '../support/eventually.js';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.js';
import { openHoldfast, rejectionOf } from '../support/holdfasts.js';
import { keysOfLock } from '../support/lock-keys.js';
import { long } from '../support/long.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';

const TTL_MS = 900;
const ATTEMPT_MS = 250;

const all: readonly RedisOptions[] = [
  { maxRetriesPerRequest: 0 },
  { maxRetriesPerRequest: 1 },
  { maxRetriesPerRequest: 20 },
  { maxRetriesPerRequest: null },
  { commandTimeout: 30 },
  { enableOfflineQueue: true },
  { enableOfflineQueue: false },
  { autoResendUnfulfilledCommands: true },
  { autoResendUnfulfilledCommands: false },
  { retryStrategy: () => null, enableAutoPipelining: true },
];
/** Every day some: row F06 of the matrix plays all of them, as options. */
const configs = all.filter((_, at) => long || at % 3 === 0);

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

const forms: Record<string, (proxy: FaultProxy, options: RedisOptions) => HoldfastConnection> = {
  'as options': ({ port }, options) => ({ port, ...options }),
  'in a URL': urlOf,
  'in a live client': ({ port }, options) => clientOf({ port, ...options }),
  'in a factory':
    ({ port }, options) =>
    () =>
      clientOf({ port, ...options }),
};

/** Only as far as a text can carry it. */
function urlOf({ url }: FaultProxy, options: RedisOptions): string {
  const plain = Object.entries(options).filter(([, value]) => ['number', 'boolean'].includes(typeof value));
  return `${url}/0?${plain.map(([name, value]) => `${name}=${String(value)}`).join('&')}`;
}

function clientOf(options: RedisOptions): Redis {
  const client = new Redis({ ...options, replyMapping: 'legacy' });
  client.on('error', () => undefined);
  onTestFinished(() => client.disconnect());
  return client;
}

/** The life of a lock through a lost reply, a slow network, an outage and a recovery, as a list of what came out. */
async function lifeOfALock(proxy: FaultProxy, connection: HoldfastConnection): Promise<readonly unknown[]> {
  const namespace = uniqueNamespace();
  const { locks } = await openHoldfast(connection, { namespace, attemptTimeout: ATTEMPT_MS });
  const outcomes: unknown[] = [];
  proxy.dropNextReply({ command: 'EVALSHA', thenCut: true });
  const lease = await within(3_000, 'the grant', locks.acquire('lock', { ttl: TTL_MS }));
  const counter = Number(await server.client().get(keysOfLock(namespace, 'lock').fence));
  outcomes.push(counter - lease.fence === 15 ? 'one fence' : 'several fences');
  proxy.delay(40);
  const slow = await locks.acquire('slow', { ttl: 5_000 });
  outcomes.push(await slow.release());
  await proxy.heal();
  await proxy.refuse();
  const error = await rejectionOf(locks.acquire('other', { ttl: TTL_MS, wait: 300 }));
  outcomes.push(error instanceof Error && 'code' in error ? error.code : error);
  await eventually(() => lease.signal.aborted, { withinMs: TTL_MS });
  const lost: unknown = lease.signal.reason;
  outcomes.push(lost instanceof Error && 'reason' in lost ? lost.reason : lost);
  await proxy.heal();
  const again = await within(5_000, 'the next grant', locks.acquire('lock', { ttl: TTL_MS, wait: 5_000 }));
  outcomes.push(again.fence > lease.fence ? 'higher' : 'not higher', await again.release());
  return outcomes;
}

const SAME = ['one fence', 'released', 'ERR_LOCK_UNAVAILABLE', 'expired', 'higher', 'released'];

it.each(configs.map((options) => [JSON.stringify(options), options] as const))(
  '%s given as options, in a URL, in a live client and in a factory: always the same',
  async (_, options) => {
    const lives = Object.entries(forms).map(async ([form, formOf]) => {
      const proxy = await startFaultProxy(server.port);
      onTestFinished(() => proxy.stop());
      return [form, await lifeOfALock(proxy, formOf(proxy, options))] as const;
    });
    const same = Object.keys(forms).map((form) => [form, SAME]);
    expect(Object.fromEntries(await Promise.all(lives))).toEqual(Object.fromEntries(same));
  },
);
