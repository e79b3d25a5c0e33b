// Contexts that all come for one key at about the same moment, again and again; who does not get it goes away.
import { setTimeout as delay } from 'node:timers/promises';
import { commonNow, until } from '../harness/common-clock.mjs';

const JOB_MS = 1;

/**
 * @param {import('../contenders/contender.d.ts').Client} client
 * @param {{ key: string, contexts: number, moments: number[], skewMs: number, options: object }} params
 * @returns {Promise<{ ran: number[], lostAfterMs: number[] }>} how many ran at each moment, and how long losers took
 */
export default async function skipIfBusy(client, { key, contexts, moments, skewMs, options }) {
  const ran = moments.map(() => 0);
  const lostAfterMs = [];
  const come = async (at) => {
    await until(moments[at]);
    await delay(Math.random() * skewMs);
    const cameAt = commonNow();
    const handle = await client.tryOnce(key, options);
    if (handle === undefined) {
      lostAfterMs.push(commonNow() - cameAt);
      return;
    }
    ran[at] += 1;
    await delay(JOB_MS);
    await client.release(handle);
  };
  for (let at = 0; at < moments.length; at += 1)
    await Promise.all(Array.from({ length: contexts }, () => come(at)));
  return { ran, lostAfterMs };
}
