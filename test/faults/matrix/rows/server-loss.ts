/** The server forgets: scripts, keys, or everything. */
import assert from 'node:assert/strict';
import { eventually } from '../../../support/eventually.js';
import { expiresAt, machineMs } from '../../../support/machine-clock.js';
import { ask } from '../../../support/taker.js';
import type { Numbers, PlayedRow, Trial } from '../row.js';
import { givesBack, passed, setScene, stopped, takenOver, told, type Scene } from '../scene.js';
import { TTL_MS, type Stage } from '../stage.js';

/** When a holder learns of it: with its next renewal, whose answer may take so long. */
const RENEW_INTERVAL_MS = TTL_MS / 3;
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
  for (const id of ids)
    await Promise.all(takers.map((taker) => ask(taker, { do: 'finish', id }, { event: 'finished', id })));
  clearInterval(flushing);
  assert.deepEqual(said('failed'), []);
  const lost = said('tenure').filter(({ heldToTheEnd }) => heldToTheEnd !== true);
  assert.deepEqual(lost, []);
  return { 'cycles (number)': said('tenure').length };
}

/** The key is gone, so that the contender gets the lock; the holder hears of it when it renews. */
async function hearsOfIt(scene: Scene): Promise<Numbers> {
  const grantedAt = await takenOver(scene);
  const { lostAt } = await stopped(scene, 'taken');
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
  await stage.server.restart({ empty: false });
  const keptSince = machineMs();
  await passed(TTL_MS, keptSince);
  const { check } = await ask(brief.holder, { do: 'probe', id: brief.trial.name }, { event: 'probe' });
  assert.deepEqual(check, { code: 'ok' });
  await givesBack(brief.holder, brief.trial);
  await told(brief.contender, brief.trial, 'granted');
  await givesBack(brief.contender, brief.trial);

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

const losses: Readonly<Record<string, (stage: Stage, lock: string) => Promise<unknown>>> = {
  DEL: ({ admin }, lock) => admin.del(lock),
  FLUSHALL: ({ admin }) => admin.flushall(),
  eviction: evict,
};

const FILL = `for i = 1, 2000 do redis.call('SET', 'fill:' .. ARGV[1] .. ':' .. i, string.rep('x', 1000)) end`;

/** Fills the memory until the least recently used key has to go, which the lock becomes sooner or later. */
async function evict({ admin }: Stage, lock: string): Promise<void> {
  const used = Number(/used_memory:(\d+)/.exec(await admin.info('memory'))?.[1]);
  await admin.config('SET', 'maxmemory', String(used + 2_000_000));
  let round = 0;
  await eventually(
    async () => {
      round += 1;
      await admin.eval(FILL, 0, String(round)).catch(() => undefined);
      return (await admin.exists(lock)) === 0;
    },
    { withinMs: 20_000, everyMs: 1 },
  );
  await admin.config('SET', 'maxmemory', '0');
}

async function keysLost(trial: Trial) {
  const latest: number[] = [];
  for (const [how, lose] of Object.entries(losses)) {
    const scene = await setScene({ ...trial, name: `${trial.name}-${how}` }, DIRECT);
    await lose(trial.stage, trial.stage.keys(scene.trial.name).lock);
    latest.push((await hearsOfIt(scene))['told behind the next grant'] ?? NaN);
    const warned = scene.holder.messages.filter(({ event, level }) => event === 'log' && level === 'warn');
    assert.match(JSON.stringify(warned), /maxmemory-policy/, 'the preflight warned');
  }
  return { 'told behind the next grant': Math.max(...latest) };
}

const JUMP_MS = 60_000;

/** What a jump of the server's clock does to a key, brought about by hand. */
async function serverClockJumps(trial: Trial) {
  const { stage, name } = trial;
  const back = await setScene({ ...trial, name: `${name}-back` }, DIRECT);
  const { lock } = stage.keys(back.trial.name);
  await stage.admin.pexpire(lock, JUMP_MS + (await stage.admin.pttl(lock)));
  const jumpedAt = machineMs();
  await eventually(async () => (await stage.admin.pttl(lock)) <= TTL_MS);
  const repairedMs = machineMs() - jumpedAt;
  // Its holder is dead: it blocks for as much longer as the clock went back, and for no more.
  await stage.kill(back.holder);
  const left = await stage.admin.pttl(lock);
  assert.ok(left > 0 && left <= TTL_MS);
  await stage.admin.pexpire(lock, JUMP_MS + left);
  await passed(1.5 * TTL_MS);
  assert.ok(!back.contender.messages.some(({ id, event }) => id === back.trial.name && event === 'granted'));
  assert.ok((await stage.admin.pttl(lock)) <= JUMP_MS + TTL_MS);
  await stage.admin.pexpire(lock, 1);
  const freedAt = machineMs();
  const grantedAt = await takenOver(back);
  await givesBack(back.contender, back.trial);

  const forward = await setScene({ ...trial, name: `${name}-forward` }, DIRECT);
  await stage.admin.del(stage.keys(forward.trial.name).lock);
  return {
    'set right by a renewal after': repairedMs,
    'granted behind the end': grantedAt - freedAt,
    ...(await hearsOfIt(forward)),
  };
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
  {
    kind: 'played',
    id: 'F19',
    fault: 'DEL of the key, FLUSHALL, eviction (allkeys-lru, memory filled)',
    holds: 'as F17; the preflight warned',
    play: keysLost,
    bounds: TOLD_SOON,
    stage: { serverArgs: ['--maxmemory-policy', 'allkeys-lru'] },
  },
  {
    kind: 'played',
    id: 'F20',
    fault: "the server's clock jumps: PEXPIRE of 60 s more (back), DEL (forward)",
    holds:
      'back: a live holder sets it right with its next renewal, a dead one blocks for 60 s more at most; forward: as F17',
    play: serverClockJumps,
    bounds: {
      ...TOLD_SOON,
      'set right by a renewal after': { max: RENEW_INTERVAL_MS + RENEW_ATTEMPT_MS },
      'granted behind the end': { max: 1_000 + 50 },
    },
  },
];
