/** The network between the holder and Redis is silent, cut, or loses what Redis says. */
import assert from 'node:assert/strict';
import { machineMs } from '../../../support/machine-clock.js';
import type { PlayedRow, Trial } from '../row.js';
import {
  endsLost,
  givesBack,
  isLost,
  keptAndHandedOn,
  passed,
  setScene,
  stoppedBefore,
  takenOver,
  type Scene,
} from '../scene.js';
import { TTL_MS, type Stage } from '../stage.js';

/** How long before its deadline a holder is told, by its timer. */
const ABORT_LEAD_MS = Math.max(25, 0.03 * TTL_MS);
/** By so much the keeper does things early for the sake of company, and a clock is read. */
const EARLY_MS = 5 + 1;
/** The timer is not early; how late it is, is up to the machine, but never later than the next grant. */
export const TOLD_IN_TIME = {
  'told before its deadline': { max: ABORT_LEAD_MS + EARLY_MS },
  'told before the next grant': { min: 0 },
};

export type Break = (stage: Stage) => unknown;

export const blackHole: Break = ({ proxy }) => proxy.silence();
export const noReplies: Break = ({ proxy }) => proxy.silence({ direction: 'to-client' });
export const refuse: Break = ({ proxy }) => proxy.refuse();
const heal: Break = ({ proxy }) => proxy.heal();

/** It broke when the scene was set: the holder stops before the contender has it, and the network heals later. */
export async function losesInTime(scene: Scene, outage: { brokenAt: number; forMs: number }, mend = heal) {
  const { trial, contender } = scene;
  await passed(outage.forMs, outage.brokenAt);
  await mend(trial.stage);
  const grantedAt = await takenOver(scene);
  const { lostAt, deadlineAt, marginMs, releasedAt } = await stoppedBefore(scene, grantedAt);
  await givesBack(contender, trial);
  const settledMs = releasedAt - outage.brokenAt;
  assert.ok(settledMs <= TTL_MS + 1_000, `its last promise settled after ${settledMs} ms`);
  return {
    'told before its deadline': deadlineAt - lostAt,
    'told before the next grant': grantedAt - lostAt,
    'last write before the next grant': marginMs,
  };
}

/** Longer than the lease can live. */
export const longOutage =
  (breakIt: Break, forMs: number, mend = heal) =>
  async (trial: Trial) => {
    const scene = await setScene(trial);
    const brokenAt = machineMs();
    await breakIt(trial.stage);
    return losesInTime(scene, { brokenAt, forMs }, mend);
  };

/** A lease outlives what is shorter: the last confirmation is TTL/3 old at most when it begins. */
const HARMLESS_MS = 0.6 * TTL_MS;

/**
 * Half as long as the lease lives: it is kept, also a while later. On a machine that is too busy to end the outage in time
 * it may be over, for what counts is how long it lasted, which is measured and told.
 */
export const shortOutage =
  (breakIt: Break, mend = heal) =>
  async (trial: Trial) => {
    const scene = await setScene(trial);
    const beganAt = machineMs();
    await breakIt(trial.stage);
    await passed(TTL_MS / 2);
    await mend(trial.stage);
    const outageMs = machineMs() - beganAt;
    await passed(1.5 * TTL_MS, beganAt);
    if (isLost(scene) && outageMs > HARMLESS_MS) await endsLost(scene);
    else await keptAndHandedOn(scene);
    return { 'short outage': outageMs };
  };

async function halfOpen(trial: Trial) {
  const short = await shortOutage(noReplies)({ ...trial, name: `${trial.name}-short` });
  return { ...short, ...(await longOutage(noReplies, 2.5 * TTL_MS)(trial)) };
}

export const networkRows: readonly PlayedRow[] = [
  {
    kind: 'played',
    id: 'F05',
    fault: 'a black hole for 2.5×TTL, then healed',
    holds: 'B; told before the next grant, by a timer at the deadline less max(25 ms, 3 % of the TTL)',
    play: longOutage(blackHole, 2.5 * TTL_MS),
    bounds: TOLD_IN_TIME,
  },
  {
    kind: 'played',
    id: 'F07',
    fault: 'a black hole for 0.5×TTL, then healed',
    holds: 'the lease is kept',
    play: shortOutage(blackHole),
  },
  {
    kind: 'played',
    id: 'F08',
    fault: 'replies are lost, requests arrive (half open), for 0.5 and for 2.5×TTL',
    holds: 'kept after 0.5; B after 2.5',
    play: halfOpen,
    bounds: TOLD_IN_TIME,
  },
];
