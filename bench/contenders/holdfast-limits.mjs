// Limiters of Holdfast: a limiter defined once, `consume(key)` for each request.
import { open } from './holdfast-client.mjs';
import { lastMade } from './last-made.mjs';

/** @param {string} name @param {'fixed-window' | 'gcra' | 'sliding-window-counter'} algorithm */
export const limitsBy = (name, algorithm) => ({
  name,
  about: `\`limiters.define()\` once, \`limiter.consume(key)\`: \`${algorithm}\``,
  can: ['limit'],
  connect: async ({ port }) => {
    const { limiters } = await open(port);
    const limiter = lastMade(({ points, windowMs }) =>
      limiters.define('q', { limits: { algorithm, limit: points, per: windowMs } }),
    );
    return { consume: async (key, limit) => (await limiter(limit).consume(key)).allowed };
  },
});
