// Does one thing over and over, so many at once, and says what it cost this process.
import { countGcTime } from './gc-time.mjs';

/**
 * @param {object} loop
 * @param {number} loop.inFlight
 * @param {number} loop.warmUpMs not measured: code is compiled and connections fill their buffers
 * @param {number} loop.forMs
 * @param {() => Promise<unknown>} loop.one
 */
export async function measureLoop({ inFlight, warmUpMs, forMs, one }) {
  await repeat(one, { inFlight, endsAt: performance.now() + warmUpMs });
  const gcTime = countGcTime();
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const times = await repeat(one, { inFlight, endsAt: startedAt + forMs });
  const tookMs = performance.now() - startedAt;
  const cpu = process.cpuUsage(cpuBefore);
  return {
    opsPerSecond: (times / tookMs) * 1_000,
    cpuMicros: (cpu.user + cpu.system) / times,
    gcMicros: ((await gcTime()) * 1_000) / times,
  };
}

async function repeat(one, { inFlight, endsAt }) {
  let times = 0;
  const chain = async () => {
    while (performance.now() < endsAt) {
      await one();
      times += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, chain));
  return times;
}
