/** What the drills share: an instance or two, a number of rounds, and workers that share them. */
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
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      await work(index);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
}
