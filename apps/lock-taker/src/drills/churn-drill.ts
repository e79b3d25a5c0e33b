/** Takes locks and gives them back, many times, and tells what that leaves behind in this process. */
import { setTimeout as pause } from 'node:timers/promises';
import { tell } from '../wire.js';
import { inParallel, type Drill } from './drill.js';

const WIDTH = 32;
const NAMES = 500;

export const churnDrill: Drill = async ({ instances: [{ locks }], count, ttlMs, timers }) => {
  const timersBefore = timers.count;
  const never = new AbortController();
  const half = async (): Promise<void> => {
    await inParallel(count / 2, WIDTH, async (index) => {
      const lease = await locks.acquire(`lock-${index % NAMES}`, { ttl: ttlMs, signal: never.signal });
      await lease.release();
    });
    await pause(1_500);
  };
  await half();
  const heapHalfway = await collectedHeap();
  await half();
  tell('drilled', { heapHalfway, heapAtTheEnd: await collectedHeap(), timersBefore });
};

/** What is left after the garbage is out. Several rounds, because finalizers make garbage of their own. */
async function collectedHeap(): Promise<number> {
  for (let round = 0; round < 5; round += 1) {
    globalThis.gc?.();
    await pause(20);
  }
  return process.memoryUsage().heapUsed;
}
