/** Holds many locks at once for as long as the test wants, and then gives all of them back. */
import type { Lease } from '@holdfast/core';
import { tell } from '../wire.js';
import { inParallel, settledCount, type Drill } from './drill.js';

const WIDTH = 200;

export const holdDrill: Drill = async ({ instances: [{ locks }], count, ttlMs, timers, enough }) => {
  const leases: Lease[] = [];
  const hold = async (index: number): Promise<void> => {
    leases.push(await locks.acquire(`lock-${index}`, { ttl: ttlMs }));
  };
  await hold(0);
  const timersWithOne = await settledCount(timers);
  await inParallel(count - 1, WIDTH, (index) => hold(index + 1));
  const timersWithAll = await settledCount(timers);
  tell('holding', { held: leases.length, timersWithOne, timersWithAll });
  await enough;
  const held = leases.filter((lease) => lease.held).length;
  await inParallel(count, WIDTH, async (index) => {
    await leases[index]?.release();
  });
  tell('drilled', { held });
};
