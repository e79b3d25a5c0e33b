// The lock that people write themselves: two commands on ioredis, nothing else.
import { Redis } from 'ioredis';
import { pollingLock } from './polling-lock.mjs';

export default {
  name: 'raw',
  about: 'SET NX PX and EVALSHA compare-and-delete on ioredis; polls every 50 ms ± 25 when busy',
  can: ['lock', 'wait', 'tryOnce'],
  cannot: { hold: 'does not renew' },
  lockKeyOf: (key) => key,
  connect: async ({ port }) => pollingLock(new Redis(port, '127.0.0.1')),
};
