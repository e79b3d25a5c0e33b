// What most do: look whether the answer is there, and if not mark it as begun, do it and write it down.
import { Redis } from 'ioredis';

const KEPT_MS = 60_000;

export default {
  name: 'raw-once',
  about:
    '`GET`; `SET NX` before, `SET` behind. Whoever comes meanwhile goes without; a crash leaves it begun',
  can: ['once'],
  connect: async ({ port }) => {
    const redis = new Redis(port, '127.0.0.1');
    return {
      once: async (key, body) => {
        const known = await redis.get(key);
        if (known !== null && known !== '') return JSON.parse(known);
        if ((await redis.set(key, '', 'PX', KEPT_MS, 'NX')) === null) throw new Error('somebody is at it');
        const result = await body();
        await redis.set(key, JSON.stringify(result), 'PX', KEPT_MS);
        return result;
      },
    };
  },
};
