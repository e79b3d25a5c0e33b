/** The clock of the holder's machine is set, or stood still while the machine slept. */
import assert from 'node:assert/strict';
import { machineMs } from '../../../support/machine-clock.js';
import { ask } from '../../../support/taker.js';
import { settableWallClock, type SettableWallClock } from '../../../support/wrong-clock.js';
import type { PlayedRow, Trial } from '../row.js';
import {
  givesBack,
  keptAndHandedOn,
  passed,
  setScene,
  stopped,
  takenOver,
  tellsAt,
  type Scene,
} from '../scene.js';
import { TTL_MS, type Stage } from '../stage.js';
import { blackHole, losesInTime, TOLD_IN_TIME } from './network.js';

const JUMP_MS = 60_000;
/** How old the last look at the uptime may be, which costs more than one at the clock. */
const LOOK_MS = 250;

const clocks = new WeakMap<Stage, SettableWallClock>();
const cannot = (): string | undefined =>
  settableWallClock() === undefined ? 'libfaketime is not installed' : undefined;

/** A holder whose wall clock can be set, and is right. */
async function setSceneWithClock(trial: Trial): Promise<{ scene: Scene; clock: SettableWallClock }> {
  const clock = clocks.get(trial.stage) ?? settableWallClock();
  if (clock === undefined) throw new Error('no such clock');
  clocks.set(trial.stage, clock);
  clock.set(0);
  const scene = await setScene(trial, { replica: 'holder', env: clock.env });
  return { scene, clock };
}

async function wallClockJumps(trial: Trial) {
  const { scene, clock } = await setSceneWithClock(trial);
  for (const skewMs of [JUMP_MS, -JUMP_MS]) {
    clock.set(skewMs);
    await passed(1.5 * TTL_MS);
  }
  await keptAndHandedOn(scene);
  return {};
}

async function wallClockGoesBackInAnOutage(trial: Trial) {
  const { scene, clock } = await setSceneWithClock(trial);
  clock.set(-JUMP_MS);
  const brokenAt = machineMs();
  await blackHole(trial.stage);
  return losesInTime(scene, { brokenAt, forMs: 2.5 * TTL_MS });
}

/** In one tick with a check, so that the last look at the uptime is as young as it can be every other time. */
async function suspended(trial: Trial) {
  const scene = await setScene(trial);
  const { holder } = scene;
  if (trial.run % 2 === 1)
    await ask(holder, { do: 'probe', id: trial.name }, { event: 'probe', id: trial.name });
  const since = await ask(
    holder,
    { do: 'suspend', id: trial.name, forMs: 2 * TTL_MS },
    { event: 'suspended' },
  );
  const { refusedAt } = await stopped(scene, 'expired');
  const grantedAt = await takenOver(scene);
  assert.ok(refusedAt <= grantedAt);
  await givesBack(scene.contender, trial);
  return { 'check throws after': Math.max(0, refusedAt - tellsAt(since)) };
}

export const clockRows: readonly PlayedRow[] = [
  {
    kind: 'played',
    id: 'F25',
    fault: "the wall clock of the holder's process jumps 60 s forward and back (libfaketime)",
    holds: 'the lease is kept',
    play: wallClockJumps,
    cannot,
  },
  {
    kind: 'played',
    id: 'F26',
    fault: 'the same, 60 s back, together with F05',
    holds: 'B',
    play: wallClockGoesBackInAnOutage,
    bounds: TOLD_IN_TIME,
    cannot,
  },
  {
    kind: 'played',
    id: 'F27',
    fault: 'suspend of 2×TTL (uptime runs ahead of the monotonic clock, injected)',
    holds:
      '`assertHeld()` throws at once, where the last look at the uptime is older than 250 ms; else as soon as it is',
    play: suspended,
    bounds: { 'check throws after': { max: LOOK_MS + 50 } },
  },
];
