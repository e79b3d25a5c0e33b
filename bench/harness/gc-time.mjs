// How long the garbage collector of this process was at work.
import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Starts to count; what it gives back stops and says how many milliseconds it was. */
export function countGcTime() {
  let totalMs = 0;
  const add = (entries) => {
    for (const { duration } of entries) totalMs += duration;
  };
  const observer = new PerformanceObserver((list) => add(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  return async () => {
    // Entries are handed over in a later turn of the event loop.
    await nextTurn();
    await nextTurn();
    add(observer.takeRecords());
    observer.disconnect();
    return totalMs;
  };
}
