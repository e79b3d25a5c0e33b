// Callers that all want one key at one moment, each once, with nothing to do while they have it.
import { commonNow, until } from '../harness/common-clock.mjs';

/**
 * @param {import('../contenders/contender.d.ts').Client} client
 * @param {{ key: string, callers: number, startsAt: number, options: object }} params
 */
export default async function burst(client, { key, callers, startsAt, options }) {
  await until(startsAt);
  const one = async () => client.release(await client.acquire(key, options));
  const ends = await Promise.allSettled(Array.from({ length: callers }, one));
  return { served: ends.filter(({ status }) => status === 'fulfilled').length, endedAt: commonNow() };
}
