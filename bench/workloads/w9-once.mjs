// W9: does something once for a key that is new, and asks for what was done before.
import { ONCE } from '../contenders/index.mjs';

const IN_FLIGHT = 32;

const once = ({ id, title, anew }) => ({
  id,
  title: `${title}, ${IN_FLIGHT} in flight`,
  needs: 'once',
  contenders: ONCE,
  reference: 'raw-once',
  processes: 1,
  columns: [
    { key: 'opsPerSecond', label: 'calls/s' },
    { key: 'cpuMicros', label: 'client CPU a call, µs', digits: 1 },
    { key: 'gcMicros', label: 'GC a call, µs', digits: 2, noRatio: true },
  ],
  measure: ({ workers: [worker], scale: { forMs, warmUpMs } }) =>
    worker.call('do-once', { inFlight: IN_FLIGHT, forMs, warmUpMs, anew }),
});

export default [
  once({ id: 'w9a', title: 'something done once for each key', anew: true }),
  once({ id: 'w9b', title: 'something that was done before', anew: false }),
];
