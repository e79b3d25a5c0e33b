// Permits of Holdfast: options checked once, one call for each acquisition.
import { open } from './holdfast-client.mjs';
import { lastMade } from './last-made.mjs';

export default {
  name: 'holdfast-permits',
  about: '`semaphores.prepare()` once, `prepared.acquire(key)`, `lease.release()`',
  can: ['permits'],
  connect: async ({ port }) => {
    const { semaphores } = await open(port);
    const prepared = lastMade(({ ttlMs, waitMs, permits }) =>
      semaphores.prepare('s', { permits, ttl: ttlMs, wait: waitMs }),
    );
    return {
      acquire: (key, options) => prepared(options).acquire(key, undefined),
      release: (lease) => lease.release(),
    };
  },
};
