// The acquires of one tick in one script call, the releases of one tick in another. No fence, no queue, no renewal:
// the limit for anything that gathers calls.
import { Redis } from 'ioredis';
import { loadScript } from './lock-scripts.mjs';
import { tokenMaker } from './token-maker.mjs';

const MOST = 128;

const TAKE = `
local taken = {}
for at = 1, #KEYS do
  taken[at] = redis.call('SET', KEYS[at], ARGV[at + 1], 'NX', 'PX', ARGV[1]) and 1 or 0
end
return taken`;

const GIVE_BACK = `
local freed = {}
for at = 1, #KEYS do
  freed[at] = redis.call('GET', KEYS[at]) == ARGV[at] and redis.call('DEL', KEYS[at]) or 0
end
return freed`;

export default {
  name: 'raw-coalesced',
  about: 'acquires and releases of one tick in one script call each, at most 128',
  can: ['lock'],
  cannot: { wait: 'does not wait', tryOnce: 'measured with `raw`', hold: 'does not renew' },
  lockKeyOf: (key) => key,
  connect: async ({ port }) => {
    const redis = new Redis(port, '127.0.0.1');
    const take = await loadScript(redis, TAKE);
    const giveBack = await loadScript(redis, GIVE_BACK);
    const nextToken = tokenMaker();
    // One ttl for all, as a workload has only one.
    const takes = gather((keys, tokens, ttlMs) => take(keys.length, ...keys, ttlMs, ...tokens));
    const gifts = gather((keys, tokens) => giveBack(keys.length, ...keys, ...tokens));
    return {
      acquire: async (key, { ttlMs }) => {
        const token = nextToken();
        if ((await takes(key, token, ttlMs)) === 1) return { key, token };
        throw new Error('gave up');
      },
      release: ({ key, token }) => gifts(key, token),
    };
  },
};

/** Calls `send` once for all that came in one tick, and gives each caller its own answer. */
function gather(send) {
  let keys = [];
  let tokens = [];
  let callers = [];
  const flush = (extra) => {
    if (keys.length === 0) return;
    const those = callers;
    const sent = send(keys, tokens, extra);
    [keys, tokens, callers] = [[], [], []];
    sent.then(
      (answers) => those.forEach(({ resolve }, at) => resolve(answers[at])),
      (error) => those.forEach(({ reject }) => reject(error)),
    );
  };
  return (key, token, extra) =>
    new Promise((resolve, reject) => {
      if (keys.length === 0) process.nextTick(flush, extra);
      keys.push(key);
      tokens.push(token);
      callers.push({ resolve, reject });
      if (keys.length === MOST) flush(extra);
    });
}
