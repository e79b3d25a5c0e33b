// One trial: a holder, a fault, and a contender that asks from then on.
import { setTimeout as delay } from 'node:timers/promises';
import { commonNow, until } from '../../harness/common-clock.mjs';
import { sampleOf } from './sample.mjs';

/** How long, beyond the ttl, everybody may take to give the call back or to be granted. */
const GRACE_MS = 5_000;
const LAST_WRITES_MS = 200;

/**
 * @param {import('../faults/fault.d.ts').Contested} fault
 * @param {import('../users/user.d.ts').User} user
 * @param {{ lane: import('./lane.mjs').Lane, ledger: import('../process/ledger.mjs').Ledger, round: number }} where
 */
export async function contest(fault, user, { lane, ledger, round }) {
  const ground = await lane.prepare(user);
  const { key, holder, contender } = ground;
  let isSound = false;
  try {
    if (!fault.beforeGrant) await hold(ground, round);
    const times = await happen(fault, ground);
    await watch(fault, ground);
    const looked = (await fault.look?.(ground)) ?? {};
    await finish(ground);
    const writes = await ledger.read(key);
    isSound = [holder, contender].every((process) => process.ended === undefined && isBack(process, key));
    return { ...looked, ...sampleOf({ key, ...times, holder, contender, writes }) };
  } finally {
    await ground.end(isSound);
  }
}

/** The faults of different rounds come at different moments of the lease. */
async function hold({ key, ttlMs, holder }, round) {
  holder.order('run', { key });
  const isGranted = await holder.until(() => holder.first('granted', key) !== undefined, ttlMs);
  if (!isGranted) throw new Error(`no grant of a free lock: ${holder.ended?.said ?? 'too slow'}`);
  await delay(ttlMs * (0.05 + 0.1 * ((round * 0.618) % 1)));
}

/** From the first moment of the fault to its last. */
async function happen(fault, ground) {
  const { key, ttlMs, holder, contender } = ground;
  let faultAt = commonNow();
  const struck = Promise.resolve(fault.strike(ground));
  if (fault.beforeGrant) {
    await struck;
    faultAt = commonNow();
  }
  contender.order('run', { key });
  await struck;
  await until(faultAt + fault.lastsTtls * ttlMs);
  const healedAt = commonNow();
  await fault.heal?.(ground);
  const wokenAt = fault.stopsHolder ? (holder.first('unblocked')?.at ?? healedAt) : undefined;
  return { faultAt, wokenAt };
}

/** Until there is nothing more to see. */
async function watch({ expects, beforeGrant }, { key, ttlMs, holder, contender }) {
  if (expects === 'kept') return delay(ttlMs);
  const isGranted = (process) => process.first('granted', key) !== undefined;
  const patienceMs = ttlMs + GRACE_MS;
  await Promise.race([
    contender.until(
      () => isGranted(contender) || (contender.ended !== undefined && !beforeGrant),
      patienceMs,
    ),
    ...(beforeGrant ? [holder.until(() => isGranted(holder), patienceMs)] : []),
  ]);
  if (!beforeGrant) await holder.until(() => hasStopped(holder, key), 2 * ttlMs + 1_000);
  await delay(LAST_WRITES_MS);
}

/** Everybody is told to end, and their calls have a while to come back. */
async function finish({ key, ttlMs, holder, contender }) {
  const both = [holder, contender];
  for (const process of both) process.order('finish', {});
  const isOver = (process) => process.ended !== undefined || isBack(process, key);
  await Promise.all(both.map((process) => process.until(() => isOver(process), ttlMs + GRACE_MS)));
}

const isBack = (process, key) => process.first('settled', key) !== undefined;

const hasStopped = (process, key) =>
  process.ended !== undefined || ['told', 'left', 'settled'].some((event) => process.first(event, key));
