// redis-semaphore: README, "Example with lost lock handling": `onLockLost`, and `isAcquired` before each iteration.
import { Redis } from 'ioredis';
import { Mutex } from 'redis-semaphore';

/** @type {import('./user.d.ts').User} */
export default {
  name: 'redis-semaphore',
  package: 'redis-semaphore',
  about: '`new Mutex()` with `onLockLost`, `mutex.isAcquired` before each write',
  documented: 'its README, "Example with lost lock handling". Defaults',
  lockKeyOf: (key) => `mutex:${key}`,
  connect: async ({ port, ttlMs, patienceMs }) => {
    const redis = new Redis(port, '127.0.0.1');
    return {
      run: async (key, work) => {
        let lost = new Error('not acquired');
        const onLockLost = (error) => void (lost = error);
        const mutex = new Mutex(redis, key, { lockTimeout: ttlMs, acquireTimeout: patienceMs, onLockLost });
        await mutex.acquire();
        try {
          await work.untilDone(() => {
            if (!mutex.isAcquired) throw lost;
          });
        } finally {
          await mutex.release();
        }
      },
    };
  },
};
