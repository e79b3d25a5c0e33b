/** The process that holds is killed, frozen, or busy with something else. */
import assert from 'node:assert/strict';
import type { Redis } from 'ioredis';
import { expiresAt, machineMs } from '../../../support/machine-clock.js';
import { ask } from '../../../support/taker.js';
import type { PlayedRow, Trial } from '../row.js';
import {
  givesBack,
  keptAndHandedOn,
  passed,
  setScene,
  stoppedBefore,
  takenOver,
  told,
  type Scene,
} from '../scene.js';
import { TTL_MS } from '../stage.js';

const DIRECT = { direct: true };
/** The server counts whole milliseconds. */
const CLOCK_STEP_MS = 1;

const OTHER_KEYS = 200_000;
const FILL = `for i = 1, ARGV[1] do redis.call('SET', 'volatile:' .. i, 'x', 'PX', 3600000 + i) end`;

/** Keys that expire, too: a lock is over when its time is, not when Redis gets round to it. */
async function crowdIn(admin: Redis): Promise<void> {
  if ((await admin.dbsize()) < OTHER_KEYS) await admin.eval(FILL, 0, OTHER_KEYS);
}

/**
 * The dead holder's lease ends when the server says so, whoever was late in killing it: that and the contender's own
 * clock are what is compared.
 */
async function killed(trial: Trial) {
  await crowdIn(trial.stage.admin);
  const scene = await setScene(trial, DIRECT);
  await trial.stage.kill(scene.holder);
  const diedBefore = machineMs();
  const endsAt = await expiresAt(trial.stage.admin, trial.stage.keys(trial.name).lock);
  const grantedAt = await takenOver(scene);
  assert.ok(
    grantedAt >= endsAt - CLOCK_STEP_MS,
    `granted ${endsAt - grantedAt} ms before the lease was over`,
  );
  await givesBack(scene.contender, trial);
  return {
    'lease left at the kill': endsAt - diedBefore,
    'takeover after the end of the lease': grantedAt - endsAt,
  };
}

/** Every other time it stops itself, so that its first instruction afterwards is a check. */
async function frozen(trial: Trial) {
  const scene = await setScene(trial, DIRECT);
  const { holder, contender } = scene;
  const itself = trial.run % 2 === 1;
  trial.stage.standsStill(holder);
  if (itself) await ask(holder, { do: 'freeze', id: trial.name }, { event: 'freezing', id: trial.name });
  else holder.freeze();
  const frozenAt = machineMs();
  const grantedAt = await takenOver(scene);
  await passed(2 * TTL_MS, frozenAt);
  holder.thaw();
  if (itself) {
    const { check, aborted } = await told(holder, trial, 'thawed');
    assert.deepEqual(
      [check, aborted],
      [{ ...Object(check), code: 'ERR_LOCK_LOST', reason: 'expired' }, true],
    );
  }
  const { marginMs } = await stoppedBefore(scene, grantedAt);
  await givesBack(contender, trial);
  return { 'last write before the next grant': marginMs };
}

function blocks({ holder, trial }: Scene, forMs: number): void {
  trial.stage.standsStill(holder);
  holder.send({ do: 'block', id: trial.name, forMs });
}

async function blockedForLong(trial: Trial) {
  const scene = await setScene(trial, DIRECT);
  blocks(scene, 2 * TTL_MS);
  const grantedAt = await takenOver(scene);
  const { refusedAt, marginMs } = await stoppedBefore(scene, grantedAt);
  await givesBack(scene.contender, trial);
  return { 'last write before the next grant': marginMs, 'busy behind it': refusedAt - grantedAt };
}

async function blockedBriefly(trial: Trial) {
  const scene = await setScene(trial, DIRECT);
  const blockedAt = machineMs();
  blocks(scene, TTL_MS / 2);
  await passed(1.5 * TTL_MS, blockedAt);
  await keptAndHandedOn(scene);
  return {};
}

export const holderRows: readonly PlayedRow[] = [
  {
    kind: 'played',
    id: 'F01',
    fault: 'SIGKILL the holder, among 200,000 other keys that expire',
    holds: 'takeover p95 ≤ TTL + 50 ms, max TTL + 150 ms; never before the lease is over',
    alone: true,
    play: killed,
    bounds: {
      'takeover after the end of the lease': { p95: 50, max: 150 },
      'lease left at the kill': { max: TTL_MS },
    },
  },
  {
    kind: 'played',
    id: 'F02',
    fault: 'SIGSTOP the holder for 2×TTL, SIGCONT',
    holds: 'B; the first `assertHeld()` after it wakes throws; reason `expired`',
    play: frozen,
  },
  {
    kind: 'played',
    id: 'F03',
    fault: 'busy loop of 2×TTL in the holder',
    holds: 'B; the first `assertHeld()` afterwards throws; reason `expired`',
    play: blockedForLong,
  },
  {
    kind: 'played',
    id: 'F04',
    fault: 'busy loop of 0.5×TTL in the holder',
    holds: 'the lease is kept',
    play: blockedBriefly,
  },
];
