// W5: takes one from a limit that is not reached.
import { LIMITERS } from '../contenders/index.mjs';

/** More than anybody takes in that time, and not more than one a microsecond. */
const LIMIT = { points: 50_000_000, windowMs: 60_000 };
const IN_FLIGHT = 32;

export default [
  {
    id: 'w5',
    title: `one taken from a limit, ${IN_FLIGHT} in flight`,
    needs: 'limit',
    contenders: LIMITERS,
    reference: 'raw-limit',
    processes: 1,
    columns: [
      { key: 'opsPerSecond', label: 'calls/s' },
      { key: 'cpuMicros', label: 'client CPU a call, µs', digits: 1 },
      { key: 'gcMicros', label: 'GC a call, µs', digits: 2, noRatio: true },
    ],
    measure: ({ workers: [worker], scale: { forMs, warmUpMs } }) =>
      worker.call('consume', { inFlight: IN_FLIGHT, forMs, warmUpMs, limit: LIMIT }),
  },
];
