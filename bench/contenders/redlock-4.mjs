// redlock 4 on one ioredis client, with its defaults and as many retries as the wait takes.
import { Redis } from 'ioredis';
import Redlock from 'redlock4';
import { lastMade } from './last-made.mjs';

/** The documented default, with which the number of retries is reckoned. */
const RETRY_DELAY_MS = 200;

export default {
  name: 'redlock-4',
  about: 'redlock 4: `lock()`, `unlock()`',
  can: ['lock', 'wait', 'tryOnce'],
  cannot: { hold: 'does not renew by itself' },
  lockKeyOf: (key) => key,
  connect: async ({ port }) => {
    const redis = new Redis(port, '127.0.0.1');
    // Retries are an option of the instance here.
    const redlock = lastMade(
      ({ waitMs = 0 }) => new Redlock([redis], { retryCount: Math.ceil(waitMs / RETRY_DELAY_MS) }),
    );
    return {
      acquire: (key, options) => redlock(options).lock(key, options.ttlMs),
      // It keeps no lock for a minimal time: as with `raw`, the key is left to expire.
      tryOnce: async (key, options) => {
        const { ttlMs, holdAtLeastMs } = options;
        try {
          const lock = await redlock(options).lock(key, holdAtLeastMs || ttlMs);
          return holdAtLeastMs > 0 ? {} : lock;
        } catch (error) {
          if (error instanceof Redlock.LockError) return undefined;
          throw error;
        }
      },
      release: (lock) => lock.unlock?.(),
    };
  },
};
