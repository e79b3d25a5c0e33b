// The storage that @nestjs/throttler uses with Redis, called as its guard calls it.
import 'reflect-metadata';
import { ThrottlerStorageRedisService } from '@nest-lab/throttler-storage-redis';
import { Redis } from 'ioredis';

export default {
  name: 'throttler-storage-redis',
  about: '@nest-lab/throttler-storage-redis: `increment()`',
  can: ['limit'],
  connect: async ({ port }) => {
    const storage = new ThrottlerStorageRedisService(new Redis(port, '127.0.0.1'));
    return {
      consume: async (key, { points, windowMs }) => {
        const { isBlocked } = await storage.increment(key, windowMs, points, windowMs, 'default');
        return !isBlocked;
      },
    };
  },
};
