/** What Redis refuses for good is told at once, and is not asked again. */
import assert from 'node:assert/strict';
import type { Child } from '../../../support/child.js';
import { always, eventually } from '../../../support/eventually.js';
import { ask, numberIn } from '../../../support/taker.js';
import type { PlayedRow, Trial } from '../row.js';
import { passed } from '../scene.js';
import { PASSWORD, TTL_MS } from '../stage.js';

const DIRECT = { direct: true };
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
  await eventually(async () => (await info()).includes('cluster_state:ok'), { withinMs: 15_000 });
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

export const refusalRows: readonly PlayedRow[] = [
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
