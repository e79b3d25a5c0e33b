// redlock 5 on one ioredis client, with its defaults and as many retries as the wait takes.
import { Redis } from 'ioredis';
import Redlock, { ExecutionError } from 'redlock';

/** The documented default, with which the number of retries is reckoned. */
const RETRY_DELAY_MS = 200;
const NO_RETRY = { retryCount: 0 };

export default {
  name: 'redlock-5',
  about: 'redlock 5: `acquire()`, `release()`; `using()` where the lock is renewed',
  can: ['lock', 'wait', 'tryOnce', 'hold'],
  lockKeyOf: (key) => key,
  renewsWith: 'set',
  connect: async ({ port }) => {
    const redlock = new Redlock([new Redis(port, '127.0.0.1')]);
    return {
      acquire: (key, { ttlMs, waitMs }) =>
        redlock.acquire([key], ttlMs, { retryCount: Math.ceil(waitMs / RETRY_DELAY_MS) }),
      // It keeps no lock for a minimal time: as with `raw`, the key is left to expire.
      tryOnce: async (key, { ttlMs, holdAtLeastMs }) => {
        try {
          const lock = await redlock.acquire([key], holdAtLeastMs || ttlMs, NO_RETRY);
          return holdAtLeastMs > 0 ? {} : lock;
        } catch (error) {
          if (error instanceof ExecutionError) return undefined;
          throw error;
        }
      },
      hold: (key, { ttlMs }) => holdWith(redlock, key, ttlMs),
      isLost: ({ signal }) => signal.aborted,
      release: (handle) => handle.leave?.() ?? handle.release?.(),
    };
  },
};

function holdWith(redlock, key, ttlMs) {
  return new Promise((resolve, reject) => {
    const done = redlock.using(
      [key],
      ttlMs,
      (signal) =>
        new Promise((leave) => {
          resolve({
            signal,
            leave: () => {
              leave();
              return done.catch(() => undefined);
            },
          });
        }),
    );
    done.catch(reject);
  });
}
