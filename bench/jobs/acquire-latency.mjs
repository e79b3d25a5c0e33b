// How long an acquire takes, one after the other, each released before the next.
import { percentile } from '../harness/statistics.mjs';
import { nameCycle } from './name-cycle.mjs';

const nextName = nameCycle('a');

/**
 * @param {import('../contenders/contender.d.ts').Client} client
 * @param {{ times: number, options: object }} params
 * @returns {Promise<number>} p50 in microseconds
 */
export default async function acquireLatency(client, { times, options }) {
  const micros = [];
  for (let time = 0; time < times; time += 1) {
    const askedAt = performance.now();
    const handle = await client.acquire(nextName(), options);
    micros.push((performance.now() - askedAt) * 1_000);
    await client.release(handle);
  }
  return percentile(micros, 0.5);
}
