// redlock-universal: README, "using() - Recommended", whose routine throws when `signal.aborted`.
import { Redis } from 'ioredis';
import { createLock, IoredisAdapter } from 'redlock-universal';

/** The documented default, with which the number of retries is reckoned. */
const RETRY_DELAY_MS = 100;

/** @type {import('./user.d.ts').User} */
export default {
  name: 'redlock-universal',
  package: 'redlock-universal',
  about: '`lock.using()`, `signal.aborted` before each write',
  documented: 'its README, "using() - Recommended". Defaults; `retryAttempts` as the patience asks for',
  lockKeyOf: (key) => key,
  connect: async ({ port, ttlMs, patienceMs }) => {
    const adapter = new IoredisAdapter(new Redis(port, '127.0.0.1'));
    const retryAttempts = Math.ceil(patienceMs / RETRY_DELAY_MS);
    return {
      run: (key, work) =>
        createLock({ adapter, key, ttl: ttlMs, retryAttempts }).using((signal) =>
          work.untilDone(() => {
            if (signal.aborted) throw new Error('Lock lost');
          }),
        ),
    };
  },
};
