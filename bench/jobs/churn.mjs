// Acquires and releases distinct keys for a while, so many of them in flight.
import { countGcTime } from '../harness/gc-time.mjs';

const NAMES = Array.from({ length: 4_000 }, (_, at) => `k${at.toString(36)}`);

/**
 * @param {import('../contenders/contender.mjs').Client} client
 * @param {{ inFlight: number, warmUpMs: number, forMs: number, options: object }} params
 */
export default async function churn(client, { inFlight, warmUpMs, forMs, options }) {
  await turnOver(client, { inFlight, options, endsAt: performance.now() + warmUpMs });
  const gcTime = countGcTime();
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const locks = await turnOver(client, { inFlight, options, endsAt: startedAt + forMs });
  const tookMs = performance.now() - startedAt;
  const cpu = process.cpuUsage(cpuBefore);
  return {
    opsPerSecond: (locks / tookMs) * 1_000,
    cpuMicros: (cpu.user + cpu.system) / locks,
    gcMicros: ((await gcTime()) * 1_000) / locks,
  };
}

async function turnOver(client, { inFlight, options, endsAt }) {
  let locks = 0;
  let next = 0;
  const one = async () => {
    while (performance.now() < endsAt) {
      const key = NAMES[next];
      next = next + 1 === NAMES.length ? 0 : next + 1;
      await client.release(await client.acquire(key, options));
      locks += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, one));
  return locks;
}
