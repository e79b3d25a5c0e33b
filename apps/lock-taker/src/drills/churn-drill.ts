/** Takes locks and gives them back, many times, and tells what that leaves behind in this process. */
import { getEventListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { collectedHeap } from '../heap.js';
import { tell } from '../wire.js';
import { countAfterOne, inParallel, settledCount, type Drill } from './drill.js';

const WIDTH = 32;
const NAMES = 500;

export const churnDrill: Drill = async ({ instances, count, ttlMs, timers }) => {
  const [{ locks }] = instances;
  const timersBefore = await countAfterOne(instances, timers);
  const processListenersBefore = listenersOfProcess();
  const { signal } = new AbortController();
  const tally = { released: 0, mostListeners: 0 };
  const half = async (): Promise<void> => {
    await inParallel(count / 2, WIDTH, async (index) => {
      const acquiring = locks.acquire(`lock-${index % NAMES}`, { ttl: ttlMs, signal });
      tally.mostListeners = Math.max(tally.mostListeners, listenersOn(signal));
      const lease = await acquiring;
      if ((await lease.release()) === 'released') tally.released += 1;
    });
    await pause(1_500);
  };
  await half();
  const heapHalfway = await collectedHeap();
  await half();
  const heapAtTheEnd = await collectedHeap();
  const timersAfter = await settledCount(timers);
  const left = { listeners: listenersOn(signal), processListeners: listenersOfProcess() };
  tell('drilled', {
    ...tally,
    ...left,
    heapHalfway,
    heapAtTheEnd,
    timersBefore,
    timersAfter,
    processListenersBefore,
  });
};

function listenersOn(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').length;
}

/** Of all events of the process, such as signals, warnings and its end. */
function listenersOfProcess(): number {
  return process.eventNames().reduce((sum, event) => sum + process.listenerCount(event), 0);
}
