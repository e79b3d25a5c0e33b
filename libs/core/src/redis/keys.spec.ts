import fc from 'fast-check';
import { expect, it } from 'vitest';
import { escapePart } from '../lease/lease-name.js';
import { KeySpace } from './keys.js';

it('a script finds the channel of a process in any lock key of the namespace: in front of the first brace', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (namespace, keyPrefix, identity) => {
      const keys = new KeySpace(namespace, keyPrefix);
      const [root = ''] = /^[^{]*/.exec(keys.lock(identity)) ?? [];
      expect(`${root}push:p`).toBe(keys.channel('p'));
    }),
  );
});

/** What Redis Cluster makes a slot of: what stands in the first braces, if there is anything in them. */
const taggedPart = (key: string): string => /\{([^}]+)\}/.exec(key)?.[1] ?? key;

it('P8.1: all keys of a job are in one slot, which its name alone decides, and no two jobs share a key', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string({ minLength: 1 }), (namespace, keyPrefix, job) => {
      const keysOf = (name: string) =>
        Object.values(new KeySpace(namespace, keyPrefix).job(escapePart(name)));
      const keys = keysOf(job);
      expect(new Set(keys.map(taggedPart))).toEqual(new Set([escapePart(job)]));
      expect(new Set([...keys, ...keysOf(`${job}x`)]).size).toBe(2 * keys.length);
    }),
  );
});
