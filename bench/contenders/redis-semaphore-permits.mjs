// The Semaphore of redis-semaphore: a sorted set of holders by their own clocks, cut at each acquire.
import { Redis } from 'ioredis';
import { Semaphore } from 'redis-semaphore';

export default {
  name: 'redis-semaphore-permits',
  about: 'redis-semaphore: `new Semaphore()`, `acquire()`, `release()`',
  can: ['permits'],
  connect: async ({ port }) => {
    const redis = new Redis(port, '127.0.0.1');
    return {
      acquire: async (key, { ttlMs, waitMs, permits }) => {
        const options = { lockTimeout: ttlMs, acquireTimeout: waitMs, onLockLost: () => undefined };
        const semaphore = new Semaphore(redis, key, permits, options);
        await semaphore.acquire();
        return semaphore;
      },
      release: (semaphore) => semaphore.release(),
    };
  },
};
