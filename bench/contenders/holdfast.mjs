// Holdfast as its own decorators call it: options checked once, one call for each acquisition.
import { fenceKeyOf, lockKeyOf, lockName, open } from './holdfast-client.mjs';
import { lastMade } from './last-made.mjs';

export default {
  name: 'holdfast',
  about: '`locks.prepare()` once, `prepared.acquire(key)`, `lease.release()`',
  can: ['lock', 'wait', 'tryOnce', 'hold'],
  lockKeyOf,
  fenceKeyOf,
  renewsWith: 'pexpire',
  connect: async ({ port }) => {
    const { locks } = await open(port);
    const prepared = lastMade((options) => locks.prepare(lockName, toHoldfast(options)));
    return {
      acquire: (key, options) => prepared(options).acquire(key, undefined),
      tryOnce: (key, options) => prepared(options).tryAcquire(key, undefined),
      hold: (key, options) => prepared(options).acquire(key, undefined),
      isLost: (lease) => !lease.held,
      release: (lease) => lease.release(),
    };
  },
};

function toHoldfast({ ttlMs, waitMs = 0, holdAtLeastMs = 0 }) {
  return { ttl: ttlMs, wait: waitMs, holdAtLeast: holdAtLeastMs };
}
