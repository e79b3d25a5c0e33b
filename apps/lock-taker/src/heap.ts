/** How much memory the objects of this process need. */
import { setTimeout as pause } from 'node:timers/promises';

/** What is left after the garbage is out. Several rounds, because finalizers make garbage of their own. */
export async function collectedHeap(): Promise<number> {
  for (let round = 0; round < 5; round += 1) {
    globalThis.gc?.();
    await pause(20);
  }
  return process.memoryUsage().heapUsed;
}
