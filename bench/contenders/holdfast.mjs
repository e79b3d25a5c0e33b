// Holdfast as its own decorators call it: options checked once, one call for each acquisition.
import { fenceKeyOf, lockKeyOf, lockName, open } from './holdfast-client.mjs';

export default {
  name: 'holdfast',
  about: '`locks.prepare()` once, `prepared.acquire(key)`, `lease.release()`',
  can: ['lock', 'wait', 'tryOnce', 'hold'],
  lockKeyOf,
  fenceKeyOf,
  renewsWith: 'pexpire',
  connect: async ({ port }) => {
    const { locks } = await open(port);
    const prepared = once((options) => locks.prepare(lockName, toHoldfast(options)));
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

/** The options of a workload are one object, so the last one made is nearly always the right one. */
function once(make) {
  let last;
  let made;
  return (options) => {
    if (options !== last) [last, made] = [options, make(options)];
    return made;
  };
}
