// redlock-universal on one ioredis client, with its defaults and as many retries as the wait takes. A lock object
// belongs to one key; they are kept, as making one for every call would cost it more.
import { Redis } from 'ioredis';
import { createLock, IoredisAdapter, LockAcquisitionError } from 'redlock-universal';
import { lastMade } from './last-made.mjs';

/** The documented default, with which the number of retries is reckoned. */
const RETRY_DELAY_MS = 100;

export default {
  name: 'redlock-universal',
  about: 'redlock-universal: `createLock()` once for each key, `acquire()`, `release()`',
  can: ['lock', 'wait', 'tryOnce'],
  cannot: { hold: 'not measured' },
  lockKeyOf: (key) => key,
  connect: async ({ port }) => {
    const adapter = new IoredisAdapter(new Redis(port, '127.0.0.1'));
    const lockOf = lastMade(({ ttlMs, waitMs = 0, holdAtLeastMs = 0 }) => {
      const retryAttempts = Math.ceil(waitMs / RETRY_DELAY_MS);
      return lockForKey((key) => createLock({ adapter, key, ttl: holdAtLeastMs || ttlMs, retryAttempts }));
    });
    const take = async (key, options) => {
      const lock = lockOf(options)(key);
      return { lock, handle: await lock.acquire() };
    };
    return {
      acquire: take,
      // It keeps no lock for a minimal time: as with `raw`, the key is left to expire.
      tryOnce: async (key, options) => {
        try {
          const taken = await take(key, options);
          return options.holdAtLeastMs > 0 ? {} : taken;
        } catch (error) {
          if (error instanceof LockAcquisitionError) return undefined;
          throw error;
        }
      },
      release: ({ lock, handle }) => lock?.release(handle),
    };
  },
};

function lockForKey(make) {
  const made = new Map();
  return (key) => {
    let lock = made.get(key);
    if (lock === undefined) made.set(key, (lock = make(key)));
    return lock;
  };
}
