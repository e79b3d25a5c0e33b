// W6: what a call of a decorated method costs its process, without Redis and without the wire.

const column = (key, label, atMost) => ({
  key,
  label,
  digits: 2,
  noRatio: true,
  target: atMost === undefined ? undefined : { atMost },
});

const decorated = ({ id, inFlight, how }) => ({
  id,
  title: `a call of a decorated method on a store that grants in the next microtask, ${how}`,
  needs: 'lock',
  contenders: ['holdfast'],
  reference: 'holdfast',
  processes: 1,
  freshProcesses: true,
  full: { rounds: 5 },
  quick: { rounds: 3, forMs: 400, warmUpMs: 400 },
  columns: [
    column('callMicros', 'CPU a call, µs', 3),
    column('runMicros', '`prepared.run()` alone, µs'),
    column('taxMicros', 'the decorator, µs', 0.5),
  ],
  measure: ({ workers: [worker], scale: { forMs, warmUpMs } }) =>
    worker.call('decorated', { inFlight, forMs, warmUpMs }),
});

export default [
  decorated({ id: 'w6a', inFlight: 1, how: 'one at a time' }),
  decorated({ id: 'w6b', inFlight: 32, how: '32 in flight' }),
];
