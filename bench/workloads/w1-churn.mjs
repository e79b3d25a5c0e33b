// W1a–c: acquire and release of distinct keys that nobody else wants, so many of them in flight.
import { OURS, PEERS } from '../contenders/index.mjs';

const OPTIONS = { ttlMs: 10_000, waitMs: 5_000 };

const ops = (atLeast) => ({
  key: 'opsPerSecond',
  label: 'locks/s',
  target: { atLeast, ofReference: true },
});

const cpu = (atMost) => ({
  key: 'cpuMicros',
  label: 'client CPU a lock, µs',
  digits: 1,
  target: atMost === undefined ? undefined : { atMost, ofReference: true },
});

const gc = (atMost) => ({
  key: 'gcMicros',
  label: 'GC a lock, µs',
  digits: 2,
  noRatio: true,
  target: atMost === undefined ? undefined : { atMost },
});

const churn = ({ id, inFlight, columns }) => ({
  id,
  title: `acquire and release of distinct keys, ${inFlight} in flight`,
  needs: 'lock',
  contenders: ['raw', 'raw-cork', 'raw-coalesced', 'raw-queue', ...OURS, ...PEERS],
  reference: 'raw',
  processes: 1,
  quick: { forMs: 300, warmUpMs: 100 },
  columns,
  measure: ({ workers: [worker], round, scale: { forMs, warmUpMs } }) =>
    worker.call('churn', {
      inFlight,
      forMs,
      // A process that has just started has more to compile.
      warmUpMs: round === 0 ? 3 * warmUpMs : warmUpMs,
      options: OPTIONS,
    }),
});

export default [
  churn({ id: 'w1a', inFlight: 1, columns: [ops(0.92), cpu(), gc()] }),
  churn({ id: 'w1b', inFlight: 32, columns: [ops(1.1), cpu(0.55), gc()] }),
  churn({ id: 'w1c', inFlight: 512, columns: [ops(2.0), cpu(0.45), gc(1.2)] }),
];
