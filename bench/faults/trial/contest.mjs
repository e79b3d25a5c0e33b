// One trial: a holder, a fault, and a contender that asks from then on.
import { setTimeout as delay } from 'node:timers/promises';
import { commonNow, until } from '../../harness/common-clock.mjs';
import { sampleOf } from './sample.mjs';

/** How long, beyond the ttl, everybody may take to give the call back or to be granted. */
export const GRACE_MS = 5_000;
const LAST_WRITES_MS = 200;

/**
 * @param {import('../faults/fault.d.ts').Fault} fault
 * @param {import('../users/user.d.ts').User} user
 * @param {{ lane: import('./lane.mjs').Lane, ledger: import('../process/ledger.mjs').Ledger, round: number }} where
 */
export async function contest(fault, user, { lane, ledger, round }) {
  const ground = await lane.prepare(user);
  const { key, ttlMs, holder, contender } = ground;
  try {
    if (!fault.beforeGrant) await holds(ground, round);
    let faultAt = commonNow();
    const struck = Promise.resolve(fault.strike(ground));
    if (fault.beforeGrant) {
      await struck;
      faultAt = commonNow();
    }
    contender.order('run', { key });
    await struck;
    await until(faultAt + fault.lastsTtls * ttlMs);
    await fault.heal?.(ground);
    await watch(fault, ground);
    const looked = (await fault.look?.(ground)) ?? {};
    const finishedAt = commonNow();
    for (const process of [holder, contender]) process.order('finish');
    await Promise.all(
      [holder, contender].map((process) => process.until(() => isDone(process, key), ttlMs + GRACE_MS)),
    );
    const writes = await ledger.read(key);
    return { ...looked, ...sampleOf({ key, faultAt, finishedAt, holder, contender, writes }) };
  } finally {
    ground.end();
  }
}

/** The faults of different rounds come at different moments of the lease. */
async function holds({ key, ttlMs, holder }, round) {
  holder.order('run', { key });
  const isGranted = await holder.until(() => holder.first('granted', key) !== undefined, ttlMs);
  if (!isGranted)
    throw new Error(`the holder was not granted a free lock: ${holder.ended?.said ?? 'too slow'}`);
  await delay(ttlMs * (0.05 + 0.25 * ((round * 0.618) % 1)));
}

/** Until there is nothing more to see. */
async function watch({ expects, beforeGrant }, { key, ttlMs, holder, contender }) {
  if (expects === 'kept') return delay(ttlMs);
  const isGranted = (process) => process.first('granted', key) !== undefined;
  const granted = () => isGranted(contender) || (beforeGrant === true && isGranted(holder));
  const isOver = () => granted() || (contender.ended !== undefined && !beforeGrant);
  await Promise.race([contender.until(isOver, ttlMs + GRACE_MS), holder.until(isOver, ttlMs + GRACE_MS)]);
  if (!beforeGrant) await holder.until(() => hasStopped(holder, key), 2 * ttlMs + 1_000);
  await delay(LAST_WRITES_MS);
}

const hasStopped = (process, key) =>
  process.ended !== undefined || ['told', 'left', 'settled'].some((event) => process.first(event, key));

const isDone = (process, key) => process.ended !== undefined || process.first('settled', key) !== undefined;
