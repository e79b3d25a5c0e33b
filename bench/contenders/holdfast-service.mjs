// Holdfast as an application calls it: a name and options with every call.
import { fenceKeyOf, lockKeyOf, lockName, open } from './holdfast-client.mjs';

export default {
  name: 'holdfast-service',
  about: '`locks.acquire(name, { key, ttl, wait })` and `lease.release()`',
  can: ['lock'],
  lockKeyOf,
  fenceKeyOf,
  connect: async ({ port }) => {
    const { locks } = await open(port);
    return {
      acquire: (key, { ttlMs, waitMs }) => locks.acquire(lockName, { key, ttl: ttlMs, wait: waitMs }),
      release: (lease) => lease.release(),
    };
  },
};
