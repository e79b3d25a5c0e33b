// Acquires so many keys at once and then releases them at once, several times. With one at once: a lock alone.
import { tapSockets } from '../harness/socket-tap.mjs';
import { nameCycle } from './name-cycle.mjs';

/** All names are of one length, for each of their characters is counted several times. */
const FIRST_OF_TWO_DIGITS = 36;

/**
 * @param {import('../contenders/contender.d.ts').Client} client
 * @param {{ atOnce: number, times: number, options: object }} params
 */
export default async function batches(client, { atOnce, times, options }) {
  const nextName = nameCycle('', FIRST_OF_TWO_DIGITS);
  const endTap = tapSockets();
  let roundTrips = 0;
  try {
    for (let time = 0; time < times; time += 1) {
      const taking = Array.from({ length: atOnce }, () => client.acquire(nextName(), options));
      await Promise.all((await Promise.all(taking)).map((handle) => client.release(handle)));
    }
  } finally {
    roundTrips = endTap();
  }
  return { roundTrips: roundTrips / times };
}
