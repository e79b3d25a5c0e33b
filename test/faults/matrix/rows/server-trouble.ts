/** The server is there and does not do what it is asked. */
import assert from 'node:assert/strict';
import type { Child } from '../../../support/child.js';
import { always, eventually } from '../../../support/eventually.js';
import { machineMs } from '../../../support/machine-clock.js';
import { ask, numberIn } from '../../../support/taker.js';
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
import { PASSWORD, TTL_MS, type Stage } from '../stage.js';
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

const interruptions: Readonly<Record<string, (forMs: number) => Interruption>> = {
  LOADING: () => troubleCalled('Redis loads its data (LOADING)'),
  BUSY: () => troubleCalled('a slow script runs (BUSY)'),
  MISCONF: () => troubleCalled('Redis cannot save (MISCONF)'),
  READONLY: () => troubleCalled('Redis is a replica (READONLY)'),
  NOREPLICAS: () => troubleCalled('too few replicas (NOREPLICAS)'),
  'CLIENT PAUSE WRITE': () => paused,
  'DEBUG SLEEP': asleep,
};

const groundOf = (stage: Stage) => ({
  ...stage,
  server: stage.server,
  admin: stage.admin,
  proxy: stage.proxy,
  lockKey: '',
});

/** Short, then long, each of them; half of them on one server and half on another, side by side. */
async function interrupted(trial: Trial) {
  const all = Object.entries(interruptions);
  const halves = [all.slice(0, 3), all.slice(3)].map(async (half, at) => {
    const stage = await trial.stage.variant(`half ${at}`, {
      serverArgs: ['--enable-debug-command', 'yes', '--enable-protected-configs', 'yes'],
    });
    const measured: Numbers[] = [];
    for (const [condition, interruptionFor] of half) {
      const named = (length: string) => `${trial.name}-${condition.replaceAll(' ', '-')}-${length}`;
      const [short, long] = [interruptionFor(TTL_MS / 2), interruptionFor(2 * TTL_MS)];
      await shortOutage(
        () => short.begin(groundOf(stage)),
        () => short.end(groundOf(stage)),
      )({ ...trial, stage, name: named('short') });
      measured.push(
        await longOutage(
          () => long.begin(groundOf(stage)),
          2 * TTL_MS,
          () => long.end(groundOf(stage)),
        )({ ...trial, stage, name: named('long') }),
      );
    }
    return measured;
  });
  const margins = (await Promise.all(halves))
    .flat()
    .map((of) => of['last write before the next grant'] ?? NaN);
  return { 'last write before the next grant': Math.min(...margins) };
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

const AT_ONCE_MS = 200;
const CALM_MS = 700;

/** Asks once, with all the patience in the world, and is refused at once. @returns how soon */
async function refusedAtOnce({ stage, name }: Trial, asker: Child, condition: string): Promise<number> {
  const { lock } = stage.keys(name);
  let attempts = 0;
  const stop = stage.proxy.onRequest((args) => (attempts += args.includes(lock) ? 1 : 0));
  const id = `${name}-${condition}`;
  asker.send({ do: 'acquire', id, name, options: { ttl: TTL_MS, wait: 10_000 } });
  const failed = await asker.message({ event: 'failed', id });
  assert.deepEqual([failed['code'], failed['condition']], ['ERR_LOCK_REFUSED', condition]);
  // The attempt, and the release that leaves nothing behind; no storm of them afterwards.
  await always(() => attempts <= 2, CALM_MS);
  stop();
  return numberIn(failed, 'at') - numberIn(failed, 'asked');
}

async function permanentTrouble(trial: Trial) {
  const { stage } = trial;
  await stage.admin.call(
    'ACL',
    'SETUSER',
    'reduced',
    'on',
    `>${PASSWORD}`,
    '~*',
    '&*',
    '+@all',
    '-evalsha',
    '-eval',
  );
  const at = (user: string) => ({
    url: `redis://${user}@127.0.0.1:${stage.proxy.port}`,
    connectTimeout: 500,
  });
  const [holder, reduced, stranger] = await Promise.all([
    stage.taker('holder'),
    stage.taker('reduced', at(`reduced:${PASSWORD}`)),
    stage.taker('stranger', at(`app:${PASSWORD}-mistyped`)),
  ]);
  const named = (what: string): Trial => ({ ...trial, name: `${trial.name}-${what}` });
  const typed = named('typed');
  await stage.admin.lpush(stage.keys(typed.name).lock, 'not a lock');
  const took = [
    await refusedAtOnce(typed, holder, 'wrong-type'),
    await refusedAtOnce(named('reduced'), reduced, 'no-permission'),
    await refusedAtOnce(named('stranger'), stranger, 'bad-credentials'),
  ];
  await stage.admin.del(stage.keys(typed.name).lock);
  await crossSlots(trial);
  return { 'refused after': Math.max(...took) };
}

/** A server that calls itself a cluster refuses a call for names in many slots; nobody hears of it. */
async function crossSlots(trial: Trial): Promise<void> {
  const stage = await trial.stage.variant('cluster', { serverArgs: ['--cluster-enabled', 'yes'] });
  const info = async () => String(await stage.admin.call('CLUSTER', 'INFO'));
  if (!(await info()).includes('cluster_slots_assigned:16384'))
    await stage.admin.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
  await eventually(async () => (await info()).includes('cluster_state:ok'));
  const holder = await stage.taker('holder', DIRECT);
  const ids = Array.from({ length: 8 }, (_, at) => `${trial.name}-slot-${at}`);
  for (const id of ids) holder.send({ do: 'acquire', id, name: id, options: { ttl: TTL_MS } });
  await Promise.all(ids.map((id) => holder.message({ event: 'granted', id })));
  await passed(1.5 * TTL_MS);
  for (const id of ids) {
    const { outcome } = await ask(holder, { do: 'release', id }, { event: 'released', id });
    assert.equal(outcome, 'released');
  }
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
  },
  {
    kind: 'played',
    id: 'F23',
    fault: 'SIGSTOP Redis for 1.5×TTL',
    holds: 'B; told before it goes on',
    play: frozenServer,
    bounds: { 'told before it went on': { min: 0 } },
  },
  {
    kind: 'played',
    id: 'F24',
    fault: 'WRONGTYPE, NOPERM, WRONGPASS, CROSSSLOT',
    holds:
      'refused within 200 ms, for good, without a storm of attempts; CROSSSLOT is not seen by any caller',
    play: permanentTrouble,
    bounds: { 'refused after': { max: AT_ONCE_MS } },
  },
];
