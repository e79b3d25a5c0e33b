// Does something once for each of many keys for a while, or asks for what was done before, so many calls in flight.
import { measureLoop } from '../harness/measured-loop.mjs';

/**
 * @param {import('../contenders/contender.d.ts').Client} client
 * @param {{ inFlight: number, warmUpMs: number, forMs: number, anew: boolean }} params
 */
export default async function doOnce(client, { anew, ...loop }) {
  let asked = 0;
  const began = `${process.pid}-${process.hrtime.bigint()}`;
  const body = () => ({ asked });
  if (!anew) await client.once(began, body);
  const one = () => client.once(anew ? `${began}-${(asked += 1)}` : began, body);
  return measureLoop({ ...loop, one });
}
