/** The server loses keys, or the time. */
import assert from 'node:assert/strict';
import { eventually } from '../../../support/eventually.js';
import { machineMs } from '../../../support/machine-clock.js';
import type { PlayedRow, Trial } from '../row.js';
import { givesBack, passed, setScene, takenOver } from '../scene.js';
import { TTL_MS, type Stage } from '../stage.js';
import { hearsOfIt, TOLD_SOON } from './server-loss.js';

const DIRECT = { direct: true };
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

export const keyRows: readonly PlayedRow[] = [
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
      'set right by a renewal after': { max: TTL_MS },
      'granted behind the end': { max: 1_000 + 50 },
    },
  },
];
