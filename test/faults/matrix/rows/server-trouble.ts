/** The server is there and does not do what it is asked. */
import assert from 'node:assert/strict';
import { machineMs } from '../../../support/machine-clock.js';
import { troubles, type Trouble } from '../../support/troubles.js';
import type { Numbers, PlayedRow, Trial } from '../row.js';
import {
  givesBack,
  keptAndHandedOn,
  passed,
  setScene,
  stoppedBefore,
  takenOver,
  told,
  works,
} from '../scene.js';
import { TTL_MS, type Stage } from '../stage.js';
import { longOutage, shortOutage } from './network.js';

const DIRECT = { direct: true };

async function outOfMemory(trial: Trial) {
  const { stage, name } = trial;
  const scene = await setScene(trial, DIRECT);
  await stage.admin.config('SET', 'maxmemory', '1');
  const fullSince = machineMs();
  const other = { ...trial, name: `${name}-other` };
  works(scene.contender, other, { wait: 300 });
  const failed = await told(scene.contender, other, 'failed');
  assert.deepEqual([failed['code'], failed['condition']], ['ERR_LOCK_UNAVAILABLE', 'out-of-memory']);
  await passed(1.5 * TTL_MS, fullSince);
  await stage.admin.config('SET', 'maxmemory', '0');
  await keptAndHandedOn(scene);
  return {};
}

type Interruption = Required<Pick<Trouble, 'begin' | 'end'>>;

function troubleCalled(condition: string): Interruption {
  const { begin, end } = troubles[condition] ?? {};
  if (begin === undefined || end === undefined) throw new Error(`no such trouble: ${condition}`);
  return { begin, end };
}

/** What the server does in its sleep it does for as long as it was told to. */
const asleep = (forMs: number): Interruption => {
  let over: Promise<unknown> = Promise.resolve();
  return {
    begin: async ({ server }) => {
      over = server.client().call('DEBUG', 'SLEEP', String(forMs / 1_000));
    },
    end: () => over,
  };
};

const paused: Interruption = {
  begin: ({ admin }) => admin.call('CLIENT', 'PAUSE', String(10 * TTL_MS), 'WRITE'),
  end: ({ admin }) => admin.call('CLIENT', 'UNPAUSE'),
};

const interruptions: Readonly<Record<string, InterruptionFor>> = {
  LOADING: () => troubleCalled('Redis loads its data (LOADING)'),
  BUSY: () => troubleCalled('a slow script runs (BUSY)'),
  MISCONF: () => troubleCalled('Redis cannot save (MISCONF)'),
  READONLY: () => troubleCalled('Redis is a replica (READONLY)'),
  NOREPLICAS: () => troubleCalled('too few replicas (NOREPLICAS)'),
  'CLIENT PAUSE WRITE': () => paused,
  'DEBUG SLEEP': asleep,
};

const groundOf = (stage: Stage) => ({
  server: stage.server,
  admin: stage.admin,
  proxy: stage.proxy,
  lockKey: '',
});

type InterruptionFor = (forMs: number) => Interruption;

async function shortAndLong(
  trial: Trial,
  condition: string,
  interruptionFor: InterruptionFor,
): Promise<Numbers> {
  const ground = groundOf(trial.stage);
  const named = (length: string): Trial => ({
    ...trial,
    name: `${trial.name}-${condition.replaceAll(' ', '-')}-${length}`,
  });
  const [short, long] = [interruptionFor(TTL_MS / 2), interruptionFor(2 * TTL_MS)];
  try {
    const one = shortOutage(
      () => short.begin(ground),
      () => short.end(ground),
    );
    const other = longOutage(
      () => long.begin(ground),
      2 * TTL_MS,
      () => long.end(ground),
    );
    return { ...(await one(named('short'))), ...(await other(named('long'))) };
  } catch (error) {
    throw new Error(condition, { cause: error });
  }
}

/** How many interruptions one server is put to, one after the other, while others are put to others. */
const PER_SERVER = 2;

/** Short, then long, each of them. */
async function interrupted(trial: Trial) {
  const all = Object.entries(interruptions);
  const servers = Array.from({ length: Math.ceil(all.length / PER_SERVER) }, async (_, at) => {
    const stage = await trial.stage.variant(`server ${at}`, {
      serverArgs: ['--enable-debug-command', 'yes', '--enable-protected-configs', 'yes'],
    });
    const measured: Numbers[] = [];
    for (const [condition, interruptionFor] of all.slice(at * PER_SERVER, (at + 1) * PER_SERVER))
      measured.push(await shortAndLong({ ...trial, stage }, condition, interruptionFor));
    return measured;
  });
  const told = (await Promise.all(servers)).flat();
  return {
    'short outage': Math.max(...told.map((of) => of['short outage'] ?? NaN)),
    'last write before the next grant': Math.min(
      ...told.map((of) => of['last write before the next grant'] ?? NaN),
    ),
  };
}

async function frozenServer(trial: Trial) {
  const scene = await setScene(trial, DIRECT);
  await trial.stage.server.kill('SIGSTOP');
  await passed(1.5 * TTL_MS);
  const resumedAt = machineMs();
  await trial.stage.server.kill('SIGCONT');
  const grantedAt = await takenOver(scene);
  const { lostAt, marginMs } = await stoppedBefore(scene, grantedAt);
  assert.ok(lostAt <= resumedAt, `told ${lostAt - resumedAt} ms after the server went on`);
  await givesBack(scene.contender, trial);
  return { 'told before it went on': resumedAt - lostAt, 'last write before the next grant': marginMs };
}

export const troubleRows: readonly PlayedRow[] = [
  {
    kind: 'played',
    id: 'F21',
    fault: 'maxmemory 1 and noeviction for 1.5×TTL',
    holds: 'the lease is kept; a new acquire fails with a transient error, typed',
    play: outOfMemory,
  },
  {
    kind: 'played',
    id: 'F22',
    fault:
      'LOADING, BUSY, MISCONF, READONLY, NOREPLICAS, CLIENT PAUSE WRITE, DEBUG SLEEP: each for 0.5 and 2×TTL',
    holds: 'kept after the short one; B after the long one; none is told as taken by another',
    play: interrupted,
    long: true,
  },
  {
    kind: 'played',
    id: 'F23',
    fault: 'SIGSTOP Redis for 1.5×TTL',
    holds: 'B; told before it goes on',
    play: frozenServer,
    bounds: { 'told before it went on': { min: 0 } },
  },
];
