/** All contracts on a Redis whose connection puts something in front of every key. */
import { describe, expect, it } from 'vitest';
import { allContracts } from './support/all-contracts.js';
import { onRedis } from './support/redis-subject.js';

/** Every test has a namespace of its own and mostly waits, so several may run side by side. */
const sideBySide = { describe: describe.concurrent, it };
const prefixed = (keyPrefix: string) => onRedis((address) => ({ ...address, keyPrefix }));

// The worst of prefixes: ioredis would make it an empty hash tag, and every key of the namespace would be of one slot.
allContracts({ name: 'one Redis, with a prefix of braces', open: prefixed('{}x') }, sideBySide);

describe('the key prefix of a connection', () => {
  it('becomes part of the namespace, escaped, and keeps two applications apart', async () => {
    const keysWith = async (keyPrefix: string): Promise<readonly string[]> => {
      const subject = await prefixed(keyPrefix)();
      const holdfast = await subject.open({ preflight: 'off' });
      try {
        await holdfast.locks.run('job', () => undefined);
        return (await subject.keys()).filter((key) => key.endsWith(':fence'));
      } finally {
        await holdfast.close();
        await subject.close();
      }
    };
    expect(await keysWith('shop:')).toEqual([expect.stringMatching(/^hf1:shop:t[0-9a-f]+:\{job\}:fence$/)]);
    expect(await keysWith('{}x')).toEqual([expect.stringMatching(/^hf1:%7B%7Dxt[0-9a-f]+:\{job\}:fence$/)]);
  });
});
