// W1d: what a lock costs on the wire, alone and among 128 that are taken at once.
import { OURS, PEERS } from '../contenders/index.mjs';
import { countCommands } from '../harness/command-log.mjs';
import { countBytes } from '../harness/wire-bytes.mjs';

const OPTIONS = { ttlMs: 10_000, waitMs: 5_000 };
const ALONE = { atOnce: 1, times: 256, options: OPTIONS };
const BATCHED = { atOnce: 128, times: 4, options: OPTIONS };
const LOCKS_ALONE = ALONE.atOnce * ALONE.times;
const LOCKS_BATCHED = BATCHED.atOnce * BATCHED.times;

const column = (key, label, rest) => ({ key, label, digits: 1, noRatio: true, ...rest });

export default [
  {
    id: 'w1d',
    title: 'a lock on the wire: acquire and release, alone and among 128 at once',
    needs: 'lock',
    contenders: ['raw', 'raw-cork', 'raw-coalesced', 'raw-queue', ...OURS, ...PEERS],
    reference: 'raw',
    processes: 1,
    // Counters inside tokens grow with use, and so do bytes.
    freshProcesses: true,
    full: { rounds: 3 },
    quick: { rounds: 1 },
    columns: [
      column('roundTrips', 'round trips', { target: { atMost: 2 } }),
      column('wire', 'commands on the wire'),
      column('inner', 'commands inside scripts', { target: { atMost: 8 } }),
      column('requests', 'bytes sent', { digits: 0 }),
      column('replies', 'bytes received', { digits: 0 }),
      column('bytes', 'bytes alone', { digits: 0, target: { atMost: 420 } }),
      column('wireBatched', 'commands on the wire, of 128', { digits: 2 }),
      column('innerBatched', 'inside scripts, of 128'),
      column('requestsBatched', 'bytes sent, of 128', { digits: 0 }),
      column('repliesBatched', 'bytes received, of 128', { digits: 0 }),
      column('bytesBatched', 'bytes, of 128', { digits: 0, target: { atMost: 260 } }),
    ],
    measure,
  },
];

async function measure({ workers: [worker], admin }) {
  // The first calls load scripts and open connections.
  await worker.call('batches', BATCHED);
  const { roundTrips } = await worker.call('batches', ALONE);
  const alone = await countBytes(admin, () => worker.call('batches', ALONE));
  const batched = await countBytes(admin, () => worker.call('batches', BATCHED));
  const asked = await countCommands(admin, () => worker.call('batches', ALONE));
  const askedBatched = await countCommands(admin, () => worker.call('batches', BATCHED));
  return {
    roundTrips,
    wire: asked.wire / LOCKS_ALONE,
    inner: asked.inner / LOCKS_ALONE,
    requests: alone.requests / LOCKS_ALONE,
    replies: alone.replies / LOCKS_ALONE,
    bytes: (alone.requests + alone.replies) / LOCKS_ALONE,
    wireBatched: askedBatched.wire / LOCKS_BATCHED,
    innerBatched: askedBatched.inner / LOCKS_BATCHED,
    requestsBatched: batched.requests / LOCKS_BATCHED,
    repliesBatched: batched.replies / LOCKS_BATCHED,
    bytesBatched: (batched.requests + batched.replies) / LOCKS_BATCHED,
  };
}
