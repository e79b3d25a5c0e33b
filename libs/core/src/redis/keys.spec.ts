import fc from 'fast-check';
import { expect, it } from 'vitest';
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
