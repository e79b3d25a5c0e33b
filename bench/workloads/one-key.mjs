// Waiters of one key in several processes: what W2a, W2b and W2c have in common.
import { countCommands } from '../harness/command-log.mjs';
import { commonNow } from '../harness/common-clock.mjs';

/** Long enough that nobody has to give up who need not. */
export const OPTIONS = { ttlMs: 10_000, waitMs: 30_000 };

/** A moment that all processes have heard of before it comes. */
const AHEAD_MS = 50;

let lastKey = 0;

/** A key that nobody has used before. */
export const freshKey = () => `c${(lastKey += 1).toString(36)}`;

/**
 * Lets `waiters`, spread over the workers, contend for `forMs`.
 * @param {import('../harness/worker.mjs').Worker[]} workers
 * @param {{ waiters: number, forMs: number, section?: { ms: number, port: number } }} crowd
 */
export async function contend(workers, { waiters, forMs, section }) {
  const startsAt = commonNow() + AHEAD_MS;
  const share = Math.floor(waiters / workers.length);
  const params = {
    key: freshKey(),
    waiters: share,
    startsAt,
    endsAt: startsAt + forMs,
    options: OPTIONS,
    section,
  };
  const tallies = await Promise.all(workers.map((worker) => worker.call('contend', params)));
  const total = (field) => tallies.reduce((sum, tally) => sum + tally[field], 0);
  const grants = tallies.flatMap((tally) => tally.grants);
  return {
    grants,
    granted: grants.reduce((sum, count) => sum + count, 0),
    // Those of the waiters that were still in line when the time was over, too.
    acquired: total('acquired'),
    handOffs: total('handOffs'),
    gaveUp: total('gaveUp'),
    overlaps: total('overlaps'),
  };
}

/**
 * The same while Redis tells what it is asked to do.
 * @param {import('../harness/worker.mjs').Worker[]} workers
 * @param {{ admin: import('ioredis').Redis, waiters: number, forMs: number, section?: { ms: number, port: number } }} crowd
 * @returns {Promise<{ wirePerGrant: number, innerPerGrant: number }>}
 */
export async function commandsPerGrant(workers, { admin, ...crowd }) {
  let acquired = 0;
  const { wire, inner } = await countCommands(admin, async () => {
    ({ acquired } = await contend(workers, crowd));
  });
  return { wirePerGrant: wire / acquired, innerPerGrant: inner / acquired };
}
