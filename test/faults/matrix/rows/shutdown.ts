/** An application of Nest is told to leave while it holds a lock. */
import assert from 'node:assert/strict';
import { startChild, type Child } from '../../../support/child.js';
import { within } from '../../../support/eventually.js';
import { machineMs } from '../../../support/machine-clock.js';
import { numberIn } from '../../../support/taker.js';
import type { PlayedRow, Trial } from '../row.js';
import { givesBack, inLine, tellsAt, told, works } from '../scene.js';
import { TTL_MS } from '../stage.js';
import { blackHole, refuse, type Break } from './network.js';

const GRACE_MS = 500;
const RELEASED_WITHIN_MS = 200;

async function startOffice({ stage, name }: Trial, ends: 'ends' | 'never ends'): Promise<Child> {
  const args = [stage.url(), stage.namespace, name, String(TTL_MS), String(GRACE_MS), ends];
  const office = startChild('test/faults/support/office.mjs', { args });
  stage.defer(() => office.kill('SIGKILL'));
  await office.message({ event: 'granted' }, 20_000);
  return office;
}

/** As Nest has it: by the signal, when its hooks are through. @returns how long after `toldAt` */
async function leaves(office: Child, toldAt: number): Promise<number> {
  const ended = await within(5_000, 'the end of the application', office.exited);
  assert.deepEqual({ ...ended, stderr: office.stderr }, { code: null, signal: 'SIGTERM', stderr: '' });
  return machineMs() - toldAt;
}

async function whileRedisIsWell(trial: Trial) {
  const office = await startOffice(trial, 'ends');
  const contender = await trial.stage.taker('contender', { direct: true });
  works(contender, trial);
  await inLine(trial);
  process.kill(office.pid, 'SIGTERM');
  const toldAt = numberIn(await office.message({ event: 'told to leave' }), 'at');
  const grantedAt = tellsAt(await told(contender, trial, 'granted'));
  const exitMs = await leaves(office, toldAt);
  await givesBack(contender, trial);
  return { 'the next one has it after': grantedAt - toldAt, 'gone after': exitMs };
}

const whileRedisIsIll = (fallsIll: Break) => async (trial: Trial) => {
  const office = await startOffice(trial, 'never ends');
  await fallsIll(trial.stage);
  process.kill(office.pid, 'SIGTERM');
  const toldAt = numberIn(await office.message({ event: 'told to leave' }), 'at');
  const exitMs = await leaves(office, toldAt);
  await trial.stage.proxy.heal();
  return { 'gone after': exitMs };
};

const turns = [whileRedisIsWell, whileRedisIsIll(blackHole), whileRedisIsIll(refuse)];

export const shutdownRows: readonly PlayedRow[] = [
  {
    kind: 'played',
    id: 'F34',
    fault:
      'SIGTERM to a Nest application that holds: with Redis well, behind a black hole, reconnecting (in turns)',
    holds:
      'the next one has it within 200 ms, where Redis is well; gone within its grace (500 ms) and 1 s in all three',
    play: (trial) => (turns[trial.run % turns.length] ?? whileRedisIsWell)(trial),
    bounds: {
      'the next one has it after': { max: RELEASED_WITHIN_MS },
      'gone after': { max: GRACE_MS + 1_000 },
    },
  },
];
