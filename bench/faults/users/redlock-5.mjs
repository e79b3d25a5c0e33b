// redlock 5: README, "Usage": "The `using` method wraps and executes a routine in the context of an auto-extending lock",
// whose routine throws `signal.error` when `signal.aborted`.
import { Redis } from 'ioredis';
import Redlock from 'redlock';

/** The documented default, with which the number of retries is reckoned. */
const RETRY_DELAY_MS = 200;

/** @type {import('./user.d.ts').User} */
export default {
  name: 'redlock-5',
  package: 'redlock',
  about: '`using()`, `signal.aborted` before each write',
  documented: 'its README, "Usage". Defaults; `retryCount` of the call as the patience asks for',
  lockKeyOf: (key) => key,
  connect: async ({ port, ttlMs, patienceMs }) => {
    const redlock = new Redlock([new Redis(port, '127.0.0.1')]);
    const settings = { retryCount: Math.ceil(patienceMs / RETRY_DELAY_MS) };
    return {
      run: (key, work) =>
        redlock.using([key], ttlMs, settings, (signal) =>
          work.untilDone(() => {
            if (signal.aborted) throw signal.error;
          }),
        ),
    };
  },
};
