// W4: a scheduled job on every replica, of which one must run it.
import { PEERS } from '../contenders/index.mjs';
import { countCommands } from '../harness/command-log.mjs';
import { commonNow } from '../harness/common-clock.mjs';
import { median } from '../harness/statistics.mjs';
import { freshKey } from './one-key.mjs';

const CONTEXTS = 16;
const PROCESSES = 4;
const SKEW_MS = 20;
const HOLD_AT_LEAST_MS = 50;
/** Long enough for the skew, the hold and what comes late. */
const EVERY_MS = 150;
const LOSERS = 64;

const JOB = { ttlMs: 10_000, holdAtLeastMs: HOLD_AT_LEAST_MS };
const PLAIN = { ttlMs: 10_000, holdAtLeastMs: 0 };

export default [
  {
    id: 'w4',
    title: `${CONTEXTS} contexts in ${PROCESSES} processes skip a job that another one runs, ${SKEW_MS} ms of skew`,
    needs: 'tryOnce',
    contenders: ['raw', 'holdfast', ...PEERS],
    reference: 'raw',
    processes: PROCESSES,
    full: { rounds: 3, forMs: 6_000 },
    quick: { rounds: 1, forMs: 1_500 },
    columns: [
      { key: 'wrong', label: 'moments without exactly one run', noRatio: true, target: { equals: 0 } },
      { key: 'moments', label: 'of', noRatio: true },
      {
        key: 'loserMicros',
        label: 'a loser knows after, µs',
        target: { atMost: 1.1, ofReference: true },
      },
      {
        key: 'wirePerLoser',
        label: 'commands on the wire of a loser',
        digits: 2,
        noRatio: true,
        target: { atMost: 1 },
      },
    ],
    measure,
  },
];

async function measure({ workers, admin, scale: { forMs } }) {
  const firstAt = commonNow() + 50;
  const moments = Array.from({ length: Math.floor(forMs / EVERY_MS) }, (_, at) => firstAt + at * EVERY_MS);
  const contexts = CONTEXTS / PROCESSES;
  const params = { key: freshKey(), contexts, moments, skewMs: SKEW_MS, options: JOB };
  const seen = await Promise.all(workers.map((worker) => worker.call('skip-if-busy', params)));
  const runs = moments.map((_, at) => seen.reduce((sum, { ran }) => sum + ran[at], 0));
  return {
    wrong: runs.filter((ran) => ran !== 1).length,
    moments: moments.length,
    loserMicros: median(seen.flatMap(({ lostAfterMs }) => lostAfterMs)) * 1_000,
    wirePerLoser: await commandsOfLoser(workers, admin),
  };
}

async function commandsOfLoser([winner, loser], admin) {
  const params = { key: freshKey(), options: PLAIN };
  const taken = await winner.call('try-once', { ...params, times: 1 });
  // What a process asks only once, about a script or a holder, is not what every loser costs.
  let granted = await loser.call('try-once', { ...params, times: 1 });
  const { wire } = await countCommands(admin, async () => {
    granted += await loser.call('try-once', { ...params, times: LOSERS });
  });
  if (taken !== 1 || granted !== 0) throw new Error('the lock was not busy when it should have been');
  return wire / LOSERS;
}
