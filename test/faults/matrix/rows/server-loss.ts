/** The server forgets: scripts, keys, or everything. */
import assert from 'node:assert/strict';
import { eventually } from '../../../support/eventually.js';
import { expiresAt, machineMs } from '../../../support/machine-clock.js';
import { ask } from '../../../support/taker.js';
import type { Numbers, PlayedRow, Trial } from '../row.js';
import {
  endsLost,
  givesBack,
  isLost,
  keptAndHandedOn,
  passed,
  setScene,
  stopped,
  takenOver,
  type Scene,
} from '../scene.js';
import { TTL_MS } from '../stage.js';

/** When a holder learns of it: with its next renewal, whose answer may take so long. */
export const RENEW_INTERVAL_MS = TTL_MS / 3;
const RENEW_ATTEMPT_MS = TTL_MS / 6;
export const TOLD_SOON = { 'told behind the next grant': { max: RENEW_INTERVAL_MS + RENEW_ATTEMPT_MS } };

const DIRECT = { direct: true };
const CYCLES = 200;
const LANES = 20;
/** Over the first renewal. */
const WORK_MS = RENEW_INTERVAL_MS + 15;

async function scriptsFlushed({ stage, name }: Trial) {
  const takers = await Promise.all([stage.taker('holder', DIRECT), stage.taker('contender', DIRECT)]);
  const flushing = setInterval(() => void stage.admin.script('FLUSH').catch(() => undefined), 100);
  stage.defer(() => clearInterval(flushing));
  const ids = Array.from({ length: LANES }, (_, lane) => `${name}-${lane}`);
  const options = { ttl: TTL_MS, wait: 20_000 };
  for (const id of ids)
    for (const taker of takers) taker.send({ do: 'loop', id, name: id, options, workMs: WORK_MS });
  const said = (event: string) =>
    takers.flatMap(({ messages }) =>
      messages.filter((one) => one['event'] === event && ids.includes(String(one['id']))),
    );
  await eventually(() => said('tenure').length >= CYCLES, { withinMs: 30_000, everyMs: 50 });
  const finishes = ids.flatMap((id) =>
    takers.map((taker) => ask(taker, { do: 'finish', id }, { event: 'finished', id })),
  );
  await Promise.all(finishes);
  clearInterval(flushing);
  assert.deepEqual(said('failed'), []);
  const lost = said('tenure').filter(({ heldToTheEnd }) => heldToTheEnd !== true);
  assert.deepEqual(lost, []);
  return { 'cycles (number)': said('tenure').length };
}

/** The key is gone, so that the contender gets the lock; the holder hears of it when it renews. */
export async function hearsOfIt(scene: Scene): Promise<Numbers> {
  const grantedAt = await takenOver(scene);
  // A server that was away for longer than the lease could live has not said that it is somebody else's.
  const { lostAt } = await stopped(scene, 'taken', 'expired');
  await givesBack(scene.contender, scene.trial);
  return { 'told behind the next grant': lostAt - grantedAt };
}

async function restartedEmpty(trial: Trial) {
  const scene = await setScene(trial, DIRECT);
  await trial.stage.server.restart({ empty: true });
  return hearsOfIt(scene);
}

const PERSISTENCE = {
  AOF: ['--appendonly', 'yes', '--appendfsync', 'always'],
  RDB: ['--save', '3600 1'],
};

/** Down for a moment, with its data: the lease is kept. Down for longer than it lives: it is over, and stays so. */
async function restartedWithData(trial: Trial) {
  const { stage, name } = trial;
  const brief = await setScene({ ...trial, name: `${name}-brief` }, DIRECT);
  const downSince = machineMs();
  await stage.server.restart({ empty: false });
  const downMs = machineMs() - downSince;
  await passed(1.5 * TTL_MS, downSince);
  // A machine that took so long to start a server is another trial: the one below.
  if (isLost(brief) && downMs > TTL_MS / 2) await endsLost(brief);
  else await keptAndHandedOn(brief);

  const scene = await setScene(trial, DIRECT);
  const endsAt = await expiresAt(stage.admin, stage.keys(name).lock);
  await stage.server.kill('SIGTERM');
  await passed(1.5 * TTL_MS, endsAt - TTL_MS);
  await stage.server.launch();
  const { lostAt } = await stopped(scene, 'expired');
  const grantedAt = await takenOver(scene);
  await givesBack(scene.contender, trial);
  assert.ok(grantedAt >= endsAt - 1 && lostAt <= grantedAt);
  return { 'told before the next grant': grantedAt - lostAt };
}

async function restartedBothWays(trial: Trial) {
  const all = Object.entries(PERSISTENCE).map(async ([how, serverArgs]) => {
    const stage = await trial.stage.variant(how, { serverArgs });
    return restartedWithData({ ...trial, stage });
  });
  const margins = (await Promise.all(all)).map((numbers) => numbers['told before the next grant']);
  return { 'told before the next grant': Math.min(...margins) };
}

export const lossRows: readonly PlayedRow[] = [
  {
    kind: 'played',
    id: 'F16',
    fault: 'SCRIPT FLUSH every 100 ms during 200 cycles of acquire, renew and release',
    holds: 'no error',
    play: scriptsFlushed,
    bounds: { 'cycles (number)': { min: CYCLES } },
  },
  {
    kind: 'played',
    id: 'F17',
    fault: 'kill -9 of Redis, restarted empty',
    holds: 'told within a renewal interval and an attempt (TTL/3 + TTL/6) of the next grant; the fence grows',
    play: restartedEmpty,
    bounds: TOLD_SOON,
  },
  {
    kind: 'played',
    id: 'F18',
    fault: 'restart with AOF and with RDB',
    holds: 'the lease is kept, or expired for good: none comes back behind its absolute expiry',
    play: restartedBothWays,
    bounds: { 'told before the next grant': { min: 0 } },
  },
];
