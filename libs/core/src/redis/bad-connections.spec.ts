/** What is no connection is refused by name before a socket is opened, and shows no password. */
import { inspect } from 'node:util';
import { Cluster, Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { createHoldfast } from '../holdfast.js';

async function refusalOf(connection: unknown): Promise<unknown> {
  const options = { connection, namespace: 'shop', connectTimeout: 100, preflight: 'off' };
  const started: unknown = Reflect.apply(createHoldfast, undefined, [options]);
  return Promise.resolve(started).then(
    // Not the instance itself: whoever prints it would call its methods.
    () => new Error('it started'),
    (error: unknown) => error,
  );
}

const unconnected = (): Redis => new Redis({ lazyConnect: true });

describe('a connection that is none', () => {
  it.each([
    ['a URL object', new URL('redis://127.0.0.1:1')],
    ['a promise of a client', Promise.resolve(unconnected())],
    ['a list', []],
    ['a list of options', [{ host: '127.0.0.1', port: 1 }]],
    ['a map', new Map([['host', '127.0.0.1']])],
    ['a number', 6_379],
    ['a text that is no URL', 'localhost:6379'],
  ])('is refused by name: %s', async (_, connection) => {
    const refusal = await refusalOf(connection);
    expect(refusal).toMatchObject({ code: 'ERR_LOCK_CONFIG' });
    expect(String(refusal)).toContain('connection');
  });

  it.each([
    ['a promise', async () => unconnected()],
    ['nothing', () => undefined],
    ['null', () => null],
    ['options', () => ({ host: '127.0.0.1' })],
  ])('is refused when a factory gives back %s', async (_, factory) => {
    const refusal = await refusalOf(factory);
    expect(refusal).toMatchObject({ code: 'ERR_LOCK_CONFIG' });
    expect(String(refusal)).toContain('connection');
  });
});

describe('a cluster or sentinels', () => {
  const node = { host: '127.0.0.1', port: 7_000 };
  const withPassword = { ...node, password: 'x' };
  const clusterOf = (options: object): Cluster => new Cluster([node], { lazyConnect: true, ...options });

  it.each<[string, unknown]>([
    ['connection.cluster: [] must be a list of { host, port } with at least one node', { cluster: [] }],
    ['connection.cluster: "x" must be a list', { cluster: 'x' }],
    ['connection.cluster[1]: 7001 must be { host, port }', { cluster: [node, 7_001] }],
    ['connection.cluster[0].host: undefined must be a name or an address', { cluster: [{ port: 1 }] }],
    [
      'connection.cluster[0].port: 70000 must be a whole number from 1 to 65535',
      { cluster: [{ host: 'a', port: 70_000 }] },
    ],
    ['connection.cluster[0].password: unknown option; there are host, port', { cluster: [withPassword] }],
    [
      'connection.scaleReads: unknown option; there are cluster, redisOptions, natMap',
      { cluster: [node], scaleReads: 'all' },
    ],
    ['connection.redisOptions: 5 must be an object', { cluster: [node], redisOptions: 5 }],
    [
      'connection.redisOptions.db: 1 must be 0; a cluster has one database',
      { cluster: [node], redisOptions: { db: 1 } },
    ],
    ['connection.redisOptions.host: must not be given', { cluster: [node], redisOptions: { host: 'b' } }],
    ['connection.natMap: "x" must be an object or a function', { cluster: [node], natMap: 'x' }],
    ["looked up with useSRVRecords isn't supported", clusterOf({ useSRVRecords: true })],
    ["looked up with useSRVRecords isn't supported", () => clusterOf({ useSRVRecords: true })],
    [
      'no node of the Cluster client may have password of its own; give it in redisOptions',
      new Cluster([node, withPassword], { lazyConnect: true }),
    ],
    [
      'no node of the Cluster client may have tls, username, password of its own',
      new Cluster(['rediss://u:p@127.0.0.1:7000'], { lazyConnect: true }),
    ],
    ['name at least one node', Object.assign(clusterOf({}), { startupNodes: [] })],
    [
      'connection.sentinels: [] must be a list of { host, port } with at least one',
      { sentinels: [], name: 'a' },
    ],
    ['connection.name: undefined must be what the sentinels call the primary', { sentinels: [node] }],
  ])('is refused by name: %s', async (why, connection) => {
    const refusal = await refusalOf(connection);
    expect(refusal).toMatchObject({ code: 'ERR_LOCK_CONFIG', faults: [expect.stringContaining(why)] });
  });
});

it.each(['redis://u:pa%ss@host', 'redis://u:pa%ss@127.0.0.1:1/0', 'rediss://:pa%ss@host:6379'])(
  'a URL with a bare percent sign in its password is refused without showing it: %s',
  async (connection) => {
    const refusal = await refusalOf(connection);
    expect(refusal).toMatchObject({ code: 'ERR_LOCK_CONFIG' });
    expect(String(refusal)).toContain('connection');
    expect(inspect(refusal, { depth: 20, showHidden: true })).not.toContain('pa%ss');
  },
);
