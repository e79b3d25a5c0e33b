import { describe, expect, it } from 'vitest';
import { toBytes } from '../bytes.js';
import { Keyspace } from './keyspace.js';

const text = (value: string) => ({ type: 'string', text: toBytes(value) }) as const;

describe('Keyspace', () => {
  it('keeps a key to the very millisecond of its expiry, and not beyond', () => {
    const keyspace = new Keyspace();
    const key = toBytes('k');
    keyspace.moveTo(1_000);
    keyspace.write(key, text('v'));
    keyspace.expireIn(key, 50);
    keyspace.moveTo(1_050);
    expect(keyspace.ttlOf(key)).toBe(0);
    keyspace.moveTo(1_051);
    expect(keyspace.ttlOf(key)).toBe(-2);
    expect(keyspace.peek(key)).toBeUndefined();
  });

  it('lets go of expired keys that nobody asks for', () => {
    const keyspace = new Keyspace();
    keyspace.moveTo(0);
    for (let i = 0; i < 100; i += 1) {
      keyspace.write(toBytes(`k${i}`), text('v'));
      keyspace.expireIn(toBytes(`k${i}`), 10);
    }
    for (let call = 0; call < 60; call += 1) keyspace.moveTo(1_000 + call);
    expect(keyspace.entriesHeld).toBe(0);
  });

  it('takes the expiry away when a value is written anew', () => {
    const keyspace = new Keyspace();
    const key = toBytes('k');
    keyspace.write(key, text('old'));
    keyspace.expireIn(key, 10);
    keyspace.write(key, text('new'));
    expect(keyspace.ttlOf(key)).toBe(-1);
  });

  it('refuses to read a key as another type', () => {
    const keyspace = new Keyspace();
    keyspace.write(toBytes('k'), text('v'));
    expect(() => keyspace.read(toBytes('k'), 'hash')).toThrow(/^WRONGTYPE /);
  });
});
