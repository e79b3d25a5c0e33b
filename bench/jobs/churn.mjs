// Acquires and releases distinct keys for a while, so many of them in flight.
import { measureLoop } from '../harness/measured-loop.mjs';
import { nameCycle } from './name-cycle.mjs';

/**
 * @param {import('../contenders/contender.d.ts').Client} client
 * @param {{ inFlight: number, warmUpMs: number, forMs: number, options: object }} params
 */
export default function churn(client, { options, ...loop }) {
  const nextName = nameCycle('k');
  const one = async () => client.release(await client.acquire(nextName(), options));
  return measureLoop({ ...loop, one });
}
