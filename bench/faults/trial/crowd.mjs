// One trial of another shape: a holder lets go, and a crowd waits in two processes.
import { setTimeout as delay } from 'node:timers/promises';
import { median } from '../../harness/statistics.mjs';

const WAITERS = 20;
const BETWEEN_ARRIVALS_MS = 20;
const ALL_WITHIN_MS = 60_000;

/**
 * @param {import('../users/user.d.ts').User} user
 * @param {import('./lane.mjs').Lane} lane
 */
export async function crowd(user, lane) {
  const ground = await lane.prepare(user);
  const { key, ttlMs, holder, contender } = ground;
  let isSound = false;
  try {
    holder.order('run', { key });
    await holder.until(() => holder.first('granted', key) !== undefined, ttlMs);
    for (let n = 0; n < WAITERS; n += 1) {
      const process = n % 2 === 0 ? contender : holder;
      process.order('run', { key, id: `waiter-${n}`, steps: 1 });
      await delay(BETWEEN_ARRIVALS_MS);
    }
    holder.order('finish', { id: key });
    const both = [holder, contender];
    const isDone = ({ said }) => waitersIn(said, 'settled').length === WAITERS / both.length;
    const done = both.map((process) => process.until(() => isDone(process), ALL_WITHIN_MS));
    isSound = (await Promise.all(done)).every(Boolean);
    return sampleOf([...holder.said, ...contender.said], key);
  } finally {
    await ground.end(isSound);
  }
}

const waitersIn = (said, event) =>
  said.filter((each) => each.event === event && each.id?.startsWith('waiter-'));

function sampleOf(said, key) {
  const at = (event, id) => said.find((each) => each.event === event && each.id === id)?.at;
  const freeAt = at('left', key);
  const waiters = waitersIn(said, 'granted')
    .map(({ id, at: grantedAt }) => ({ askedAt: at('asked', id), grantedAt, leftAt: at('left', id) }))
    .toSorted((a, b) => a.grantedAt - b.grantedAt);
  const gaps = waiters.map(({ grantedAt }, place) => grantedAt - (waiters[place - 1]?.leftAt ?? freeAt));
  return {
    granted: waiters.length,
    outOfTurn: waiters.filter((waiter, place) =>
      waiters.slice(place + 1).some(({ askedAt }) => askedAt < waiter.askedAt),
    ).length,
    gapMs: median(gaps),
    longestGapMs: Math.max(...gaps),
    overlaps: gaps.filter((gapMs) => gapMs < 0).length,
    allMs: (waiters.at(-1)?.leftAt ?? Number.NaN) - freeAt,
  };
}
