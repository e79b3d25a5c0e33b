/** The tools that other tests stand on: what they claim to do, they do. */
import { existsSync } from 'node:fs';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { CommandLog } from './command-log.js';
import { eventually, within } from './eventually.js';
import { startFaultProxy, type FaultProxy } from './fault-proxy.js';
import { readKeyspace, seedKeyspace, type Keyspace } from './keyspace.js';
import { startRedis, type RedisServer } from './redis-server.js';
import { RespRequests } from './resp-requests.js';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

async function proxied(): Promise<{ proxy: FaultProxy; client: Redis }> {
  const proxy = await startFaultProxy(server.port);
  const client = new Redis({
    port: proxy.port,
    maxRetriesPerRequest: null,
    retryStrategy: () => 5,
    autoResendUnfulfilledCommands: false,
  });
  client.on('error', () => undefined);
  onTestFinished(async () => {
    client.disconnect();
    await proxy.stop();
  });
  await client.ping();
  return { proxy, client };
}

describe('the private server', () => {
  it('loses its data in an empty restart and keeps its port', async () => {
    const own = await startRedis();
    onTestFinished(() => own.stop());
    const client = own.client();
    await client.set('a', '1');
    await own.restart({ empty: true });
    expect(await client.get('a')).toBeNull();
    expect(existsSync(own.dir)).toBe(true);
    await own.stop();
    expect(existsSync(own.dir)).toBe(false);
  });
});

describe('the fault proxy', () => {
  it('counts requests by name and the bytes of both directions', async () => {
    const { proxy, client } = await proxied();
    proxy.resetCounts();
    await Promise.all([client.set('a', 'x\r\n*1'), client.get('a'), client.get('a')]);
    expect(proxy.counts.commands).toEqual({ SET: 1, GET: 2 });
    expect(proxy.counts.bytesToServer).toBeGreaterThan(60);
    expect(proxy.counts.bytesToClient).toBe('+OK\r\n'.length + 2 * '$5\r\nx\r\n*1\r\n'.length);
  });

  it('holds everything in silence and delivers it in order at the heal', async () => {
    const { proxy, client } = await proxied();
    await client.del('list');
    proxy.silence();
    const pushed = [client.rpush('list', '1'), client.rpush('list', '2')];
    await expect(within(60, 'a silent server', Promise.all(pushed))).rejects.toThrow('nothing within 60 ms');
    expect(await server.client().exists('list')).toBe(0);
    await proxy.heal();
    expect(await Promise.all(pushed)).toEqual([1, 2]);
  });

  it('can lose only what the server says', async () => {
    const { proxy, client } = await proxied();
    proxy.silence({ direction: 'to-client', bytes: 'swallow' });
    const lost = client.set('one-way', '1');
    lost.catch(() => undefined);
    await eventually(async () => (await server.client().get('one-way')) === '1');
    await expect(within(50, 'no reply', lost)).rejects.toThrow('nothing within 50 ms');
  });

  it('loses the reply to one command and cuts, after the server executed it', async () => {
    const { proxy, client } = await proxied();
    proxy.dropNextReply({ command: 'incr', thenCut: true });
    expect(await client.get('dropped')).toBeNull();
    const lost = client.incr('dropped').catch((error: unknown) => error);
    await eventually(async () => (await server.client().get('dropped')) === '1');
    // ioredis 6 leaves such a promise pending for ever: the very thing that callers have to bound.
    await expect(within(100, 'the lost reply', lost)).rejects.toThrow('nothing within 100 ms');
    expect(await client.incr('dropped')).toBe(2);
  });

  it('delays, resets, refuses and heals', async () => {
    const { proxy, client } = await proxied();
    proxy.delay(30);
    const askedAt = performance.now();
    await client.ping();
    expect(performance.now() - askedAt).toBeGreaterThanOrEqual(59);
    await proxy.heal();
    const reset = new Promise((resolve) => client.once('close', resolve));
    await proxy.refuse();
    await reset;
    const refused = new Redis({ port: proxy.port, lazyConnect: true, retryStrategy: () => null });
    refused.on('error', () => undefined);
    await expect(refused.connect()).rejects.toThrow('Connection is closed');
    await proxy.heal();
    await eventually(() => client.ping());
    expect(proxy.connections.length).toBeGreaterThan(0);
  });
});

describe('request parsing', () => {
  it('finds the same requests however the bytes are cut', () => {
    const bytes = Buffer.from(
      '*2\r\n$3\r\nGET\r\n$4\r\nä€\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$6\r\n*1\r\n$9\r\n'.replace('$4', '$5'),
    );
    for (let size = 1; size <= bytes.length; size += 1) {
      const seen: (readonly string[])[] = [];
      const parser = new RespRequests((args) => seen.push(args));
      for (let from = 0; from < bytes.length; from += size) parser.push(bytes.subarray(from, from + size));
      expect(seen).toEqual([
        ['GET', 'ä€'],
        ['SET', 'a', '*1\r\n$9'],
      ]);
    }
  });
});

describe('the keyspace', () => {
  it('reads back what was seeded, without the prefix and nothing beside it', async () => {
    const client = server.client();
    const keyspace: Keyspace = {
      'a:{x}': { type: 'string', value: 'v', ttlMs: 50_000 },
      b: { type: 'zset', value: { m: 1.5, n: 1_700_000_000_000_000 } },
      c: { type: 'hash', value: { f: '1' } },
      d: { type: 'list', value: ['1', '1'] },
      e: { type: 'set', value: ['p', 'q'] },
      g: { type: 'stream', value: [{ z: '1', a: '2' }, { a: '3' }] },
    };
    const stream: Keyspace = { f: { type: 'stream', value: [{ a: '1' }], ids: ['7-3'] } };
    await client.set('ks*other', 'not mine');
    await seedKeyspace(client, 'ks[*]:', { ...keyspace, ...stream });
    expect(await client.xrange('ks[*]:f', '-', '+')).toEqual([['7-3', ['a', '1']]]);
    const read = await readKeyspace(client, 'ks[*]:');
    expect(read).toEqual({
      ...keyspace,
      f: { type: 'stream', value: [{ a: '1' }] },
      'a:{x}': { type: 'string', value: 'v', ttlMs: expect.closeTo(50_000, -3) },
    });
  });
});

describe('the command log', () => {
  it('tells the wire from what scripts call', async () => {
    const log = await CommandLog.start(server.url);
    onTestFinished(() => log.stop());
    const client = server.client();
    await client.ping();
    await log.clear();
    await client.eval("return redis.call('SET', KEYS[1], 'v')", 1, 'logged');
    expect((await log.wireCommands()).map((command) => command.name)).toEqual(['EVAL']);
    expect((await log.scriptCalls()).map((command) => [command.name, ...command.args])).toEqual([
      ['SET', 'logged', 'v'],
    ]);
  });
});
