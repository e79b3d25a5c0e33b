import { setTimeout as delay } from 'node:timers/promises';

const EVERY_MS = 100;

/** @type {import('./fault.d.ts').Contested} */
export default {
  id: 'F16',
  title: `SCRIPT FLUSH every ${EVERY_MS} ms for 2 × ttl`,
  lastsTtls: 0,
  expects: 'kept',
  strike: async ({ admin, ttlMs }) => {
    for (let passedMs = 0; passedMs < 2 * ttlMs; passedMs += EVERY_MS) {
      await admin.script('FLUSH');
      await delay(EVERY_MS);
    }
  },
};
