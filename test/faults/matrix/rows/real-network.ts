/** Packets that are really lost, between two network namespaces: TCP sends them again when it thinks fit. */
import { machineMs } from '../../../support/machine-clock.js';
import { noNamespacesBecause, TwoNamespaces } from '../../../support/network-namespaces.js';
import type { Numbers, PlayedRow, Trial } from '../row.js';
import {
  endsLost,
  givesBack,
  isLost,
  keptAndHandedOn,
  passed,
  setScene,
  told,
  works,
  type Scene,
} from '../scene.js';
import { PASSWORD, TTL_MS, type Stage } from '../stage.js';
import { losesInTime } from './network.js';

interface Ground {
  readonly net: TwoNamespaces;
  readonly stage: Stage;
}

const grounds = new WeakMap<Stage, Promise<Ground>>();

/** One for all trials of a stage. */
function groundOf(outer: Stage): Promise<Ground> {
  const known = grounds.get(outer);
  if (known !== undefined) return known;
  const ground = prepare(outer);
  grounds.set(outer, ground);
  return ground;
}

async function prepare(outer: Stage): Promise<Ground> {
  const net = await TwoNamespaces.start();
  outer.defer(() => net.end());
  const stage = await outer.variant('namespaces', {
    place: { inside: net.insideServer, host: net.addresses.here },
  });
  return { net, stage };
}

async function setSceneBetween({ net, stage }: Ground, trial: Trial): Promise<Scene> {
  const { port } = stage.server;
  const at = (host: string): string => `redis://app:${PASSWORD}@${host}:${port}`;
  await stage.taker('contender', {
    url: at('127.0.0.1'),
    inside: net.insideServer,
    ledgerUrl: `redis://127.0.0.1:${stage.resource.port}`,
  });
  return setScene(trial, {
    url: at(net.addresses.flaky),
    inside: net.insideClient,
    ledgerUrl: `redis://${net.addresses.sound}:${stage.resource.port}`,
  });
}

type Loss = (net: TwoNamespaces, port: number) => Promise<void>;

const blackHole: Loss = (net, port) => net.lose({ port });
const oneWay: Loss = (net, port) => net.lose({ port, direction: 'to-client' });
const linkDown: Loss = (net) => net.setLink('down');

async function mend(net: TwoNamespaces): Promise<void> {
  await net.heal();
  await net.setLink('up');
}

const LONG: Readonly<Record<string, Loss>> = {
  'black-hole': blackHole,
  'one-way': oneWay,
  'link-down': linkDown,
};
const SHORT: Readonly<Record<string, Loss>> = { 'black-hole': blackHole, 'one-way': oneWay };
/** TCP waits so long before it sends again for the first time, and twice as long each time after. */
const LEAST_RESEND_MS = 200;
const LOSSY_MS = 5_000;
const PERCENT = 20;

async function realLosses(trial: Trial) {
  const ground = await groundOf(trial.stage);
  const { net, stage } = ground;
  const { port } = stage.server;
  const named = (what: string): Trial => ({ ...trial, stage, name: `${trial.name}-${what}` });
  const told: Numbers[] = [];
  for (const [what, lose] of Object.entries(LONG)) {
    const scene = await setSceneBetween(ground, named(`long-${what}`));
    const brokenAt = machineMs();
    await lose(net, port);
    told.push(await losesInTime(scene, { brokenAt, forMs: 2.5 * TTL_MS }, () => mend(net)));
  }
  let keptOver = 0;
  for (const [what, lose] of Object.entries(SHORT)) {
    await keptAndHandedOn(
      await interrupted(ground, named(`brief-${what}`), { lose, forMs: LEAST_RESEND_MS }),
    );
    const scene = await interrupted(ground, named(`half-${what}`), { lose, forMs: TTL_MS / 2 });
    if (isLost(scene)) await endsLost(scene);
    else {
      await keptAndHandedOn(scene);
      keptOver += 1;
    }
  }
  const lost = await lossy(ground, named('lossy'));
  const least = (name: string): number => Math.min(...told.map((of) => of[name] ?? NaN));
  return {
    'told before the next grant': least('told before the next grant'),
    'last write before the next grant': least('last write before the next grant'),
    'of two outages of 0.5×TTL, outlived (number)': keptOver,
    'lost while packets were (number)': lost,
  };
}

/** The scene a while after an outage. */
async function interrupted(
  ground: Ground,
  trial: Trial,
  { lose, forMs }: { lose: Loss; forMs: number },
): Promise<Scene> {
  const scene = await setSceneBetween(ground, trial);
  const brokenAt = machineMs();
  await lose(ground.net, ground.stage.server.port);
  await passed(forMs, brokenAt);
  await mend(ground.net);
  await passed(1.5 * TTL_MS, brokenAt);
  return scene;
}

/** A and no more: how long TCP is silent is up to TCP. @returns 1 if the lease was lost */
async function lossy(ground: Ground, trial: Trial): Promise<number> {
  const { net, stage } = ground;
  const scene = await setSceneBetween(ground, trial);
  const { holder, contender } = scene;
  await net.lose({ port: stage.server.port, percent: PERCENT });
  await passed(LOSSY_MS);
  await mend(net);
  const lost = isLost(scene);
  if (!lost) await givesBack(holder, trial);
  await told(contender, trial, 'granted');
  await givesBack(contender, trial);
  const again = { ...trial, name: `${trial.name}-again` };
  works(holder, again);
  await told(holder, again, 'granted');
  await givesBack(holder, again);
  return lost ? 1 : 0;
}

export const realNetworkRows: readonly PlayedRow[] = [
  {
    kind: 'played',
    id: 'F47',
    fault:
      'two network namespaces: packets dropped (nft), both ways and one way, for 2.5, 0.5 and 0.2×TTL; the link down; 20 % of packets dropped at random for 5 s',
    holds:
      'B after 2.5×TTL; kept after 0.2×TTL; after 0.5×TTL kept or B, for TCP may wait longer than that before it sends again; with random loss A, and the lock can be had again',
    play: realLosses,
    bounds: { 'told before the next grant': { min: 0 } },
    long: true,
    everyday: 1,
    cannot: noNamespacesBecause,
  },
];
