// W3: many locks that one process holds for a while.
import { lowestTtl } from '../harness/ttl-sampler.mjs';

const column = (key, label, rest) => ({ key, label, noRatio: true, ...rest });

export default [
  {
    id: 'w3',
    title:
      'many locks held by one process (10,000 for 20 s with a ttl of 10 s; quick: 2,000 for 5 s with 3 s)',
    needs: 'hold',
    contenders: ['holdfast', 'redlock-5', 'redis-semaphore'],
    reference: 'holdfast',
    processes: 1,
    freshProcesses: true,
    full: { rounds: 3, locks: 10_000, forMs: 20_000, loopForMs: 10_000, ttlMs: 10_000 },
    quick: { rounds: 1, locks: 2_000, forMs: 5_000, loopForMs: 2_000, ttlMs: 3_000 },
    columns: [
      column('cpuMicros', 'client CPU a renewal, µs', { digits: 1, target: { atMost: 4 } }),
      column('bytesPerLock', 'heap a lock, bytes', { target: { atMost: 500 } }),
      column('lowestTtl', 'lowest TTL seen, share of ttl', { digits: 2, target: { atLeast: 0.6 } }),
      column('lost', 'lost', { target: { equals: 0 } }),
      column('loopMaxMs', 'event loop late by at most, ms', { digits: 1, target: { atMost: 30 } }),
      column('renewals', 'renewals seen'),
    ],
    measure,
  },
];

async function measure({ workers: [worker], contender, admin, round, scale }) {
  const { locks, forMs, loopForMs, ttlMs } = scale;
  const prefix = `h${round}.`;
  const keys = Array.from({ length: locks }, (_, at) => contender.lockKeyOf(`${prefix}${at}`));
  const { bytesPerLock } = await worker.call('hold', { step: 'take', prefix, locks, options: { ttlMs } });
  const before = await calls(admin, contender.renewsWith);
  const [seen, lowestMs] = await Promise.all([
    worker.call('hold', { step: 'watch', forMs }),
    lowestTtl(admin, keys, forMs),
  ]);
  const renewals = (await calls(admin, contender.renewsWith)) - before;
  const [loop, lowestLaterMs] = await Promise.all([
    worker.call('hold', { step: 'watchLoop', forMs: loopForMs }),
    lowestTtl(admin, keys, loopForMs),
  ]);
  await worker.call('hold', { step: 'giveBack' });
  return {
    cpuMicros: seen.cpuMicros / renewals,
    bytesPerLock,
    lowestTtl: Math.min(lowestMs, lowestLaterMs) / ttlMs,
    lost: Math.max(seen.lost, loop.lost),
    loopMaxMs: loop.loopMaxMs,
    renewals,
  };
}

/** How often Redis ran a command, scripts included. */
async function calls(admin, command) {
  const info = await admin.info('commandstats');
  return Number(new RegExp(`^cmdstat_${command}:calls=(\\d+)`, 'm').exec(info)?.[1] ?? 0);
}
