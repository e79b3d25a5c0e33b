// W8: takes one of eight permits and gives it back, under names that nobody else wants.
import { PERMITS } from '../contenders/index.mjs';

const OPTIONS = { ttlMs: 10_000, waitMs: 5_000, permits: 8 };

const permits = ({ id, inFlight }) => ({
  id,
  title: `one of eight permits taken and given back, ${inFlight} in flight`,
  needs: 'permits',
  contenders: PERMITS,
  reference: 'raw-permits',
  processes: 1,
  columns: [
    { key: 'opsPerSecond', label: 'permits/s' },
    { key: 'cpuMicros', label: 'client CPU a permit, µs', digits: 1 },
    { key: 'gcMicros', label: 'GC a permit, µs', digits: 2, noRatio: true },
  ],
  measure: ({ workers: [worker], scale: { forMs, warmUpMs } }) =>
    worker.call('churn', { inFlight, forMs, warmUpMs, options: OPTIONS }),
});

export default [permits({ id: 'w8a', inFlight: 1 }), permits({ id: 'w8b', inFlight: 32 })];
