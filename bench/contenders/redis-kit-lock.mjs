// @redis-kit/lock on one node-redis client, with its defaults and as many retries as the wait takes.
import { Redlock } from '@redis-kit/lock';
import { createClient } from 'redis';
import { lastMade } from './last-made.mjs';

/** The documented default, with which the number of retries is reckoned. */
const RETRY_DELAY_MS = 200;

export default {
  name: 'redis-kit-lock',
  about: '@redis-kit/lock on node-redis: `acquire()`, `release()`',
  can: ['lock', 'wait', 'tryOnce'],
  cannot: { hold: 'not measured' },
  lockKeyOf: (key) => key,
  connect: async ({ port }) => {
    const client = createClient({ url: `redis://127.0.0.1:${port}` });
    await client.connect();
    const redlock = lastMade(
      ({ waitMs = 0 }) => new Redlock([client], { maxRetryAttempts: Math.ceil(waitMs / RETRY_DELAY_MS) }),
    );
    return {
      acquire: async (key, options) => {
        const lock = await redlock(options).acquire(key, options.ttlMs);
        if (lock === null) throw new Error('gave up');
        return lock;
      },
      // It keeps no lock for a minimal time: as with `raw`, the key is left to expire.
      tryOnce: async (key, options) => {
        const { ttlMs, holdAtLeastMs } = options;
        const lock = await redlock(options).acquire(key, holdAtLeastMs || ttlMs);
        if (lock === null) return undefined;
        return holdAtLeastMs > 0 ? {} : lock;
      },
      release: (lock) => lock.release?.(),
    };
  },
};
