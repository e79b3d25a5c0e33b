/** The network between the holder and Redis is silent, cut, or loses what Redis says. */
import assert from 'node:assert/strict';
import { machineMs } from '../../../support/machine-clock.js';
import { numberIn } from '../../../support/taker.js';
import type { PlayedRow, Trial } from '../row.js';
import { givesBack, keptAndHandedOn, passed, setScene, stoppedBefore, takenOver } from '../scene.js';
import { TTL_MS, type Stage } from '../stage.js';

/** How long before its deadline a holder is told, by its timer. */
const ABORT_LEAD_MS = Math.max(25, 0.03 * TTL_MS);

type Break = (stage: Stage) => unknown;

const blackHole: Break = ({ proxy }) => proxy.silence();
const noReplies: Break = ({ proxy }) => proxy.silence({ direction: 'to-client' });
const refused: Break = ({ proxy }) => proxy.refuse();

/** Longer than the lease can live: the holder stops before the contender has it. */
const longOutage = (breakIt: Break, forMs: number) => async (trial: Trial) => {
  const scene = await setScene(trial);
  const brokenAt = machineMs();
  await breakIt(trial.stage);
  const grantedAt = await takenOver(scene);
  await passed(forMs, brokenAt);
  await trial.stage.proxy.heal();
  const { lostAt, refused } = await stoppedBefore(scene, grantedAt);
  assert.ok(lostAt <= grantedAt, `told ${lostAt - grantedAt} ms after the next grant`);
  await givesBack(scene.contender, trial);
  return {
    'told before the next grant': grantedAt - lostAt,
    'told before its deadline': numberIn(refused, 'deadlineAt') - lostAt,
  };
};

const shortOutage = (breakIt: Break) => async (trial: Trial) => {
  const scene = await setScene(trial);
  const brokenAt = machineMs();
  await breakIt(trial.stage);
  await passed(TTL_MS / 2, brokenAt);
  await trial.stage.proxy.heal();
  await passed(1.5 * TTL_MS, brokenAt);
  await keptAndHandedOn(scene);
};

/** The timer is not early; how late it is, is up to the machine, and never later than the next grant. */
const TOLD = {
  'told before its deadline': { max: ABORT_LEAD_MS + 1 },
  'told before the next grant': { min: 0 },
};

async function halfOpen(trial: Trial) {
  await shortOutage(noReplies)({ ...trial, name: `${trial.name}-short` });
  return longOutage(noReplies, 2.5 * TTL_MS)(trial);
}

export const networkRows: readonly PlayedRow[] = [
  {
    kind: 'played',
    id: 'F05',
    fault: 'a black hole for 2.5×TTL, then healed',
    holds: 'B; told before the next grant, by a timer at the deadline less max(25 ms, 3 % of the TTL)',
    play: longOutage(blackHole, 2.5 * TTL_MS),
    bounds: TOLD,
  },
  {
    kind: 'played',
    id: 'F06',
    fault: 'RST and refused connections for 2×TTL',
    holds: 'B; settled within TTL + 1 s',
    play: longOutage(refused, 2 * TTL_MS),
    bounds: TOLD,
  },
  {
    kind: 'played',
    id: 'F07',
    fault: 'a black hole for 0.5×TTL, then healed',
    holds: 'the lease is kept',
    play: async (trial) => {
      await shortOutage(blackHole)(trial);
      return {};
    },
  },
  {
    kind: 'played',
    id: 'F08',
    fault: 'replies are lost, requests arrive (half open), for 0.5 and for 2.5×TTL',
    holds: 'kept after 0.5; B after 2.5',
    play: halfOpen,
    bounds: TOLD,
  },
];
