// RateLimiterRedis of rate-limiter-flexible.
import { Redis } from 'ioredis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { lastMade } from './last-made.mjs';

export default {
  name: 'rate-limiter-flexible',
  about: 'rate-limiter-flexible: `RateLimiterRedis.consume()`',
  can: ['limit'],
  connect: async ({ port }) => {
    const storeClient = new Redis(port, '127.0.0.1');
    const limiter = lastMade(
      ({ points, windowMs }) => new RateLimiterRedis({ storeClient, points, duration: windowMs / 1_000 }),
    );
    return {
      consume: async (key, limit) => {
        try {
          await limiter(limit).consume(key);
          return true;
        } catch (error) {
          if (error instanceof RateLimiterRes) return false;
          throw error;
        }
      },
    };
  },
};
