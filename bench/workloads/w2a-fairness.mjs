// W2a: who gets a lock that everybody wants, with a section of 1 ms.
import { PEERS } from '../contenders/index.mjs';
import { jainIndex } from '../harness/statistics.mjs';
import { contend } from './one-key.mjs';

const SECTION_MS = 1;

const fairness = (waiters, processes) => ({
  id: `w2a-${waiters}x${processes}`,
  title: `${waiters} waiters of one key in ${processes} ${processes === 1 ? 'process' : 'processes'}, section of 1 ms`,
  needs: 'wait',
  contenders: ['raw', 'raw-blpop', 'raw-queue', 'holdfast', ...PEERS],
  reference: 'raw-queue',
  processes,
  full: { rounds: 3, forMs: 6_000 },
  quick: { rounds: 1, forMs: 1_200 },
  notInQuick: processes === 1 || waiters < 16,
  columns: [
    { key: 'grantsPerSecond', label: 'grants/s' },
    { key: 'starved', label: 'starved', noRatio: true, target: { equals: 0 } },
    { key: 'jain', label: 'Jain index', digits: 3, noRatio: true, target: { atLeast: 0.95 } },
    { key: 'gaveUp', label: 'gave up', noRatio: true, target: { equals: 0 } },
    { key: 'overlaps', label: 'overlaps', noRatio: true, target: { equals: 0 } },
  ],
  measure: async ({ workers, admin, scale: { forMs } }) => {
    const section = { ms: SECTION_MS, port: Number(admin.options.port) };
    const { grants, granted, gaveUp, overlaps } = await contend(workers, { waiters, forMs, section });
    return {
      grantsPerSecond: (granted / forMs) * 1_000,
      starved: grants.filter((count) => count === 0).length,
      jain: jainIndex(grants),
      gaveUp,
      overlaps,
    };
  },
});

export default [
  fairness(2, 1),
  fairness(16, 1),
  fairness(128, 1),
  fairness(4, 4),
  fairness(16, 4),
  fairness(128, 4),
];
