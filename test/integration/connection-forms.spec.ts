/** Whatever `connection` is, Holdfast works on connections of its own, and closes what it opened and nothing else. */
import { inspect } from 'node:util';
import { createHoldfast } from '@holdfast/core';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.js';
import { openHoldfast, rejectionOf } from '../support/holdfasts.js';
import { keysBelow } from '../support/keyspace.js';
import { keysOfLock } from '../support/lock-keys.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';

const PASSWORD = 'pa55%2Fword-that-must-not-show';

let server: RedisServer;
let admin: Redis;
let namespace: string;
beforeAll(async () => {
  server = await startRedis();
  admin = server.client();
  await admin.call('ACL', 'SETUSER', 'app', 'on', `>${decodeURIComponent(PASSWORD)}`, '~*', '&*', '+@all');
});
afterAll(() => server.stop());
beforeEach(() => {
  namespace = uniqueNamespace();
});

/** Names of the connections that this test's instance has. */
async function connectionNames(): Promise<string[]> {
  const list = String(await admin.client('LIST'));
  return [...list.matchAll(/ name=(\S*)/g)]
    .map(([, name = '']) => name)
    .filter((name) => name.includes(namespace));
}

async function takeAndGiveBack(
  connection: Parameters<typeof createHoldfast>[0]['connection'],
): Promise<string> {
  const holdfast = await createHoldfast({ connection, namespace, connectTimeout: 2_000 });
  const lease = await holdfast.locks.acquire('lock');
  expect(await admin.exists(keysOfLock(namespace, 'lock').lock)).toBe(1);
  expect((await connectionNames()).length).toBeGreaterThan(0);
  const outcome = await lease.release();
  await holdfast.close(0);
  await eventually(async () => (await connectionNames()).length === 0);
  return outcome;
}

it('a URL with user and password', async () => {
  const url = `redis://app:${PASSWORD}@127.0.0.1:${server.port}/0`;
  expect(await takeAndGiveBack(url)).toBe('released');
});

it('ioredis options with user and password', async () => {
  const password = decodeURIComponent(PASSWORD);
  const options = { host: '127.0.0.1', port: server.port, username: 'app', password };
  expect(await takeAndGiveBack(options)).toBe('released');
});

it('a live client: we work on a duplicate and leave the client as it was', async () => {
  const client = server.client();
  await client.ping();
  const listeners = client.eventNames().map((name) => [name, client.listenerCount(name)]);
  expect(await takeAndGiveBack(client)).toBe('released');
  expect(client.status).toBe('ready');
  expect(await client.ping()).toBe('PONG');
  expect(client.eventNames().map((name) => [name, client.listenerCount(name)])).toEqual(listeners);
});

it('a live client that blocks: leases are renewed all the same', async () => {
  const client = server.client();
  const { locks } = await openHoldfast(client, { namespace });
  const blocked = client.blpop(`${namespace}:never`, 1);
  const lease = await locks.acquire('lock', { ttl: 500 });
  await blocked;
  expect(lease.held).toBe(true);
  expect(await lease.release()).toBe('released');
});

it('a factory: what it makes is ours to close', async () => {
  const made: Redis[] = [];
  const make = (): Redis => {
    const client = new Redis(server.url);
    made.push(client);
    return client;
  };
  expect(await takeAndGiveBack(make)).toBe('released');
  expect(made).toHaveLength(1);
  for (const client of made) await eventually(() => client.status === 'end');
});

it.each(['shop:', '{}x', 'a%{b}:'])('a keyPrefix (%s) becomes part of the namespace', async (keyPrefix) => {
  const { locks } = await openHoldfast({ port: server.port, keyPrefix }, { namespace });
  const plain = await openHoldfast(server.url, { namespace });
  const lease = await locks.acquire('lock');
  const other = await plain.locks.tryAcquire('lock');
  expect(other, 'another prefix is another lock').toBeDefined();
  const keys = (await keysBelow(admin, 'hf1:')).filter(
    (key) => key.includes(namespace) && key.endsWith('}:lock'),
  );
  expect(keys).toHaveLength(2);
  // One hash tag each, and it is the name.
  for (const key of keys) expect(key.match(/\{[^}]*\}/g)).toEqual(['{lock}']);
  await Promise.all([lease.release(), other?.release()]);
});

it('no error, log line or inspection of an instance shows a password', async () => {
  const said: string[] = [];
  const log = (_: string, line: string): unknown => said.push(line);
  const connection = `redis://app:${PASSWORD}-mistyped@127.0.0.1:${server.port}`;
  const holdfast = await openHoldfast(connection, { namespace, connectTimeout: 200, log });
  const refused = await rejectionOf(holdfast.locks.acquire('lock', { wait: 300 }));
  expect(refused).toMatchObject({ code: 'ERR_LOCK_REFUSED', condition: 'bad-credentials' });
  const unsafe = await rejectionOf(
    createHoldfast({ connection, namespace, preflight: 'refuse', connectTimeout: 200 }),
  );
  const shown = [refused, unsafe, holdfast].map((thing) => inspect(thing, { depth: 20, showHidden: true }));
  for (const text of [...shown, ...said, JSON.stringify([refused, unsafe])]) {
    expect(text).not.toContain('pa55');
    expect(text).not.toContain('app:');
  }
});

it('an error of a command that the server does not know shows neither key nor token', async () => {
  const bare = await startRedis({ args: ['--rename-command', 'EVALSHA', ''] });
  onTestFinished(() => bare.stop());
  const { locks } = await openHoldfast(bare.url, { namespace });
  const error = await rejectionOf(locks.acquire('l', { key: 'customer-4711', wait: 300 }));
  expect(error).toMatchObject({ code: 'ERR_LOCK_REFUSED', condition: 'unexpected' });
  const shown = inspect(error, { depth: 20, showHidden: true });
  expect(shown).not.toContain('customer-4711');
  expect(shown).not.toContain(namespace);
});
