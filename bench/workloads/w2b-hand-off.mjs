// W2b: how long it takes from one process to the other, and what a hand-over costs with more and more in line.
import { PEERS } from '../contenders/index.mjs';
import { commonNow } from '../harness/common-clock.mjs';
import { percentile } from '../harness/statistics.mjs';
import { commandsPerGrant, contend, freshKey, OPTIONS } from './one-key.mjs';

const HOLD_MS = 20;
const AWAY_MS = 8;
const CONTENDERS = ['raw', 'raw-blpop', 'raw-queue', 'holdfast', ...PEERS];

const latency = {
  id: 'w2b-latency',
  title: 'from release in one process to the grant in another, which had queued long before',
  needs: 'wait',
  contenders: CONTENDERS,
  reference: 'raw-queue',
  processes: 2,
  full: { rounds: 5, forMs: 5_000 },
  quick: { rounds: 1, forMs: 1_200 },
  columns: [
    { key: 'p50', label: 'p50, µs', target: { atMost: 1.25, ofReference: true } },
    { key: 'p95', label: 'p95, µs' },
    { key: 'handOffs', label: 'hand-offs', noRatio: true },
    { key: 'again', label: 'taken again by the same process', noRatio: true },
  ],
  measure: measureLatency,
};

async function measureLatency({ workers, scale: { forMs } }) {
  const startsAt = commonNow() + 50;
  const params = { key: freshKey(), startsAt, endsAt: startsAt + forMs, options: OPTIONS };
  const played = await Promise.all(
    workers.map((worker) => worker.call('ping-pong', { ...params, holdMs: HOLD_MS, awayMs: AWAY_MS })),
  );
  const turns = played
    .flatMap((turnsOfOne, player) => turnsOfOne.map(([gotAt, releasedAt]) => ({ player, gotAt, releasedAt })))
    .toSorted((one, other) => one.gotAt - other.gotAt);
  const passes = turns.slice(1).map((turn, at) => ({ from: turns[at], to: turn }));
  const handOffs = passes.filter(({ from, to }) => from.player !== to.player);
  const micros = handOffs.map(({ from, to }) => (to.gotAt - from.releasedAt) * 1_000);
  return {
    p50: percentile(micros, 0.5),
    p95: percentile(micros, 0.95),
    handOffs: handOffs.length,
    again: passes.length - handOffs.length,
  };
}

const cost = (waiters) => ({
  id: `w2b-${waiters}`,
  title: `commands for a grant with ${waiters} waiters of one key in 2 processes, polls and confirmations included`,
  needs: 'wait',
  contenders: CONTENDERS,
  reference: 'raw-queue',
  processes: 2,
  full: { rounds: 3, forMs: 5_000 },
  quick: { rounds: 1, forMs: 500 },
  columns: [
    { key: 'wirePerGrant', label: 'on the wire', digits: 2, noRatio: true, target: { atMost: 3 } },
    { key: 'innerPerGrant', label: 'inside scripts', digits: 2, noRatio: true },
  ],
  measure: async ({ workers, admin, scale: { forMs } }) => {
    const section = { ms: 1, port: Number(admin.options.port) };
    // Connections are opened and scripts are loaded once.
    await contend(workers, { waiters, forMs: 50, section });
    return commandsPerGrant(workers, { admin, waiters, forMs, section });
  },
});

export default [latency, cost(2), cost(16), cost(128)];
