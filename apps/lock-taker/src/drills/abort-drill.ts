/**
 * Acquires that their callers abort at random moments, some of free locks and some in a crowd, until `count` of them
 * ended aborted.
 */
import { getEventListeners } from 'node:events';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { LockError, type LockService } from '@holdfast/core';
import { tell } from '../wire.js';
import { inParallelUntil, countAfterOne, type Drill } from './drill.js';

const WIDTH = 100;
const HOT_NAMES = 5;
/** It gives up then, and tells how many it came to. */
const AT_MOST_MS = 60_000;

interface Tally {
  aborted: number;
  granted: number;
  other: number;
  listeners: number;
}

export const abortDrill: Drill = async ({ instances, count, ttlMs, timers }) => {
  const tally: Tally = { aborted: 0, granted: 0, other: 0, listeners: 0 };
  const timersBefore = await countAfterOne(instances, timers);
  const endsAt = performance.now() + AT_MOST_MS;
  const done = (): boolean => tally.aborted >= count || performance.now() > endsAt;
  await inParallelUntil(done, WIDTH, (index) => {
    const { locks } = instances[index % 2 === 0 ? 0 : 1];
    const name = Math.random() < 0.5 ? `hot-${index % HOT_NAMES}` : `cold-${index}`;
    return acquireAndAbort({ locks, name, ttlMs, tally });
  });
  tell('drilled', { ...tally, timersBefore });
};

async function acquireAndAbort(trial: {
  locks: LockService;
  name: string;
  ttlMs: number;
  tally: Tally;
}): Promise<void> {
  const { locks, name, ttlMs: ttl, tally } = trial;
  const abort = new AbortController();
  if (Math.random() < 0.02) abort.abort();
  const aborting = abortSometime(abort);
  const wait = Math.random() < 0.2 ? 0 : 60_000;
  try {
    const lease = await locks.acquire(name, { ttl, wait, signal: abort.signal });
    tally.granted += 1;
    await aborting;
    await lease.release();
  } catch (error) {
    if (!LockError.is(error)) throw error;
    const expected = error.code === 'ERR_LOCK_ABORTED' || (wait === 0 && error.code === 'ERR_LOCK_BUSY');
    if (error.code === 'ERR_LOCK_ABORTED') tally.aborted += 1;
    else if (!expected) tally.other += 1;
  }
  await aborting;
  tally.listeners += getEventListeners(abort.signal, 'abort').length;
}

/** In this very tick, a microtask or a turn later, or after some milliseconds. */
async function abortSometime(abort: AbortController): Promise<void> {
  const when = Math.random();
  if (when > 0.9) await Promise.resolve();
  else if (when > 0.7) await nextTurn();
  else if (when > 0.1) await pause(Math.random() * 20);
  abort.abort();
}
