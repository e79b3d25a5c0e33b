// W2c: a lock that goes round among the waiters of one process, with nothing to do in between.
import { commandsPerGrant, contend } from './one-key.mjs';

const WAITERS = 128;

export default [
  {
    id: 'w2c',
    title: `${WAITERS} waiters of one key in one process, empty section`,
    needs: 'wait',
    contenders: ['raw', 'raw-blpop', 'raw-queue', 'holdfast', 'redlock-5', 'redis-semaphore'],
    reference: 'raw-queue',
    processes: 1,
    full: { rounds: 5, forMs: 3_000 },
    quick: { rounds: 1, forMs: 500 },
    columns: [
      { key: 'micros', label: 'a hand-off, µs', digits: 1, target: { atMost: 15 } },
      {
        key: 'wirePerGrant',
        label: 'commands on the wire a grant',
        digits: 2,
        noRatio: true,
        target: { atMost: 1 },
      },
      { key: 'innerPerGrant', label: 'inside scripts', digits: 2, noRatio: true },
      { key: 'again', label: 'grants to the one that just had it, %', digits: 1, noRatio: true },
    ],
    measure: async ({ workers, admin, scale: { forMs, warmUpMs } }) => {
      await contend(workers, { waiters: WAITERS, forMs: warmUpMs });
      const { handOffs, granted } = await contend(workers, { waiters: WAITERS, forMs });
      const commands = await commandsPerGrant(workers, { admin, waiters: WAITERS, forMs: forMs / 2 });
      return { micros: (forMs * 1_000) / handOffs, again: (1 - handOffs / granted) * 100, ...commands };
    },
  },
];
