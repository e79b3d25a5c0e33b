/** Whatever the client of ioredis was configured to do about a lost connection, a holder stops in time. */
import { machineMs } from '../../../support/machine-clock.js';
import type { Numbers, PlayedRow, Trial } from '../row.js';
import { setScene } from '../scene.js';
import { TTL_MS } from '../stage.js';
import { losesInTime, refuse, TOLD_IN_TIME } from './network.js';

const CLIENTS = [
  {},
  { maxRetriesPerRequest: 0 },
  { maxRetriesPerRequest: 1 },
  { maxRetriesPerRequest: 20 },
  { maxRetriesPerRequest: null },
  { commandTimeout: 100 },
  { enableOfflineQueue: true, autoResendUnfulfilledCommands: true },
  { enableOfflineQueue: true, autoResendUnfulfilledCommands: false },
  { enableOfflineQueue: false, autoResendUnfulfilledCommands: true },
  { enableOfflineQueue: false, autoResendUnfulfilledCommands: false },
];
const OUTAGE_MS = 2 * TTL_MS;

/** One holder of each kind, all cut off at once; one contender for all their locks. */
async function refusedByAllClients(trial: Trial) {
  const scenes = await Promise.all(
    CLIENTS.map((client, at) =>
      setScene(
        { ...trial, name: `${trial.name}-${at}` },
        { replica: `holder-${at}`, client: JSON.stringify(client) },
      ),
    ),
  );
  const brokenAt = machineMs();
  await refuse(trial.stage);
  const outage = { brokenAt, forMs: OUTAGE_MS };
  return worstOf(await Promise.all(scenes.map((scene) => losesInTime(scene, outage))));
}

/** Told the latest, or least before it had to be. */
function worstOf<T extends Numbers>(all: readonly T[]): Numbers {
  const names = Object.keys(all[0] ?? {});
  return Object.fromEntries(
    names.map((name) => [name, Math.min(...all.map((numbers) => numbers[name] ?? NaN))]),
  );
}

export const clientRows: readonly PlayedRow[] = [
  {
    kind: 'played',
    id: 'F06',
    fault: 'RST and refused connections for 2×TTL, to clients with ten configurations at once',
    holds: 'B in all ten; every promise settles within TTL + 1 s',
    play: refusedByAllClients,
    bounds: { 'told before the next grant': TOLD_IN_TIME['told before the next grant'] },
  },
];
