// `raw`, but all commands of one tick leave in one write to the socket.
import { Redis } from 'ioredis';
import { pollingLock } from './polling-lock.mjs';

export default {
  name: 'raw-cork',
  about: '`raw` with the writes of one tick corked into one',
  can: ['lock', 'wait', 'tryOnce'],
  cannot: { hold: 'does not renew' },
  lockKeyOf: (key) => key,
  connect: async ({ port }) => {
    const redis = new Redis(port, '127.0.0.1');
    await redis.ping();
    corkEachTick(redis);
    return pollingLock(redis);
  },
};

/** @param {Redis} redis connected, and never connected again: the bench has no outages */
function corkEachTick(redis) {
  const { stream } = redis;
  const send = redis.sendCommand.bind(redis);
  let corked = false;
  const uncork = () => {
    corked = false;
    stream.uncork();
  };
  redis.sendCommand = (...command) => {
    if (!corked) {
      corked = true;
      stream.cork();
      process.nextTick(uncork);
    }
    return send(...command);
  };
}
