// Takes one from the limits of many keys for a while, so many calls in flight.
import { measureLoop } from '../harness/measured-loop.mjs';
import { nameCycle } from './name-cycle.mjs';

/**
 * @param {import('../contenders/contender.d.ts').Client} client
 * @param {{ inFlight: number, warmUpMs: number, forMs: number, limit: object }} params
 */
export default function consume(client, { limit, ...loop }) {
  const nextName = nameCycle('q');
  const one = async () => {
    if (!(await client.consume(nextName(), limit))) throw new Error('refused below the limit');
  };
  return measureLoop({ ...loop, one });
}
