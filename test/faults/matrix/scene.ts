/** Most rows begin alike: one process works under a lock, another stands in line for it, and then something happens. */
import assert from 'node:assert/strict';
import type { Child, ChildMessage } from '../../support/child.js';
import { eventually } from '../../support/eventually.js';
import { machineMs } from '../../support/machine-clock.js';
import { ask, numberIn } from '../../support/taker.js';
import { assertNoZombieWrite } from './conditions.js';
import type { Trial } from './row.js';
import { TTL_MS, type TakerSetting } from './stage.js';

const WAIT_MS = 20_000;
/** Faults meet every part of the time between two renewals. */
const PHASES_MS = [20, 130, 240, 310, 75, 185, 290];

export interface Scene {
  readonly trial: Trial;
  readonly holder: Child;
  /** What it is called in the journal. */
  readonly holderName: string;
  readonly contender: Child;
  /** The holder's grant. */
  readonly held: ChildMessage;
}

/** How a holder stopped, in machine time. */
export interface Stop {
  readonly lostAt: number;
  /** The check that failed. */
  readonly refusedAt: number;
  readonly releasedAt: number;
  /** Its last one. */
  readonly deadlineAt: number;
  /** From its last write to the next grant. */
  readonly marginMs: number;
}

/** Until so long after `since`, by the machine's clock. */
export async function passed(ms: number, since = machineMs()): Promise<void> {
  await eventually(() => machineMs() - since >= ms, { withinMs: ms + 10_000 });
}

/** Begins to work under the lock of the trial, or to wait for it. */
export function works(child: Child, { name }: Trial, options: object = {}): void {
  child.send({ do: 'work', id: name, name, options: { ttl: TTL_MS, wait: WAIT_MS, ...options } });
}

export async function inLine({ stage, name }: Trial, count = 1): Promise<void> {
  await eventually(async () => (await stage.admin.zcard(stage.keys(name).queue)) >= count);
}

/** What `child` says of the lock of this trial, said or still to come. */
export function told(child: Child, { name }: Trial, event: string): Promise<ChildMessage> {
  return child.message({ event, id: name }, 15_000);
}

export function tellsAt(message: ChildMessage): number {
  return numberIn(message, 'at');
}

/** The holder goes through the proxy unless told otherwise; the contender goes to the server itself. */
export async function setScene(trial: Trial, setting: TakerSetting = {}): Promise<Scene> {
  const { replica: holderName = 'holder' } = setting;
  const [holder, contender] = await Promise.all([
    trial.stage.taker(holderName, setting),
    trial.stage.taker('contender', { direct: true }),
  ]);
  works(holder, trial);
  const held = await told(holder, trial, 'granted');
  works(contender, trial);
  await inLine(trial);
  await passed(PHASES_MS[trial.run % PHASES_MS.length] ?? 0);
  return { trial, holder, holderName, contender, held };
}

/** The contender has it; gives when. */
export async function takenOver({ trial, contender, held }: Scene): Promise<number> {
  const granted = await told(contender, trial, 'granted');
  assert.ok(numberIn(granted, 'fence') > numberIn(held, 'fence'), 'the fence grew');
  return tellsAt(granted);
}

/** B and D: the holder stopped before the contender had it, and knows why. */
export async function stoppedBefore(scene: Scene, grantedAt: number): Promise<Stop> {
  const { trial, holderName } = scene;
  const stop = await stopped(scene, 'expired');
  const marginMs = assertNoZombieWrite(await trial.stage.journal(trial.name), holderName, grantedAt);
  return { ...stop, marginMs };
}

/** D: the holder is told, and why; it writes no more, and gives back nothing that is somebody else's. */
export async function stopped({ trial, holder }: Scene, ...reasons: readonly string[]): Promise<Stop> {
  const [lost, refused] = await Promise.all([told(holder, trial, 'lost'), told(holder, trial, 'refused')]);
  for (const told of [lost, refused])
    assert.ok(
      told['code'] === 'ERR_LOCK_LOST' && reasons.includes(String(told['reason'])),
      `${String(told['reason'])}, not ${reasons.join(' or ')}`,
    );
  const released = await told(holder, trial, 'released');
  const { outcome } = released;
  assert.ok(outcome === 'lost' || outcome === 'unknown', `the release of a lost lease: ${String(outcome)}`);
  return {
    lostAt: tellsAt(lost),
    refusedAt: tellsAt(refused),
    releasedAt: tellsAt(released),
    deadlineAt: numberIn(refused, 'deadlineAt'),
    marginMs: NaN,
  };
}

/** Whoever has it gives it back. */
export async function givesBack(child: Child, { name }: Trial): Promise<void> {
  const { outcome } = await ask(child, { do: 'finish', id: name }, { event: 'released', id: name });
  assert.equal(outcome, 'released');
}

/** The holder still has it and was never told otherwise; then the contender gets it from it. */
export async function keptAndHandedOn({ trial, holder, contender }: Scene): Promise<void> {
  const ofThis = holder.messages.filter(({ id }) => id === trial.name).map(({ event }) => event);
  assert.deepEqual(ofThis, ['granted'], 'nothing was lost');
  assert.ok(!contender.messages.some(({ id, event }) => id === trial.name && event === 'granted'));
  await givesBack(holder, trial);
  await told(contender, trial, 'granted');
  await givesBack(contender, trial);
}

/** Whether the holder was told so. */
export function isLost({ holder, trial }: Scene): boolean {
  return holder.messages.some(({ event, id }) => event === 'lost' && id === trial.name);
}

/** B, where the outage was longer than the lease could bear. */
export async function endsLost(scene: Scene): Promise<void> {
  await stoppedBefore(scene, await takenOver(scene));
  await givesBack(scene.contender, scene.trial);
}
