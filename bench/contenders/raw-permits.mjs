// The usual home-made semaphore: a sorted set of holders, cut at the server's clock; ZREM gives back. No line, no fence.
import { Redis } from 'ioredis';
import { loadScript } from './lock-scripts.mjs';
import { tokenMaker } from './token-maker.mjs';

const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`;

export default {
  name: 'raw-permits',
  about: 'a sorted set of holders: one script, and `ZREM`',
  can: ['permits'],
  connect: async ({ port }) => {
    const redis = new Redis(port, '127.0.0.1');
    const take = await loadScript(redis, TAKE);
    const nextToken = tokenMaker();
    return {
      acquire: async (key, { ttlMs, permits }) => {
        const token = nextToken();
        if ((await take(1, key, token, permits, ttlMs)) !== 1) throw new Error('taken');
        return { key, token };
      },
      release: ({ key, token }) => redis.zrem(key, token),
    };
  },
};
