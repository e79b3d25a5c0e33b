/** What is no connection is refused by name before a socket is opened, and shows no password. */
import { inspect } from 'node:util';
import { Redis } from 'ioredis';
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

it.each(['redis://u:pa%ss@host', 'redis://u:pa%ss@127.0.0.1:1/0', 'rediss://:pa%ss@host:6379'])(
  'a URL with a bare percent sign in its password is refused without showing it: %s',
  async (connection) => {
    const refusal = await refusalOf(connection);
    expect(refusal).toMatchObject({ code: 'ERR_LOCK_CONFIG' });
    expect(String(refusal)).toContain('connection');
    expect(inspect(refusal, { depth: 20, showHidden: true })).not.toContain('pa%ss');
  },
);
