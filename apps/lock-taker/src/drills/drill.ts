/** What the drills share: an instance or two, a number of rounds, and workers that share them. */
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { Holdfast } from '@holdfast/core';
import type { LiveTimers } from '../live-timers.js';

export interface DrillGround {
  /** Two instances of one namespace, so that one name may be contended between processes. */
  readonly instances: readonly [Holdfast, Holdfast];
  readonly count: number;
  readonly ttlMs: number;
  readonly timers: LiveTimers;
  /** Resolves when the test has seen enough. */
  readonly enough: Promise<void>;
}

export type Drill = (ground: DrillGround) => Promise<void>;

/** Runs `work` for 0 … count − 1, `width` at a time. */
export async function inParallel(
  count: number,
  width: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let begun = 0;
  await inParallelUntil(
    () => begun >= count,
    width,
    (index) => {
      begun += 1;
      return work(index);
    },
  );
}

/** Runs `work` for 0, 1, 2 … on `width` workers until `done` says so. */
export async function inParallelUntil(
  done: () => boolean,
  width: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (!done()) {
      next += 1;
      await work(next - 1);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
}

/** The number of timers, without that of this pause: Node tells a little later that a timer is gone. */
export async function settledCount(timers: LiveTimers): Promise<number> {
  await pause(300);
  for (let turn = 0; turn < 3; turn += 1) await nextTurn();
  return timers.count;
}

/** How many timers one lock leaves armed at each instance: none of its own, but those that all of them share. */
export async function countAfterOne(
  instances: Parameters<Drill>[0]['instances'],
  timers: LiveTimers,
): Promise<number> {
  for (const { locks } of instances) {
    const lease = await locks.acquire('the first');
    await lease.release();
  }
  return settledCount(timers);
}
