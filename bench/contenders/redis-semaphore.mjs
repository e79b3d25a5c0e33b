// The Mutex of redis-semaphore on one ioredis client, with its defaults: it asks every 10 ms and renews at 0.8 ttl.
import { Redis } from 'ioredis';
import { Mutex } from 'redis-semaphore';

export default {
  name: 'redis-semaphore',
  about: 'redis-semaphore: `new Mutex()`, `acquire()`, `release()`',
  can: ['lock', 'wait', 'tryOnce', 'hold'],
  lockKeyOf: (key) => `mutex:${key}`,
  renewsWith: 'pexpire',
  connect: async ({ port }) => {
    const redis = new Redis(port, '127.0.0.1');
    const mutexOf = (key, options) => new Mutex(redis, key, { onLockLost: () => undefined, ...options });
    return {
      acquire: async (key, { ttlMs, waitMs }) => {
        const mutex = mutexOf(key, { lockTimeout: ttlMs, acquireTimeout: waitMs });
        await mutex.acquire();
        return mutex;
      },
      // "We want to let lock expire over time", says its manual: stopRefresh() instead of release().
      tryOnce: async (key, { ttlMs, holdAtLeastMs }) => {
        const lasts = { lockTimeout: holdAtLeastMs || ttlMs, acquireAttemptsLimit: 1 };
        const mutex = mutexOf(key, holdAtLeastMs > 0 ? { ...lasts, refreshInterval: 0 } : lasts);
        if (!(await mutex.tryAcquire())) return undefined;
        return holdAtLeastMs > 0 ? { release: () => mutex.stopRefresh() } : mutex;
      },
      hold: async (key, { ttlMs }) => {
        const mutex = mutexOf(key, { lockTimeout: ttlMs });
        await mutex.acquire();
        return mutex;
      },
      isLost: (mutex) => !mutex.isAcquired,
      release: (mutex) => mutex.release(),
    };
  },
};
