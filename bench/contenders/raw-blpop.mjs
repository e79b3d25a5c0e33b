// A token in a list for each key: who waits blocks on the list, who is done pushes the token back. Redis itself wakes
// the waiter, so nothing hands over faster. A dead holder takes the token with it for good.
import { Redis } from 'ioredis';
import { loadScript } from './lock-scripts.mjs';

const PUT_TOKEN_ONCE = `
if redis.call('SET', KEYS[1], 1, 'NX') then redis.call('RPUSH', KEYS[2], 't') end
return 1`;

export default {
  name: 'raw-blpop',
  about: 'a token in a list: BLPOP takes it (one connection for each waiter), RPUSH gives it back',
  can: ['wait'],
  cannot: { lock: 'needs a token in every list first', tryOnce: 'waits', hold: 'does not renew' },
  connect: async ({ port }) => {
    const redis = new Redis(port, '127.0.0.1');
    const putTokenOnce = await loadScript(redis, PUT_TOKEN_ONCE);
    const idle = [];
    const seen = new Set();
    return {
      acquire: async (key, { waitMs }) => {
        if (!seen.has(key)) {
          seen.add(key);
          await putTokenOnce(2, `${key}:made`, key);
        }
        // A blocking command keeps its connection for itself.
        const connection = idle.pop() ?? new Redis(port, '127.0.0.1');
        const taken = await connection.blpop(key, waitMs / 1_000);
        idle.push(connection);
        if (taken === null) throw new Error('gave up');
        return key;
      },
      release: (key) => redis.rpush(key, 't'),
    };
  },
};
