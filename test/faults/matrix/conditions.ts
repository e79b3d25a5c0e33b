/**
 * What every row must hold, whatever is done to it (the letters are those of docs/faults.md):
 *
 *   A  no stale write is accepted by the fenced resource
 *   C  every promise settles in time; nothing is unhandled; processes end by themselves, with code 0
 *   D  whoever loses something is told with a typed error and a reason
 *   E  what is left in Redis ends by itself
 *   B  where the row says so: no write begins after somebody else was granted the lock
 */
import assert from 'node:assert/strict';
import type { ChildMessage } from '../../support/child.js';
import { within } from '../../support/eventually.js';
import { keysBelow } from '../../support/keyspace.js';
import { PASSWORD, TTL_MS, WINDOW_MS, type Actor, type Stage, type Write } from './stage.js';

/** For the turn of a process on a busy machine. */
const SLACK_MS = 200;
const END_WITHIN_MS = 1_500;
const DAY_MS = 86_400_000;
/** What a job keeps of its past unless told. */
const HISTORY_MS = 30 * DAY_MS;
/** By the last word of a key, how long it may outlive those who wrote it. */
const LIFETIMES: Readonly<Record<string, number>> = {
  lock: TTL_MS,
  queue: 5_000,
  fence: DAY_MS,
  cards: 120_000,
  heard: 120_000,
  minted: DAY_MS,
  ...Object.fromEntries(
    ['job', 'ticks', 'running', 'runs', 'history', 'skips'].map((part) => [part, HISTORY_MS]),
  ),
};

/** A, for everything that was written about. */
export async function assertNoStaleWrites(stage: Stage): Promise<void> {
  for (const variant of stage.variants) await assertNoStaleWrites(variant);
  for (const name of await stage.writtenUnder()) assertNoStaleWrite(await stage.journal(name));
}

/** A: whoever writes after somebody newer has is refused, and whoever is newest never is. */
function assertNoStaleWrite(journal: readonly Write[]): void {
  const accepted = journal.filter((write) => write.accepted);
  const leases = accepted.map(({ fence, writer }) => `${fence} of ${writer}`);
  const turns = leases.filter((lease, index) => lease !== leases[index - 1]);
  assert.equal(new Set(turns).size, turns.length, `a stale write was accepted: ${turns.join(', ')}`);
  const newest = accepted.reduce((highest, { fence }) => Math.max(highest, fence), 0);
  const refused = journal.filter((write) => !write.accepted && write.fence >= newest);
  assert.deepEqual(refused, [], 'the newest holder was refused');
}

/** B: `writer` began no write after `grantedAt`. @returns how long before it the last one began */
export function assertNoZombieWrite(journal: readonly Write[], writer: string, grantedAt: number): number {
  const starts = journal.filter((write) => write.writer === writer).map(({ startedAt }) => startedAt);
  assert.ok(starts.length > 0, `${writer} never wrote`);
  const marginMs = grantedAt - Math.max(...starts);
  assert.ok(marginMs >= 0, `a write of ${writer} began ${-marginMs} ms after the next grant`);
  return marginMs;
}

/** C, while the process lives: calls were over when their patience was. */
function assertSettledInTime({ child, stoodStill }: Actor): void {
  if (stoodStill) return;
  for (const { event, asked, waitMs, at } of child.messages) {
    if (typeof asked !== 'number' || typeof waitMs !== 'number') continue;
    const tookMs = Number(at) - asked;
    assert.ok(tookMs <= waitMs + SLACK_MS, `${String(event)} after ${tookMs} ms of ${waitMs}`);
  }
}

/** D. */
function assertTyped(message: ChildMessage): void {
  const { event, code, reason, condition } = message;
  if (event !== 'lost' && event !== 'refused' && event !== 'failed') return;
  const said = JSON.stringify(message);
  assert.match(String(code), /^ERR_LOCK_/, said);
  if (code === 'ERR_LOCK_LOST') assert.match(String(reason), /^[a-z-]+$/, said);
  if (code === 'ERR_LOCK_UNAVAILABLE' || code === 'ERR_LOCK_REFUSED')
    assert.match(String(condition), /^[a-z-]+$/, said);
}

/** C, D and that nobody says the password, of a process that is told to end now. */
async function assertEndsWell(actor: Actor): Promise<void> {
  const { child, replica } = actor;
  child.send({ do: 'close' });
  const { code, signal } = await within(END_WITHIN_MS + SLACK_MS, `the end of ${replica}`, child.exited);
  const broken = child.messages.filter(({ event }) => event === 'broken');
  const pending = child.messages.find(({ event }) => event === 'closed')?.['pending'] ?? 0;
  assert.deepEqual(
    { code, signal, stderr: child.stderr, broken, pending },
    { code: 0, signal: null, stderr: '', broken: [], pending: 0 },
    `how ${replica} ended`,
  );
  assertSettledInTime(actor);
  for (const message of child.messages) assertTyped(message);
  assert.ok(!JSON.stringify(child.messages).includes(PASSWORD), `${replica} said the password`);
}

/** E. */
async function assertNothingLasts({ admin, namespace }: Stage): Promise<void> {
  for (const key of await keysBelow(admin, `hf1:${namespace}:`)) {
    const leftMs = await admin.pttl(key);
    const lifetime = key.includes(':limit:')
      ? WINDOW_MS
      : (LIFETIMES[key.slice(key.lastIndexOf(':') + 1)] ?? 0);
    // -2 for one that ended in this moment.
    assert.ok(leftMs === -2 || (leftMs >= 0 && leftMs <= lifetime), `${key} is left for ${leftMs} ms`);
  }
}

/** Ends all processes of the stage: in good order, without a trace. */
export async function assertStageEndsWell(stage: Stage): Promise<void> {
  await Promise.all([
    ...stage.actors.map(assertEndsWell),
    ...stage.variants.map((variant) => assertStageEndsWell(variant)),
  ]);
  await assertNothingLasts(stage);
}
