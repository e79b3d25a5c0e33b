// A fixed window by hand: count, and let the first one set the end.
import { Redis } from 'ioredis';
import { loadScript } from './lock-scripts.mjs';

const COUNT = `
local used = redis.call('INCR', KEYS[1])
if used == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return used`;

export default {
  name: 'raw-limit',
  about: 'INCR, and PEXPIRE by the first, in one script',
  can: ['limit'],
  connect: async ({ port }) => {
    const count = await loadScript(new Redis(port, '127.0.0.1'), COUNT);
    return {
      consume: async (key, { points, windowMs }) => (await count(1, key, windowMs)) <= points,
    };
  },
};
