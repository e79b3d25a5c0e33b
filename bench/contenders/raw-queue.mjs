// The least that a fair queue needs: who finds the lock taken is put in line, who gives it back makes the first in line
// the holder and tells the waiter's process. Nobody confirms, nobody is asked whether he is still alive, nobody leaves
// the line: the limit for a fair hand-off, not a lock to use.
import { Redis } from 'ioredis';
import { loadScript } from './lock-scripts.mjs';
import { tokenMaker } from './token-maker.mjs';

const TAKE_OR_QUEUE = `
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
redis.call('RPUSH', KEYS[2], ARGV[1])
return 0`;

const HAND_ON = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local heir = redis.call('LPOP', KEYS[2])
if not heir then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], heir, 'PX', ARGV[2])
redis.call('PUBLISH', string.match(heir, '^[^:]+'), heir)
return 1`;

export default {
  name: 'raw-queue',
  about: 'a list as a queue and PUBLISH to the next; no confirmation, no liveness, no giving up',
  can: ['lock', 'wait'],
  cannot: { tryOnce: 'measured with `raw`', hold: 'does not renew' },
  lockKeyOf: (key) => key,
  connect: async ({ port }) => {
    const redis = new Redis(port, '127.0.0.1');
    const takeOrQueue = await loadScript(redis, TAKE_OR_QUEUE);
    const handOn = await loadScript(redis, HAND_ON);
    const nextToken = tokenMaker();
    /** @type {Map<string, () => void>} */
    const waiting = new Map();
    await listen(port, { channel: nextToken().split(':')[0], waiting });

    return {
      acquire: async (key, { ttlMs }) => {
        const token = nextToken();
        // Before the call: the message may overtake the reply, as it comes over another connection.
        const told = new Promise((resolve) => void waiting.set(token, resolve));
        if ((await takeOrQueue(2, key, `${key}:q`, token, ttlMs)) === 0) await told;
        waiting.delete(token);
        return { key, token, ttlMs };
      },
      release: ({ key, token, ttlMs }) => handOn(2, key, `${key}:q`, token, ttlMs),
    };
  },
};

async function listen(port, { channel, waiting }) {
  const subscriber = new Redis(port, '127.0.0.1');
  subscriber.on('message', (_, token) => waiting.get(token)?.());
  await subscriber.subscribe(channel);
}
