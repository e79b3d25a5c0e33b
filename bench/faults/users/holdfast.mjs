// Holdfast: README, "When the lock is lost": assertHeld() before every side effect, and the fence goes with the write.
import { createHoldfast } from '@holdfast/core';

const NAMESPACE = 'f';
const LOCK = 'l';

/** @type {import('./user.d.ts').User} */
export default {
  name: 'holdfast',
  package: '@holdfast/core',
  about: '`locks.run()`, `lease.assertHeld()` before each write, `lease.fence` with it',
  documented: 'README, "When the lock is lost". Defaults',
  lockKeyOf: (key) => `hf1:${NAMESPACE}:{${LOCK}#${key}}:lock`,
  connect: async ({ port, ttlMs, patienceMs }) => {
    const { locks } = await createHoldfast({ connection: `redis://127.0.0.1:${port}`, namespace: NAMESPACE });
    return {
      run: (key, work) =>
        locks.run(LOCK, { key, ttl: ttlMs, wait: patienceMs }, (lease) =>
          work.untilDone(() => lease.assertHeld(), { fence: lease.fence }),
        ),
    };
  },
};
