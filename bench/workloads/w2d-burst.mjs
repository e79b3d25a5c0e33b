// W2d: 128 callers at once, each once, in 4 processes.
import { PEERS } from '../contenders/index.mjs';
import { commonNow } from '../harness/common-clock.mjs';
import { median } from '../harness/statistics.mjs';
import { freshKey, OPTIONS } from './one-key.mjs';

const CALLERS = 128;
const PROCESSES = 4;

export default [
  {
    id: 'w2d',
    title: `${CALLERS} callers of one key at one moment, in ${PROCESSES} processes, empty section`,
    needs: 'wait',
    contenders: ['raw', 'raw-blpop', 'raw-queue', 'holdfast', ...PEERS],
    reference: 'raw-queue',
    processes: PROCESSES,
    columns: [
      {
        key: 'totalMs',
        label: 'until the last is done, ms',
        digits: 1,
        target: { atMost: 0.9, ofReference: true },
      },
      { key: 'served', label: `served of ${CALLERS}`, noRatio: true, target: { equals: CALLERS } },
    ],
    full: { rounds: 5, forMs: 2_000 },
    quick: { rounds: 1, forMs: 500 },
    measure: async ({ workers, scale: { forMs } }) => {
      const bursts = [];
      const endsAt = commonNow() + forMs;
      // As many as there is time for: one alone says little when it takes 20 ms.
      while (bursts.length === 0 || commonNow() < endsAt) bursts.push(await burst(workers));
      return {
        totalMs: median(bursts.map(({ totalMs }) => totalMs)),
        served: Math.min(...bursts.map(({ served }) => served)),
      };
    },
  },
];

async function burst(workers) {
  const startsAt = commonNow() + 50;
  const params = { key: freshKey(), callers: CALLERS / PROCESSES, startsAt, options: OPTIONS };
  const ends = await Promise.all(workers.map((worker) => worker.call('burst', params)));
  return {
    totalMs: Math.max(...ends.map(({ endedAt }) => endedAt)) - startsAt,
    served: ends.reduce((sum, { served }) => sum + served, 0),
  };
}
