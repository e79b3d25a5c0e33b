// redlock 4: README, "Locking and Extending": "you can continue to extend the lock as long as you never let it expire".
// It does not renew by itself, so the work does, at half the ttl, and ends when `extend` rejects. A failed `unlock` is
// ignored there, too: "your lock will eventually expire".
import { Redis } from 'ioredis';
import Redlock from 'redlock4';

/** The documented default, with which the number of retries is reckoned. */
const RETRY_DELAY_MS = 200;

/** @type {import('./user.d.ts').User} */
export default {
  name: 'redlock-4',
  package: 'redlock4',
  about: '`lock()`, `lock.extend()` by hand at half the ttl, `lock.unlock()`',
  documented:
    'its README, "Locking and Extending". Defaults; `retryCount` as the patience asks for, by `lockWithOptions()`, so that `extend()` keeps the default',
  lockKeyOf: (key) => key,
  connect: async ({ port, ttlMs, patienceMs }) => {
    const redlock = new Redlock([new Redis(port, '127.0.0.1')]);
    const options = { retryCount: Math.ceil(patienceMs / RETRY_DELAY_MS) };
    return {
      run: async (key, work) => {
        const lock = await redlock.lockWithOptions(key, ttlMs, options);
        let extendAt = performance.now() + ttlMs / 2;
        try {
          await work.untilDone(async () => {
            if (performance.now() < extendAt) return;
            await lock.extend(ttlMs);
            extendAt = performance.now() + ttlMs / 2;
          });
        } finally {
          await lock.unlock().catch(() => undefined);
        }
      },
    };
  },
};
