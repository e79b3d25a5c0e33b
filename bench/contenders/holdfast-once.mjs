// Something done once by Holdfast: options checked once, one call for each key.
import { open } from './holdfast-client.mjs';

export default {
  name: 'holdfast-once',
  about: '`once.prepare()` once, `prepared.run(key, …)`: a lease, a fence, and what came of it for who waits',
  can: ['once'],
  connect: async ({ port }) => {
    const { once } = await open(port);
    const prepared = once.prepare('o', { remember: '60s' });
    return { once: (key, body) => prepared.run(key, undefined, body) };
  },
};
